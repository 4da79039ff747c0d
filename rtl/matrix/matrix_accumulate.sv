// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Adds the dot products of a row to its accumulators: start value (zero, the row itself or the bias
// row, as the read port holds them) + dot product, modulo 2^32, written the next cycle.
// An addition that leaves INT32 in a written lane is reported with its context.
//
//   latency 1 cycle, throughput a row a cycle, no back-pressure: the accumulators' ports 0 never wait.
// Room: per-column shift of the dot product in front of the adder; FP32 scaled accumulation instead.

`include "prim_assert.svh"

module matrix_accumulate #(
  parameter girih_pkg::cfg_t Cfg = girih_presets_pkg::Default
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,

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

  logic unused_tag;
  assign unused_tag = ^tag_i;

  logic valid_q, overflow_q;
  logic [N-1:0] lanes;
  assign lanes = N'((64'd2 << tag_i.n_last) - 64'd1);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      valid_q    <= 1'b0;
      overflow_q <= 1'b0;
    end else begin
      valid_q <= tag_i.valid;
      if (!tag_i.valid) overflow_q <= 1'b0;
      else begin
        // Signs: both addends alike, the sum unlike.
        automatic logic [31:0] left = '0;
        for (int unsigned l = 0; l < N; l++) begin
          automatic logic [31:0] start = tag_i.zero ? '0 : data_i[l];
          automatic logic [31:0] sum   = start + 32'(dot_i[l]);
          left |= (sum ^ start) & (sum ^ 32'(dot_i[l])) & {lanes[l], 31'b0};
        end
        overflow_q <= left[31];
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (tag_i.valid) begin
      wr_row_o       <= tag_i.row;
      wr_lanes_o     <= lanes;
      overflow_ctx_o <= tag_i.ctx;
      for (int unsigned l = 0; l < N; l++) begin
        wr_data_o[l] <= (tag_i.zero ? 32'd0 : data_i[l]) + 32'(dot_i[l]);
      end
    end
  end

  assign wr_valid_o       = valid_q;
  assign overflow_valid_o = overflow_q;

  `ASSERT(WriteNeverWaits, !valid_q || wr_gnt_i)
  `COVER(Overflow, overflow_q)
  `COVER(RaggedLanes, valid_q && !(&wr_lanes_o))

endmodule
