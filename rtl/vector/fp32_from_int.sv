// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// INT32 to FP32, nearest even; 0 gives +0. With is_fp_i the value is FP32 already and only made
// normal (subnormals to zero, one NaN), so that both kinds of operand leave the same pipeline. With
// is_one_i, whatever the value: 1.0.
//
//   latency 3, one a cycle; stage k loads when en_i[k]; is_fp_i, is_one_i belong to stage 0. No reset.
//
//      value -> [one's complement, to its nibble] -> [to its bit, whether to round up] -> [round] -> result
//
// A negative value is complemented, and the one that is missing is added where rounding adds one.

module fp32_from_int
  import vec_pkg::*;
(
  input  logic        clk_i,
  input  logic [2:0]  en_i,
  input  logic        is_fp_i,
  input  logic        is_one_i,
  input  logic [31:0] value_i,
  output logic [31:0] result_o
);

  // Low bits of ones carry the missing one up, and are zeros then: rounding adds nothing on top. Exponent
  // and significand are one number to the one that is added: a carry out of the significand leaves it zero.
  typedef struct packed {
    logic        sign;
    logic [30:0] value;
    logic        up;
  } fine_t;

  function automatic fine_t convert(input logic sign, input coarse_t coarse);
    logic [1:0]  zeros;
    logic [31:0] moved;
    logic [8:0]  low;
    logic        up;
    logic [7:0]  exp;
    zeros = nibble_zeros(coarse.value[31:29]);
    moved = {coarse.value << zeros} | (sign ? ~(32'hffff_ffff << zeros) : '0);
    low   = 9'(moved[7:0]) + 9'(sign);
    up    = low[8] || (low[7] && (moved[8] || low[6:0] != '0));
    if (!moved[31] && !sign) return '0;
    // Minus one is the only one without its top bit before the missing one is added.
    exp   = 8'd157 + 8'(coarse.value[31:28] != '0) - 8'({coarse.nibbles, zeros});
    return '{sign: sign, value: {exp, moved[30:8]}, up: up};
  endfunction

  coarse_t     coarse_q;               // or FP32 in its value
  fine_t       fine_q;
  logic [31:0] result_q;
  logic        sign_q, is_fp_q;

  always_ff @(posedge clk_i) begin
    if (en_i[0]) begin
      is_fp_q <= is_fp_i || is_one_i;
      sign_q  <= value_i[31];
      if (is_one_i)     coarse_q.value <= FpOne;
      else if (is_fp_i) coarse_q.value <= fp_normal(value_i);
      else              coarse_q       <= norm_coarse(value_i ^ {32{value_i[31]}}, value_i[31]);
    end
  end

  always_ff @(posedge clk_i) begin
    if (en_i[1]) begin
      fine_q <= is_fp_q ? {coarse_q.value, 1'b0} : convert(sign_q, coarse_q);
    end
  end

  always_ff @(posedge clk_i) begin
    if (en_i[2]) result_q <= {fine_q.sign, fine_q.value + 31'(fine_q.up)};
  end

  assign result_o = result_q;

endmodule
