// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// One FP32 operation of two operands: addition, subtraction, MAX, MIN, LT, LE, EQ, then perhaps the
// absolute value. Used for `vop` and for row reductions.
//
//   latency 4, one a cycle; stage k loads when en_i[k]. op_i belongs to stage 0, abs_i to the result,
//   which takes it combinationally. No reset: data only.

module vec_op
  import vec_pkg::*;
(
  input  logic        clk_i,
  input  logic [3:0]  en_i,
  input  logic [3:0]  op_i,
  input  logic [31:0] x_i,
  input  logic [31:0] y_i,
  input  logic        abs_i,
  output logic [31:0] result_o
);

  function automatic logic adds(input logic [3:0] op);
    return op inside {girih_isa_pkg::VopNone, girih_isa_pkg::VopAdd, girih_isa_pkg::VopSub};
  endfunction

  logic [3:0]  add_q;                    // the element of each stage is in the adder
  logic [31:0] sum, compared, result;
  logic [31:0] wait_q [3];               // comparisons take one cycle, additions four

  always_ff @(posedge clk_i) begin
    if (en_i[0]) add_q[0] <= adds(op_i);
    for (int i = 1; i < 4; i++) if (en_i[i]) add_q[i] <= add_q[i-1];
  end

  fp32_add u_add (
    .clk_i,
    .en_i     (en_i & {add_q[2:0], adds(op_i)}),
    .a_i      (x_i),
    .b_i      ({y_i[31] ^ (op_i == girih_isa_pkg::VopSub), y_i[30:0]}),
    .result_o (sum)
  );

  fp32_compare u_compare (
    .clk_i, .en_i(en_i[0] && !adds(op_i)), .op_i, .a_i(x_i), .b_i(y_i), .result_o(compared)
  );

  always_ff @(posedge clk_i) begin
    if (en_i[1] && !add_q[0]) wait_q[0] <= compared;
    if (en_i[2] && !add_q[1]) wait_q[1] <= wait_q[0];
    if (en_i[3] && !add_q[2]) wait_q[2] <= wait_q[1];
  end

  assign result   = add_q[3] ? sum : wait_q[2];
  assign result_o = abs_i ? {1'b0, result[30:0]} : result;   // NaN is positive already

endmodule
