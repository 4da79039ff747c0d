// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Memory with one read port, one write port and a write enable per lane. Every large memory stands
// behind this wrapper: a macro with ECC takes the place of the body, the ports stay.
//
//   latency     read data 1 cycle after rd_valid_i (2 with OutputReg), held until the next read's
//   throughput  one read and one write every cycle
//   collision   a read meets a write of the same word: lanes not written are right, lanes written are
//               undefined (simulation shows the old ones). Nobody may depend on them.
//   contents    undefined after power-up, untouched by reset
//
//        wr_valid_i, wr_addr_i, wr_data_i, wr_be_i ---> [ Depth x Width ]
//        rd_valid_i, rd_addr_i -----------------------> [               ] ---> (OutputReg) ---> rd_data_o

`include "prim_assert.svh"

module prim_ram_1r1w #(
  parameter int unsigned Width     = 32,
  parameter int unsigned Depth     = 512,
  parameter int unsigned LaneWidth = 8,         // bits that one write enable covers
  parameter bit          OutputReg = 1'b0,      // one more cycle, for timing
  localparam int unsigned Lanes     = Width / LaneWidth,
  localparam int unsigned AddrWidth = (Depth == 1) ? 1 : $clog2(Depth)
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,          // for the assertions and the output register's valid

  input  logic                 rd_valid_i,
  input  logic [AddrWidth-1:0] rd_addr_i,
  output logic [Width-1:0]     rd_data_o,

  input  logic                 wr_valid_i,
  input  logic [AddrWidth-1:0] wr_addr_i,
  input  logic [Width-1:0]     wr_data_i,
  input  logic [Lanes-1:0]     wr_be_i,

  input  logic [7:0]           cfg_i,           // side band of a macro: margins, power, test
  output logic                 err_o            // side band: an error that ECC could not mend
);

  if (Depth == 0 || LaneWidth == 0 || Width % LaneWidth != 0) begin : gen_bad_size
    $fatal(1, "prim_ram_1r1w: Depth >= 1 and Width a multiple of LaneWidth are needed");
  end

  logic unused_cfg;
  assign unused_cfg = ^{cfg_i, rst_ni};
  assign err_o      = 1'b0;

  (* ram_style = "block" *) logic [Width-1:0] word_q [Depth];
  logic [Width-1:0] read_q;

  // Two bodies that mean the same: the first is the shape that synthesis maps to a block RAM with
  // lane enables, without bypass logic; the second runs four times as fast in Verilator, which keeps a
  // write queue per lane for the first. The unit test runs both (GIRIH_RAM_LANES selects the first).
`ifdef SYNTHESIS
`define PRIM_RAM_LANES
`elsif GIRIH_RAM_LANES
`define PRIM_RAM_LANES
`endif

`ifdef PRIM_RAM_LANES
  always_ff @(posedge clk_i) begin
    if (wr_valid_i) begin
      for (int unsigned i = 0; i < Lanes; i++) begin
        if (wr_be_i[i]) word_q[wr_addr_i][i*LaneWidth +: LaneWidth] <= wr_data_i[i*LaneWidth +: LaneWidth];
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (rd_valid_i) begin
      read_q <= word_q[rd_addr_i];
`ifdef SYNTHESIS
      for (int unsigned i = 0; i < Lanes; i++) begin       // undefined: no bypass is asked for
        if (wr_valid_i && wr_be_i[i] && wr_addr_i == rd_addr_i) read_q[i*LaneWidth +: LaneWidth] <= 'x;
      end
`endif
    end
  end
`else
  always_ff @(posedge clk_i) begin
    if (wr_valid_i) begin
      automatic logic [Width-1:0] written;
      for (int unsigned i = 0; i < Lanes; i++) begin
        written[i*LaneWidth +: LaneWidth] = {LaneWidth{wr_be_i[i]}};
      end
      word_q[wr_addr_i] <= (word_q[wr_addr_i] & ~written) | (wr_data_i & written);
    end
  end

  always_ff @(posedge clk_i) begin
    if (rd_valid_i) read_q <= word_q[rd_addr_i];
  end
`endif
`undef PRIM_RAM_LANES

  if (OutputReg) begin : gen_output_reg
    logic             fresh_q;                  // read_q is new: let it through
    logic [Width-1:0] output_q;

    always_ff @(posedge clk_i) begin
      if (!rst_ni) fresh_q <= 1'b0;
      else         fresh_q <= rd_valid_i;
    end
    always_ff @(posedge clk_i) begin
      if (fresh_q) output_q <= read_q;
    end
    assign rd_data_o = output_q;
  end else begin : gen_no_output_reg
    assign rd_data_o = read_q;
  end

  if (2**AddrWidth != Depth) begin : gen_range
    `ASSERT(ReadInRange, !rd_valid_i || rd_addr_i < AddrWidth'(Depth))
    `ASSERT(WriteInRange, !wr_valid_i || wr_addr_i < AddrWidth'(Depth))
  end
  `COVER(Collision, rd_valid_i && wr_valid_i && rd_addr_i == wr_addr_i)

endmodule
