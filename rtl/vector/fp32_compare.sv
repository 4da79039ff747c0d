// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// FP32 maximum, minimum and comparisons (1.0 or +0.0), docs/numerics.md: NaN wins MAX and MIN and
// loses comparisons; -0 < +0 for MAX and MIN, -0 = +0 for comparisons; subnormals are zeros. And choices of
// an operand as it is: NONE takes a; SELECT takes b if b_wins_i, otherwise a; OpLargest (vec_pkg) the larger
// one, of two that are equal or NaN (0x7fc00000) b if b_wins_i.
//
//   latency 2, one a cycle; stage k loads when en_i[k]. op_i: MAX, MIN, LT, LE, EQ, NONE or SELECT of
//   girih_isa_pkg::vop_e or OpLargest, belongs to stage 0, as b_wins_i does. No reset: data only.
//
//      a,b -> [compare] -> [decide, choose] -> result

module fp32_compare
  import vec_pkg::*;
(
  input  logic        clk_i,
  input  logic [1:0]  en_i,
  input  logic [3:0]  op_i,
  input  logic [31:0] a_i,
  input  logic [31:0] b_i,
  input  logic        b_wins_i,
  output logic        b_taken_o,     // before stage 1: the result is b as it is
  output logic [31:0] result_o
);

  // What the operands are to each other. Magnitudes are compared as they are: a subnormal is below every
  // number but zeros and subnormals, and those are told by their exponents.
  typedef struct packed {
    logic [3:0] op;
    logic       under;                         // of magnitudes
    logic       alike;
    logic       zeros;
    logic       nan;
    logic       y_wins;
  } facts_t;

  function automatic facts_t look(input logic [3:0] op, input logic [30:0] x, input logic [30:0] y,
                                  input logic y_wins);
    return '{
      op: op, under: x < y, alike: x == y, zeros: x[30:23] == '0 && y[30:23] == '0,
      nan: fp_is_nan(x) || fp_is_nan(y), y_wins: y_wins
    };
  endfunction

  typedef struct packed {
    logic x;                                   // the result is x
    logic y;
    logic one;                                 // it is 1.0; none of all: +0.0
    logic nan;
  } pick_t;

  function automatic pick_t decide(input facts_t see, input logic x_minus, input logic y_minus);
    logic under, alike, below, equal, max;
    under = see.under && !see.zeros;
    alike = see.alike || see.zeros;
    below = (x_minus != y_minus) ? x_minus : x_minus ? !under && !alike : under;   // -0 just below +0
    equal = (x_minus == y_minus && alike) || see.zeros;
    max   = see.op == girih_isa_pkg::VopMax;
    unique case (see.op)
      girih_isa_pkg::VopMax, girih_isa_pkg::VopMin:
        return '{x: !see.nan && below != max, y: !see.nan && below == max, one: 1'b0, nan: see.nan};
      girih_isa_pkg::VopLt: return '{one: !see.nan && below && !equal, default: 1'b0};
      girih_isa_pkg::VopLe: return '{one: !see.nan && (below || equal), default: 1'b0};
      girih_isa_pkg::VopEq: return '{one: !see.nan && equal, default: 1'b0};
      girih_isa_pkg::VopSelect: return '{x: !see.y_wins, y: see.y_wins, default: 1'b0};
      // The one NaN is positive, above infinity.
      OpLargest: return '{x: !(equal ? see.y_wins : below), y: equal ? see.y_wins : below, default: 1'b0};
      default: return '{x: 1'b1, default: 1'b0};
    endcase
  endfunction

  // Subnormals are zeros of their sign.
  function automatic logic [31:0] flush(input logic [31:0] x);
    return {x[31], (x[30:23] == '0) ? 31'b0 : x[30:0]};
  endfunction

  facts_t      facts_q;
  pick_t       pick;
  logic [31:0] x_q, y_q, result_q;

  always_ff @(posedge clk_i) begin
    if (en_i[0]) begin
      facts_q <= look(op_i, a_i[30:0], b_i[30:0], b_wins_i);
      x_q     <= flush(a_i);
      y_q     <= flush(b_i);
    end
  end

  always_ff @(posedge clk_i) begin
    if (en_i[1]) begin
      result_q <= (pick.x ? x_q : '0) | (pick.y ? y_q : '0) | (pick.one ? FpOne : '0) |
                  (pick.nan ? FpNan : '0);
    end
  end

  assign pick      = decide(facts_q, x_q[31], y_q[31]);
  assign b_taken_o = pick.y;
  assign result_o  = result_q;

endmodule
