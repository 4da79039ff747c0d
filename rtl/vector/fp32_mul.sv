// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// FP32 multiplication (docs/numerics.md): nearest even, subnormals are zeros, one NaN.
//
//   latency 4, one a cycle; stage k loads when en_i[k]. No reset: data only.
//   operands come from registers: the products stand alone between theirs and the first stage's
//
//      a,b -> [four 12 x 12 products, exponent, class] -> [sum] -> [normalise, round] -> [pack] -> result

module fp32_mul
  import vec_pkg::*;
(
  input  logic        clk_i,
  input  logic [3:0]  en_i,
  input  logic [31:0] a_i,
  input  logic [31:0] b_i,
  output logic [31:0] result_o
);

  typedef enum logic [1:0] {Finite, Zero, Inf, Nan} class_e;

  function automatic class_e classify(input logic [30:0] a, input logic [30:0] b);
    logic a_zero, b_zero, a_top, b_top;
    a_zero = a[30:23] == '0;
    b_zero = b[30:23] == '0;
    a_top  = a[30:23] == '1;
    b_top  = b[30:23] == '1;
    if (fp_is_nan(a) || fp_is_nan(b) || (a_top && b_zero) || (b_top && a_zero)) return Nan;
    if (a_top || b_top) return Inf;
    if (a_zero || b_zero) return Zero;
    return Finite;
  endfunction

  // Rounded significand with its carry, and whether the product was 2 or more.
  function automatic logic [25:0] round(input logic [47:0] x);
    logic [23:0] mant;
    logic        guard, sticky;
    if (x[47]) begin
      mant   = x[47:24];
      guard  = x[23];
      sticky = x[22:0] != '0;
    end else begin
      mant   = x[46:23];
      guard  = x[22];
      sticky = x[21:0] != '0;
    end
    return {x[47], 25'(mant) + 25'(guard && (sticky || mant[0]))};
  endfunction

  typedef struct packed {
    logic signed [9:0] exp;
    logic              sign;
    class_e            kind;
  } side_t;                                  // what goes beside the significand

  // One multiplier each, high and low halves crossed.
  logic [23:0] product_q [4];                // low low, low high, high low, high high
  logic [47:0] sum_q;
  logic [25:0] mant_q;
  side_t       side1_q, side2_q, side3_q;
  logic [31:0] result_q;

  always_ff @(posedge clk_i) begin
    if (en_i[0]) begin
      product_q[0] <= 24'(a_i[11:0]) * 24'(b_i[11:0]);
      product_q[1] <= 24'(a_i[11:0]) * 24'({1'b1, b_i[22:12]});
      product_q[2] <= 24'({1'b1, a_i[22:12]}) * 24'(b_i[11:0]);
      product_q[3] <= 24'({1'b1, a_i[22:12]}) * 24'({1'b1, b_i[22:12]});
      side1_q <= '{
        exp:  10'(a_i[30:23]) + 10'(b_i[30:23]) - 10'sd127,
        sign: a_i[31] ^ b_i[31],
        kind: classify(a_i[30:0], b_i[30:0])
      };
    end
  end

  always_ff @(posedge clk_i) begin
    if (en_i[1]) begin
      sum_q   <= {product_q[3], product_q[0]} + 48'({product_q[1], 12'b0}) + 48'({product_q[2], 12'b0});
      side2_q <= side1_q;
    end
  end

  always_ff @(posedge clk_i) begin
    if (en_i[2]) begin
      mant_q  <= round(sum_q);
      side3_q <= side2_q;
    end
  end

  always_ff @(posedge clk_i) begin
    if (en_i[3]) begin
      unique case (side3_q.kind)
        Zero:    result_q <= {side3_q.sign, 31'b0};
        Inf:     result_q <= {side3_q.sign, 8'hff, 23'b0};
        Nan:     result_q <= FpNan;
        default: result_q <= fp_pack(side3_q.sign, side3_q.exp + 10'(mant_q[25]), mant_q[24:0]);
      endcase
    end
  end

  assign result_o = result_q;

endmodule
