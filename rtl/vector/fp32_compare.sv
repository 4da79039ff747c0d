// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// FP32 maximum, minimum and comparisons (1.0 or +0.0), docs/numerics.md: NaN wins MAX and MIN and
// loses comparisons; -0 < +0 for MAX and MIN, -0 = +0 for comparisons; subnormals are zeros. And choices of
// an operand as it is: NONE takes a; SELECT takes b if b_wins_i, otherwise a.
//
//   latency 2, one a cycle; stage k loads when en_i[k]. op_i: MAX, MIN, LT, LE, EQ, NONE or SELECT of
//   girih_isa_pkg::vop_e, belongs to stage 0, as b_wins_i does. No reset: data only.
//
//      a,b -> [compare, decide] -> [choose] -> result

module fp32_compare
  import vec_pkg::*;
(
  input  logic        clk_i,
  input  logic [1:0]  en_i,
  input  logic [3:0]  op_i,
  input  logic [31:0] a_i,
  input  logic [31:0] b_i,
  input  logic        b_wins_i,
  output logic [31:0] result_o
);

  // Magnitudes are compared as they are: a subnormal is below every number but zeros and subnormals, and
  // those are told by their exponents.
  typedef struct packed {
    logic x;                                   // the result is x
    logic y;
    logic one;                                 // it is 1.0; none of all: +0.0
    logic nan;
  } pick_t;

  function automatic pick_t decide(input logic [3:0] op, input logic [31:0] x, input logic [31:0] y,
                                   input logic y_wins);
    logic nan, zeros, under, alike, below, equal, picks, holds;
    nan    = fp_is_nan(x[30:0]) || fp_is_nan(y[30:0]);
    zeros  = x[30:23] == '0 && y[30:23] == '0;
    under  = x[30:0] < y[30:0] && !zeros;
    alike  = x[30:0] == y[30:0] || zeros;
    below  = (x[31] != y[31]) ? x[31] : x[31] ? !under && !alike : under;   // -0 just below +0
    equal  = (x[31] == y[31] && alike) || zeros;
    picks  = op == girih_isa_pkg::VopMax || op == girih_isa_pkg::VopMin;
    unique case (op)
      girih_isa_pkg::VopLt: holds = below && !equal;
      girih_isa_pkg::VopLe: holds = below || equal;
      default:              holds = equal;
    endcase
    decide.x   = picks && !nan && below != (op == girih_isa_pkg::VopMax);
    decide.y   = picks && !nan && below == (op == girih_isa_pkg::VopMax);
    decide.one = !picks && !nan && holds;
    decide.nan = picks && nan;
    if (op == girih_isa_pkg::VopNone)   decide = '{x: 1'b1, default: 1'b0};
    if (op == girih_isa_pkg::VopSelect) decide = '{x: !y_wins, y: y_wins, default: 1'b0};
  endfunction

  // Subnormals are zeros of their sign.
  function automatic logic [31:0] flush(input logic [31:0] x);
    return {x[31], (x[30:23] == '0) ? 31'b0 : x[30:0]};
  endfunction

  pick_t       pick_q;
  logic [31:0] x_q, y_q, result_q;

  always_ff @(posedge clk_i) begin
    if (en_i[0]) begin
      pick_q <= decide(op_i, a_i, b_i, b_wins_i);
      x_q    <= flush(a_i);
      y_q    <= flush(b_i);
    end
  end

  always_ff @(posedge clk_i) begin
    if (en_i[1]) begin
      result_q <= (pick_q.x ? x_q : '0) | (pick_q.y ? y_q : '0) | (pick_q.one ? FpOne : '0) |
                  (pick_q.nan ? FpNan : '0);
    end
  end

  assign result_o = result_q;

endmodule
