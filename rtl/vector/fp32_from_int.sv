// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// INT32 to FP32, nearest even; 0 gives +0. With is_fp_i the value is FP32 already and only made
// normal (subnormals to zero, one NaN), so that both kinds of operand leave the same pipeline.
//
//   latency 2, one a cycle; stage k loads when en_i[k]; is_fp_i belongs to stage 0. No reset.
//
//      value -> [magnitude, leading zeros] -> [shift, round, pack] -> result

module fp32_from_int
  import vec_pkg::*;
(
  input  logic        clk_i,
  input  logic [1:0]  en_i,
  input  logic        is_fp_i,
  input  logic [31:0] value_i,
  output logic [31:0] result_o
);

  function automatic logic [31:0] magnitude(input logic [31:0] x);
    return x[31] ? -x : x;
  endfunction

  function automatic logic [31:0] convert(input logic sign, input logic [31:0] value,
                                          input logic [4:0] zeros);
    logic [31:0] moved;
    logic        up;
    moved = value << zeros;
    up    = moved[7] && (moved[8] || moved[6:0] != '0);
    if (!moved[31]) return '0;
    return fp_pack(sign, 10'sd158 - 10'(zeros), 25'(moved[31:8]) + 25'(up));
  endfunction

  logic [31:0] value_q, result_q;      // magnitude, or FP32
  logic [4:0]  zeros_q;
  logic        sign_q, is_fp_q;

  always_ff @(posedge clk_i) begin
    if (en_i[0]) begin
      is_fp_q <= is_fp_i;
      value_q <= is_fp_i ? fp_normal(value_i) : magnitude(value_i);
      sign_q  <= value_i[31];
      zeros_q <= leading_zeros(magnitude(value_i));
    end
  end

  always_ff @(posedge clk_i) begin
    if (en_i[1]) begin
      result_q <= is_fp_q ? value_q : convert(sign_q, value_q, zeros_q);
    end
  end

  assign result_o = result_q;

endmodule
