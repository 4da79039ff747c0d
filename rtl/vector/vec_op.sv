// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// One FP32 operation of two operands: addition, subtraction, MAX, MIN, LT, LE, EQ, or the choice of one,
// then perhaps the absolute value. Used for `vop` and for row reductions.
//
//   latency 4, one a cycle. An element takes the adder or the comparison (op_adds): stage k of the one
//   that it takes loads when add_en_i[k] or compare_en_i[k]. op_i and y_wins_i (fp32_compare) belong to
//   stage 0, added_i (which of the two) and abs_i to the result, which takes them combinationally. No
//   reset: data only. y_taken_o, between the first two stages: the comparison takes y as it is.

module vec_op
  import vec_pkg::*;
(
  input  logic        clk_i,
  input  logic [3:0]  add_en_i,
  input  logic [3:0]  compare_en_i,
  input  logic [3:0]  op_i,
  input  logic [31:0] x_i,
  input  logic [31:0] y_i,
  input  logic        y_wins_i,
  input  logic        added_i,
  input  logic        abs_i,
  output logic        y_taken_o,
  output logic [31:0] result_o
);

  logic [31:0] sum, compared, result;
  logic [31:0] wait2_q, wait3_q;            // a comparison takes two cycles, an addition four

  fp32_add u_add (
    .clk_i,
    .en_i     (add_en_i),
    .a_i      (x_i),
    .b_i      ({y_i[31] ^ (op_i == girih_isa_pkg::VopSub), y_i[30:0]}),
    .result_o (sum)
  );

  fp32_compare u_compare (
    .clk_i, .en_i(compare_en_i[1:0]), .op_i, .a_i(x_i), .b_i(y_i), .b_wins_i(y_wins_i),
    .b_taken_o(y_taken_o), .result_o(compared)
  );

  always_ff @(posedge clk_i) if (compare_en_i[2]) wait2_q <= compared;
  always_ff @(posedge clk_i) if (compare_en_i[3]) wait3_q <= wait2_q;

  assign result   = added_i ? sum : wait3_q;
  assign result_o = abs_i ? {1'b0, result[30:0]} : result;   // NaN is positive already

endmodule
