// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Special functions of an FP32 value: exp2, reciprocal, rsqrt, log2, bit for bit as docs/functions.md.
//
//   latency 18 (sfu_pkg::Stages), one a cycle, the function chosen with each operand; stage k loads when
//   en_i[k]. Six multipliers, a read-only memory of 42 kbit. No reset: data only.
//
//   stage 0..2            3..9                                  10..17
//      x [ sfu_reduce ] F [ sfu_poly: table, c0 + c1 t + c2 t^2 ] g [ sfu_finish: k + t g, round ] -> result

`include "prim_assert.svh"

module sfu
  import sfu_pkg::*;
(
  input  logic              clk_i,
  input  logic              rst_ni,      // for the assertions
  input  logic [Stages-1:0] en_i,
  input  op_e               op_i,
  input  logic [31:0]       x_i,
  output logic [31:0]       result_o
);

  localparam int unsigned Reduce = 3, Finish = 10;         // first stages behind the first and second part

  meta_t                       meta_q [Reduce-1:Finish-1];
  logic [FractionBits-1:0]     fraction_q [Reduce-1:Finish-2];
  girih_functions_pkg::table_e table_id;
  logic signed [8:0]           whole;
  logic [28:0]                 g;
  logic signed [23:0]          t_q;

  sfu_reduce u_reduce (
    .clk_i, .en_i(en_i[Reduce-1:0]), .op_i, .x_i, .meta_o(meta_q[Reduce-1]), .table_o(table_id),
    .whole_o(whole), .fraction_o(fraction_q[Reduce-1])
  );

  for (genvar k = int'(Reduce); k < int'(Finish); k++) begin : gen_meta
    always_ff @(posedge clk_i) begin
      if (en_i[k]) begin
        meta_q[k] <= meta_q[k-1];
        if (k == int'(Reduce) && meta_q[k-1].op == Exp2) meta_q[k].exp <= 10'(whole) + 10'sd135;
      end
    end
  end
  for (genvar k = int'(Reduce); k < int'(Finish) - 1; k++) begin : gen_fraction
    always_ff @(posedge clk_i) if (en_i[k]) fraction_q[k] <= fraction_q[k-1];
  end

  // From the middle of a segment: less half of it is the highest bit inverted.
  function automatic logic signed [17:0] distance(input logic [17:0] fraction);
    return {~fraction[17], fraction[16:0]};
  endfunction

  sfu_poly u_poly (
    .clk_i, .en_i(en_i[Finish-1:Reduce]), .table_i(table_id),
    .segment_i(fraction_q[Reduce-1][FractionBits-1:18]),
    .d2_i(distance(fraction_q[Reduce+1][17:0])), .d4_i(distance(fraction_q[Reduce+3][17:0])), .g_o(g)
  );

  // log2: m - 1, of mantissas from 3/2 on of half of it. The others: a power of two.
  always_ff @(posedge clk_i) begin
    if (en_i[Finish-1]) begin
      automatic logic [22:0] mantissa = fraction_q[Finish-2][FractionBits-1:2];
      if (meta_q[Finish-2].op != Log2) t_q <= 24'sh40_0000;
      else t_q <= mantissa[22] ? {1'b1, mantissa} : {mantissa, 1'b0};
    end
  end

  sfu_finish u_finish (
    .clk_i, .en_i(en_i[Stages-1:Finish]), .meta_i(meta_q[Finish-1]), .t_i(t_q), .g_i(g), .result_o
  );

  // ---------------------------------------------------------------- checks
  `ASSERT(GInRange, !en_i[Finish] || g[28:27] != '0)
  `COVER(GBelowOne, en_i[Finish] && !g[28])
  `COVER(Exp2BeyondRange, en_i[Finish] && meta_q[Finish-1].op == Exp2 && meta_q[Finish-1].kind != Value)
  `COVER(LogOfOne, en_i[Finish] && meta_q[Finish-1].op == Log2 && meta_q[Finish-1].kind == Zero)
  `COVER(NegativeOperand, en_i[Finish] && meta_q[Finish-1].op == Rsqrt && meta_q[Finish-1].kind == Nan)

  logic unused;
  assign unused = rst_ni;

endmodule
