// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Small memory with one write port and one read port that answers in the same cycle: distributed RAM in
// an FPGA, a register file or latches in an ASIC. What can wait a cycle for its data stands behind
// prim_ram_1r1w.
//
//   latency     read data combinational
//   throughput  one read and one write every cycle
//   collision   a read that meets a write of the same word has the old one
//   contents    undefined after power-up, untouched by reset
//
//        wr_valid_i, wr_addr_i, wr_data_i ---> [ Depth x Width ] <--- rd_addr_i
//                                              [               ] ---> rd_data_o

`include "prim_assert.svh"

module prim_regfile_1r1w #(
  parameter int unsigned Width = 32,
  parameter int unsigned Depth = 16,
  localparam int unsigned AddrWidth = (Depth == 1) ? 1 : $clog2(Depth)
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,          // for the assertions

  input  logic [AddrWidth-1:0] rd_addr_i,
  output logic [Width-1:0]     rd_data_o,

  input  logic                 wr_valid_i,
  input  logic [AddrWidth-1:0] wr_addr_i,
  input  logic [Width-1:0]     wr_data_i
);

  if (Depth == 0 || Width == 0) begin : gen_bad_size
    $fatal(1, "prim_regfile_1r1w: Depth and Width of at least 1 are needed");
  end

  logic unused_reset;
  assign unused_reset = rst_ni;

  logic [Width-1:0] word_q [Depth];
  always_ff @(posedge clk_i) begin
    if (wr_valid_i) word_q[wr_addr_i] <= wr_data_i;
  end
  assign rd_data_o = word_q[rd_addr_i];

  if (2**AddrWidth != Depth) begin : gen_range
    `ASSERT(WriteInRange, !wr_valid_i || wr_addr_i < AddrWidth'(Depth))
  end

endmodule
