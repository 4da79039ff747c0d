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

  // Magnitudes are compared as they are: a subnormal is below every number but zeros and subnormals, and
  // those are told by their exponents.
  function automatic logic [31:0] compare(input logic [3:0] op, input logic [31:0] x,
                                          input logic [31:0] y);
    logic nan, x_zero, y_zero, zeros, under, alike, below, equal, take_x, take_y, holds, picks;
    nan    = fp_is_nan(x[30:0]) || fp_is_nan(y[30:0]);
    x_zero = x[30:23] == '0;
    y_zero = y[30:23] == '0;
    zeros  = x_zero && y_zero;
    under  = x[30:0] < y[30:0] && !zeros;
    alike  = x[30:0] == y[30:0] || zeros;
    below  = (x[31] != y[31]) ? x[31] : x[31] ? !under && !alike : under;   // -0 just below +0
    equal  = (x[31] == y[31] && alike) || zeros;
    picks  = op == girih_isa_pkg::VopMax || op == girih_isa_pkg::VopMin;
    take_y = picks && below == (op == girih_isa_pkg::VopMax);
    take_x = picks && !take_y;
    unique case (op)
      girih_isa_pkg::VopLt: holds = below && !equal;
      girih_isa_pkg::VopLe: holds = below || equal;
      default:              holds = equal;
    endcase
    if (nan) return picks ? FpNan : '0;
    return (take_x ? {x[31], x_zero ? 31'b0 : x[30:0]} : '0) |
           (take_y ? {y[31], y_zero ? 31'b0 : y[30:0]} : '0) | (holds && !picks ? FpOne : '0);
  endfunction

  logic [31:0] result_q;

  always_ff @(posedge clk_i) begin
    if (en_i) result_q <= compare(op_i, a_i, b_i);
  end

  assign result_o = result_q;

endmodule
