// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// FP32 maximum, minimum and comparisons (1.0 or +0.0), docs/numerics.md: NaN wins MAX and MIN and
// loses comparisons; -0 < +0 for MAX and MIN, -0 = +0 for comparisons; subnormals are zeros.
//
//   latency 1, one a cycle; loads when en_i. op_i: MAX, MIN, LT, LE or EQ of girih_isa_pkg::vop_e.

module fp32_compare
  import vec_pkg::*;
(
  input  logic        clk_i,
  input  logic        en_i,
  input  logic [3:0]  op_i,
  input  logic [31:0] a_i,
  input  logic [31:0] b_i,
  output logic [31:0] result_o
);

  // Order of the numbers as integers, -0 just below +0.
  function automatic logic less(input logic [31:0] x, input logic [31:0] y);
    if (x[31] != y[31]) return x[31];
    return x[31] ? x[30:0] > y[30:0] : x[30:0] < y[30:0];
  endfunction

  function automatic logic [31:0] compare(input logic [3:0] op, input logic [31:0] x,
                                          input logic [31:0] y);
    logic nan, below, equal;
    nan   = fp_is_nan(x[30:0]) || fp_is_nan(y[30:0]);
    below = less(x, y);
    equal = x == y || (x[30:0] == '0 && y[30:0] == '0);
    unique case (op)
      girih_isa_pkg::VopMax: return nan ? FpNan : (below ? y : x);
      girih_isa_pkg::VopMin: return nan ? FpNan : (below ? x : y);
      girih_isa_pkg::VopLt:  return (!nan && below && !equal) ? FpOne : '0;
      girih_isa_pkg::VopLe:  return (!nan && (below || equal)) ? FpOne : '0;
      default:               return (!nan && equal) ? FpOne : '0;
    endcase
  endfunction

  logic [31:0] result_q;

  always_ff @(posedge clk_i) begin
    if (en_i) result_q <= compare(op_i, fp_normal(a_i), fp_normal(b_i));
  end

  assign result_o = result_q;

endmodule
