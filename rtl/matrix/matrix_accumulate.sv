// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Adds the dot products of a row to its accumulators: start value (zero, the row itself or the bias
// row, as the read port holds them) + dot product, modulo 2^32, written the next cycle.
// An addition that leaves INT32 in a written lane is reported with its context.
//
//   latency 1 cycle (overflow: 2), throughput a row a cycle, no back-pressure: the accumulators' ports 0
//   never wait.
// What a lane needs of the tag stands in registers of its own, which synthesis must not join.
// Room: per-column shift of the dot product in front of the adder; FP32 scaled accumulation instead.

`include "prim_assert.svh"

module matrix_accumulate #(
  parameter girih_pkg::cfg_t Cfg = girih_presets_pkg::Default
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,

  input  matrix_pkg::row_tag_t next_i,              // of the row whose dot_i come in the next cycle
  input  matrix_pkg::row_tag_t tag_i,               // with dot_i and data_i
  input  logic signed [31:0]   dot_i [Cfg.NDim],
  input  logic [31:0]          data_i [Cfg.NDim],

  output logic                 wr_valid_o,
  output girih_pkg::acc_addr_t wr_row_o,
  output logic [31:0]          wr_data_o [Cfg.NDim],
  output logic [Cfg.NDim-1:0]  wr_lanes_o,
  input  logic                 wr_gnt_i,

  output logic                 overflow_valid_o,
  output girih_pkg::ctx_t      overflow_ctx_o
);

  localparam int unsigned N = Cfg.NDim;

  logic unused_tags;
  assign unused_tags = ^{next_i, tag_i};

  logic            valid_q, overflow_q;
  logic [N-1:0]    over_q;                          // of each lane
  girih_pkg::ctx_t ctx_q;

  logic [N-1:0] lanes;
  assign lanes = N'((64'd2 << next_i.n_last) - 64'd1);

  for (genvar l = 0; l < int'(N); l++) begin : gen_lane
    logic go_q, zero_q, written_q;
    (* keep *) always_ff @(posedge clk_i) go_q <= next_i.valid;
    (* keep *) always_ff @(posedge clk_i) if (next_i.valid) zero_q <= next_i.zero;
    always_ff @(posedge clk_i) if (next_i.valid) written_q <= lanes[l];

    logic [31:0] start, sum;
    assign start = zero_q ? '0 : data_i[l];
    assign sum   = start + 32'(dot_i[l]);

    always_ff @(posedge clk_i) begin
      if (go_q) begin
        wr_data_o[l]  <= sum;
        wr_lanes_o[l] <= written_q;
        // Signs: both addends alike, the sum unlike.
        over_q[l]     <= written_q && start[31] == dot_i[l][31] && sum[31] != start[31];
      end
    end
  end

  // Its own, not the tag's: the accumulators look at it in the same cycle.
  (* keep *) always_ff @(posedge clk_i) begin
    if (!rst_ni) valid_q <= 1'b0;
    else         valid_q <= tag_i.valid;
  end
  always_ff @(posedge clk_i) begin
    if (!rst_ni) overflow_q <= 1'b0;
    else         overflow_q <= valid_q && over_q != '0;
  end

  always_ff @(posedge clk_i) begin
    if (tag_i.valid) begin
      wr_row_o <= tag_i.row;
      ctx_q    <= tag_i.ctx;
    end
    if (valid_q) overflow_ctx_o <= ctx_q;
  end

  assign wr_valid_o       = valid_q;
  assign overflow_valid_o = overflow_q;

  `ASSERT(WriteNeverWaits, !valid_q || wr_gnt_i)
  `COVER(Overflow, overflow_q)
  `COVER(RaggedLanes, valid_q && !(&wr_lanes_o))

endmodule
