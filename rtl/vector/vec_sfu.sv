// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Special functions of chunks: Lanes elements, taken in turn by Units special function units. Chunks that
// want none pass by.
//
//   order          chunks leave in the order in which they came
//   throughput     a chunk a cycle without a function, Lanes / Units cycles a chunk with one, from chunk to
//                  chunk without a gap, whatever their functions
//   latency        without a function none (a multiplexer); with one 19 + Lanes / Units cycles
//   switching      a chunk that passes waits until the ones before it have left; it happens between
//                  instructions only
//   back-pressure  a result that finds no room stops the units as a whole; in_ready_o depends on
//                  out_ready_i in the same cycle
//
//   in_z --+--> [ chunk ] --Units a cycle--> [ sfu ] x Units --> [ chunk ] --+--> out_z
//          +-----------------------------------------------------------------+

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
  output logic                in_ready_o,
  input  logic                in_sfu_i,            // wants the function in_op_i
  input  op_e                 in_op_i,
  input  logic [31:0]         in_z_i [Lanes],
  input  logic [SideBits-1:0] in_side_i,           // goes with the chunk

  output logic                out_valid_o,
  input  logic                out_ready_i,
  output logic [31:0]         out_z_o [Lanes],
  output logic [SideBits-1:0] out_side_o
);

  localparam int unsigned Steps     = Lanes / Units;
  localparam int unsigned StepWidth = (Steps == 1) ? 1 : $clog2(Steps);
  localparam int unsigned Most      = Stages + 2;  // chunks inside, when a chunk is one step
  localparam int unsigned CountWidth = $clog2(Most + 1);
  typedef logic [StepWidth-1:0] step_t;
  localparam step_t LastStep = step_t'(Steps - 1);

  if (Units == 0 || Lanes % Units != 0) begin : gen_illegal
    $fatal(1, "vec_sfu: Lanes must be a multiple of Units");
  end

  // ---------------------------------------------------------------- chunk whose elements go in
  logic                feed_q;
  step_t               feed_step_q;
  op_e                 feed_op_q;
  logic [SideBits-1:0] feed_side_q;
  logic [31:0]         feed_z_q [Lanes];           // the next step's elements are the lowest
  logic                go, feed_last, feed_ready, accept;

  assign feed_last  = feed_step_q == LastStep;
  assign feed_ready = !feed_q || (feed_last && go);
  assign accept     = in_valid_i && in_sfu_i && feed_ready;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      feed_q      <= 1'b0;
      feed_step_q <= '0;
    end else if (feed_ready) begin
      feed_q      <= accept;
      feed_step_q <= '0;
    end else if (go) begin
      feed_step_q <= feed_step_q + 1'b1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (accept) begin
      feed_op_q   <= in_op_i;
      feed_side_q <= in_side_i;
      feed_z_q    <= in_z_i;
    end else if (feed_q && go) begin
      for (int unsigned l = 0; l + Units < Lanes; l++) feed_z_q[l] <= feed_z_q[l+Units];
    end
  end

  // ---------------------------------------------------------------- units, and what travels beside them
  logic [Stages-1:0]   valid_q, last_q, en;
  logic [SideBits-1:0] side_q [Stages];
  logic [31:0]         result [Units];

  assign en = go ? {valid_q[Stages-2:0], feed_q} : '0;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) valid_q <= '0;
    else if (go) valid_q <= en;
  end

  always_ff @(posedge clk_i) begin
    if (en[0]) begin
      last_q[0] <= feed_last;
      side_q[0] <= feed_side_q;
    end
    for (int unsigned k = 1; k < Stages; k++) begin
      if (en[k]) begin
        last_q[k] <= last_q[k-1];
        side_q[k] <= side_q[k-1];
      end
    end
  end

  for (genvar u = 0; u < int'(Units); u++) begin : gen_unit
    sfu u_sfu (.clk_i, .rst_ni, .en_i(en), .op_i(feed_op_q), .x_i(feed_z_q[u]), .result_o(result[u]));
  end

  // ---------------------------------------------------------------- chunk whose results come out
  logic                done_q, store, leave;
  step_t               store_step_q;
  logic [SideBits-1:0] out_side_q;
  logic [31:0]         out_z_q [Lanes];

  assign go    = !valid_q[Stages-1] || !done_q || out_ready_i;
  assign store = valid_q[Stages-1] && go;
  assign leave = done_q && out_ready_i;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      done_q       <= 1'b0;
      store_step_q <= '0;
    end else begin
      if (store || leave) done_q <= store && last_q[Stages-1];
      if (store) store_step_q <= last_q[Stages-1] ? '0 : store_step_q + 1'b1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (store) begin
      out_side_q <= side_q[Stages-1];
      for (int unsigned l = 0; l < Lanes; l++) begin
        if (store_step_q == step_t'(l / Units)) out_z_q[l] <= result[l % Units];
      end
    end
  end

  // ---------------------------------------------------------------- passing by, when nothing is inside
  logic [CountWidth-1:0] inside_q;
  logic                  empty, pass;

  assign empty = `SEEDED_BUG(42, inside_q == '0, !done_q);
  assign pass  = in_valid_i && !in_sfu_i && empty;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) inside_q <= '0;
    else inside_q <= inside_q + CountWidth'(accept) - CountWidth'(leave);
  end

  assign in_ready_o  = in_sfu_i ? feed_ready : empty && out_ready_i;
  assign out_valid_o = done_q || pass;
  assign out_side_o  = done_q ? out_side_q : in_side_i;
  for (genvar l = 0; l < int'(Lanes); l++) begin : gen_out
    assign out_z_o[l] = done_q ? out_z_q[l] : in_z_i[l];
  end

  // ---------------------------------------------------------------- checks
  `ASSERT(CountRight, inside_q <= CountWidth'(Most) && (inside_q != '0 || !(feed_q || valid_q != '0 || done_q)))
  `ASSERT(WholeChunks, !store || last_q[Stages-1] == (store_step_q == LastStep))
  `ASSERT(OnlyOneLeaves, !(done_q && pass))
  `ASSERT_STABLE(ChunkStable, in_valid_i, in_ready_o, {in_sfu_i, in_op_i, in_side_i})
  `ASSERT_STABLE(ResultStable, out_valid_o, out_ready_i, {out_side_o, out_z_o[0]})
  `COVER(Refilled, accept && feed_q)
  `COVER(Stopped, feed_q && !go)
  `COVER(WaitsToPass, in_valid_i && !in_sfu_i && inside_q != '0)
  `COVER(NextBehindLeaving, leave && store)

endmodule
