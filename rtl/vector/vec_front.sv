// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// First half of a lane: three raw elements to z = abs(vop(fp32(window(a)) * fp32(b), fp32(c))), or to
// z = window(a) is zero ? c : b.
//
//   latency 14 cycles, one element a cycle; every stage has its enable in ctrl_i (see front_t).
//   A product or operation that is not wanted is a multiplication by 1.0 or an addition of -0, which
//   change nothing. c leaves beside z, as a factor for the second half.
//
//   stage  0    1        2       3..5    6..9   10..13
//      a [raw][integer][window][to FP32]\
//      b [raw][integer][ wait ][to FP32]-[ * ]\
//      c [raw][integer][ wait ][to FP32][ wait ]-[ vop ] abs -> z
//                                              \-[ wait ]     -> c

module vec_front
  import vec_pkg::*;
(
  input  logic        clk_i,
  input  front_t      ctrl_i,
  input  logic [31:0] a_i,
  input  logic [31:0] b_i,
  input  logic [31:0] c_i,
  output logic [31:0] z_o,
  output logic [31:0] c_o
);

  // Sign or zero extension and zero point; BF16 is the upper half of FP32; 32-bit elements pass.
  function automatic logic [31:0] to_integer(input logic [31:0] raw, input logic [3:0] elem,
                                             input logic [7:0] zero);
    unique case (elem)
      girih_isa_pkg::TypeInt8:  return 32'(signed'(raw[7:0])) - 32'(signed'(zero));
      girih_isa_pkg::TypeUint8: return 32'(raw[7:0]) - 32'(zero);
      girih_isa_pkg::TypeInt16: return 32'(signed'(raw[15:0]));
      girih_isa_pkg::TypeBf16:  return {raw[15:0], 16'b0};
      default:                  return raw;
    endcase
  endfunction

  function automatic logic [31:0] window(input logic [3:0] op, input logic [31:0] sum,
                                         input logic [31:0] x);
    unique case (op)
      girih_isa_pkg::ReduceSum: return sum + x;
      girih_isa_pkg::ReduceMax: return (signed'(x) > signed'(sum)) ? x : sum;
      girih_isa_pkg::ReduceMin: return (signed'(x) < signed'(sum)) ? x : sum;
      default:                  return x;
    endcase
  endfunction

  logic [31:0] a_raw_q, b_raw_q, c_raw_q, a_int_q, b_int_q, c_int_q, a_win_q, b_wait_q, c_wait_q;
  logic [31:0] a_fp, b_fp, c_fp, product;
  logic [31:0] c_late_q [6:13];
  logic [9:3]  a_zero_q;
  logic        unused_taken;

  always_ff @(posedge clk_i) begin
    if (ctrl_i.a_raw_en) a_raw_q <= a_i;
    if (ctrl_i.a_int_en) a_int_q <= to_integer(a_raw_q, ctrl_i.what.a_elem, ctrl_i.what.za);
    if (ctrl_i.win_en) begin
      a_win_q <= ctrl_i.win_first ? a_int_q : window(ctrl_i.what.win_op, a_win_q, a_int_q);
    end
  end

  always_ff @(posedge clk_i) begin
    if (ctrl_i.b_en[0]) b_raw_q <= b_i;
    if (ctrl_i.b_en[1]) b_int_q <= to_integer(b_raw_q, ctrl_i.what.b_elem, ctrl_i.what.zb);
    if (ctrl_i.b_en[2]) b_wait_q <= b_int_q;
  end

  always_ff @(posedge clk_i) begin
    if (ctrl_i.c_en[0]) c_raw_q <= c_i;
    if (ctrl_i.c_en[1]) c_int_q <= to_integer(c_raw_q, ctrl_i.what.c_elem, ctrl_i.what.zc);
    if (ctrl_i.c_en[2]) c_wait_q <= c_int_q;
    if (ctrl_i.c_en[6]) c_late_q[6] <= c_fp;
    for (int k = 7; k < 14; k++) if (ctrl_i.c_en[k]) c_late_q[k] <= c_late_q[k-1];
  end
  assign c_o = c_late_q[13];

  // Of FP32 the exponent tells.
  logic [6:0] zero_en;
  assign zero_en = {ctrl_i.mul_en, ctrl_i.a_fp_en};
  always_ff @(posedge clk_i) begin
    if (zero_en[0]) begin
      a_zero_q[3] <= a_win_q[30:23] == '0 &&
                     (ctrl_i.what.a_is_fp || {a_win_q[31], a_win_q[22:0]} == '0);
    end
    for (int k = 4; k < 10; k++) if (zero_en[k-3]) a_zero_q[k] <= a_zero_q[k-1];
  end

  fp32_from_int u_a_fp (
    .clk_i, .en_i(ctrl_i.a_fp_en), .is_fp_i(ctrl_i.what.a_is_fp), .is_one_i(ctrl_i.what.a_is_one),
    .value_i(a_win_q), .result_o(a_fp)
  );
  fp32_from_int u_b_fp (
    .clk_i, .en_i(ctrl_i.b_en[5:3]), .is_fp_i(ctrl_i.what.b_is_fp), .is_one_i(1'b0), .value_i(b_wait_q),
    .result_o(b_fp)
  );
  fp32_from_int u_c_fp (
    .clk_i, .en_i(ctrl_i.c_en[5:3]), .is_fp_i(ctrl_i.what.c_is_fp), .is_one_i(1'b0), .value_i(c_wait_q),
    .result_o(c_fp)
  );

  fp32_mul u_mul (.clk_i, .en_i(ctrl_i.mul_en), .a_i(a_fp), .b_i(b_fp), .result_o(product));

  vec_op u_vop (
    .clk_i,
    .add_en_i     (ctrl_i.add_en),
    .compare_en_i (ctrl_i.compare_en),
    .op_i         (ctrl_i.what.vop),
    .x_i          (product),
    .y_i          (c_late_q[9]),
    .y_wins_i     (a_zero_q[9]),
    .added_i      (ctrl_i.z_added),
    .abs_i        (ctrl_i.z_abs),
    .y_taken_o    (unused_taken),
    .result_o     (z_o)
  );

endmodule
