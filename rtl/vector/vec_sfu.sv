// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Special functions of chunks: Lanes elements, taken in turn by Units special function units. What travels
// with a chunk (c, its side) waits in a queue and leaves with it.
//
//   throughput     a chunk in Lanes / Units cycles, without a gap, whatever the functions
//   latency        19 + Lanes / Units cycles from in_valid_i to out_valid_o
//   back-pressure  none: a chunk comes Lanes / Units cycles after the one before at the earliest, and its
//                  result stands for one cycle; soon_o announces it one cycle ahead
//
//   z    --> [ chunk ] --Units a cycle--> [ sfu ] x Units --> [ chunk ] --> z
//   c, side ------------> [ queue ] ------------------------> [       ] --> c, side

`include "prim_assert.svh"
`include "prim_bug.svh"

module vec_sfu
  import sfu_pkg::*;
#(
  parameter int unsigned Lanes    = 4,
  parameter int unsigned Units    = 1,
  parameter int unsigned SideBits = 4
) (
  input  logic                clk_i,
  input  logic                rst_ni,

  input  logic                in_valid_i,
  input  op_e                 in_op_i,
  input  logic [31:0]         in_z_i [Lanes],
  input  logic [31:0]         in_c_i [Lanes],
  input  logic [SideBits-1:0] in_side_i,

  output logic                soon_o,              // a result comes in the next cycle
  output logic [SideBits-1:0] soon_side_o,

  output logic                out_valid_o,
  output logic [31:0]         out_z_o [Lanes],
  output logic [31:0]         out_c_o [Lanes],
  output logic [SideBits-1:0] out_side_o
);

  localparam int unsigned Steps     = Lanes / Units;
  localparam int unsigned StepWidth = (Steps == 1) ? 1 : $clog2(Steps);
  // As many as are inside: one in Steps cycles.
  localparam int unsigned DepthLog2 = $clog2((Stages + 2 * Steps - 1) / Steps);
  localparam int unsigned Depth     = 1 << DepthLog2;
  typedef logic [StepWidth-1:0] step_t;
  typedef logic [DepthLog2-1:0] place_t;
  localparam step_t LastStep = step_t'(Steps - 1);

  if (Units == 0 || Lanes % Units != 0) begin : gen_illegal
    $fatal(1, "vec_sfu: Lanes must be a multiple of Units");
  end

  // ---------------------------------------------------------------- chunk whose elements go in
  logic        feed_q, feed_last;
  step_t       feed_step_q;
  op_e         feed_op_q;
  logic [31:0] feed_z_q [Lanes];                   // the next step's elements are the lowest

  assign feed_last = feed_step_q == LastStep;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      feed_q      <= 1'b0;
      feed_step_q <= '0;
    end else if (in_valid_i) begin
      feed_q      <= 1'b1;
      feed_step_q <= '0;
    end else if (feed_q) begin
      feed_q      <= !feed_last;
      feed_step_q <= feed_step_q + 1'b1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (in_valid_i) begin
      feed_op_q <= in_op_i;
      feed_z_q  <= in_z_i;
    end else if (feed_q) begin
      for (int unsigned l = 0; l + Units < Lanes; l++) feed_z_q[l] <= feed_z_q[l+Units];
    end
  end

  // ---------------------------------------------------------------- units
  logic [Stages-1:0] valid_q, last_q, en;
  logic [31:0]       result [Units];

  assign en = {valid_q[Stages-2:0], feed_q};

  always_ff @(posedge clk_i) begin
    if (!rst_ni) valid_q <= '0;
    else valid_q <= en;
  end
  always_ff @(posedge clk_i) last_q <= {last_q[Stages-2:0], feed_last};

  for (genvar u = 0; u < int'(Units); u++) begin : gen_unit
    sfu u_sfu (.clk_i, .rst_ni, .en_i(en), .op_i(feed_op_q), .x_i(feed_z_q[u]), .result_o(result[u]));
  end

  // ---------------------------------------------------------------- what waits meanwhile
  place_t              write_q, read_q;
  logic [SideBits-1:0] side_item_q [Depth];

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      write_q <= '0;
      read_q  <= '0;
    end else begin
      if (in_valid_i) write_q <= write_q + 1'b1;
      if (soon_o) read_q <= read_q + 1'b1;
    end
  end
  always_ff @(posedge clk_i) if (in_valid_i) side_item_q[write_q] <= in_side_i;

  // ---------------------------------------------------------------- chunk whose results come out
  logic                done_q, store;
  step_t               store_step_q;
  logic [SideBits-1:0] out_side_q;
  logic [31:0]         out_z_q [Lanes];

  assign store       = valid_q[Stages-1];
  assign soon_o      = store && last_q[Stages-1];
  assign soon_side_o = side_item_q[read_q];

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      done_q       <= 1'b0;
      store_step_q <= '0;
    end else begin
      done_q <= soon_o;
      if (store) store_step_q <= soon_o ? '0 : store_step_q + 1'b1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (store) begin
      for (int unsigned l = 0; l < Lanes; l++) begin
        if (store_step_q == step_t'(l / Units)) out_z_q[l] <= result[l % Units];
      end
    end
    if (soon_o) out_side_q <= soon_side_o;
  end

  for (genvar l = 0; l < int'(Lanes); l++) begin : gen_c
    logic [31:0] item_q [Depth];
    logic [31:0] out_c_q;
    always_ff @(posedge clk_i) if (in_valid_i) item_q[write_q] <= in_c_i[l];
    always_ff @(posedge clk_i) if (soon_o) out_c_q <= item_q[`SEEDED_BUG(42, read_q, write_q - 1'b1)];
    assign out_c_o[l] = out_c_q;
  end

  assign out_valid_o = done_q;
  assign out_side_o  = out_side_q;
  assign out_z_o     = out_z_q;

  // ---------------------------------------------------------------- checks
  `ASSERT(InItsTurn, !in_valid_i || !feed_q || feed_last)
  `ASSERT(WholeChunks, !store || last_q[Stages-1] == (store_step_q == LastStep))
  `COVER(Refilled, in_valid_i && feed_q)
  `COVER(Gap, !in_valid_i && !feed_q && valid_q != '0)

endmodule
