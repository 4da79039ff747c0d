// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// A small on-chip memory for the chip's AXI4 master, with a second way in for the serial host.
//
//   AR --> [one burst] --> word address --+--> RAM --> R (one register, one word a cycle every 2nd cycle)
//   AW, W --> [one burst] ----------------+--> RAM --> B
//   host: a 32-bit word, when the side it needs (read or write) has no burst under way
//
//   latency       3 cycles from an address to its first word; one burst each way at a time
//   throughput    a word every second cycle for reads, every cycle for writes
//   back-pressure ready signals from state alone
//   errors        an address outside the memory: DECERR, nothing written, zeros read
//
// INCR bursts of whole beats only, as the chip sends them.

`include "prim_assert.svh"

module axi_memory #(
  parameter int unsigned Bytes    = 65536,
  parameter int unsigned BusBytes = 8,
  parameter int unsigned IdWidth  = 6,
  localparam int unsigned BusBits = 8 * BusBytes
) (
  input  logic                clk_i,
  input  logic                rst_ni,

  input  logic                arvalid_i,
  output logic                arready_o,
  input  logic [39:0]         araddr_i,
  input  logic [IdWidth-1:0]  arid_i,
  input  logic [7:0]          arlen_i,
  output logic                rvalid_o,
  input  logic                rready_i,
  output logic [IdWidth-1:0]  rid_o,
  output logic [BusBits-1:0]  rdata_o,
  output logic [1:0]          rresp_o,
  output logic                rlast_o,

  input  logic                awvalid_i,
  output logic                awready_o,
  input  logic [39:0]         awaddr_i,
  input  logic [IdWidth-1:0]  awid_i,
  input  logic                wvalid_i,
  output logic                wready_o,
  input  logic [BusBits-1:0]  wdata_i,
  input  logic [BusBytes-1:0] wstrb_i,
  input  logic                wlast_i,
  output logic                bvalid_o,
  input  logic                bready_i,
  output logic [IdWidth-1:0]  bid_o,
  output logic [1:0]          bresp_o,

  // One 32-bit word: stays until done
  input  logic                host_valid_i,
  input  logic                host_write_i,
  input  logic [30:0]         host_addr_i,
  input  logic [31:0]         host_wdata_i,
  output logic                host_done_o,
  output logic [31:0]         host_rdata_o,
  output logic [1:0]          host_resp_o
);

  localparam int unsigned Words     = Bytes / BusBytes;
  localparam int unsigned WordShift = $clog2(BusBytes);
  localparam int unsigned WordWidth = $clog2(Words);
  localparam int unsigned AddrWidth = $clog2(Bytes);
  localparam int unsigned Parts     = BusBytes / 4;
  localparam int unsigned PartWidth = (Parts == 1) ? 1 : $clog2(Parts);

  typedef logic [WordWidth-1:0] word_t;
  localparam logic [1:0] Okay = 2'd0;
  localparam logic [1:0] DecErr = 2'd3;

  function automatic logic outside(input logic [39:0] address);
    return (address >> AddrWidth) != '0;
  endfunction

  function automatic word_t word_of(input logic [39:0] address);
    return word_t'(address >> WordShift);
  endfunction

  // ---------------------------------------------------------------- read burst
  logic               read_q, read_bad_q;        // a burst is under way
  logic [IdWidth-1:0] read_id_q;
  logic [7:0]         read_left_q;
  word_t              read_word_q;
  logic               reading_q, full_q;         // a word comes from the RAM; one is offered
  logic               read_go, host_read_go, host_read_q;

  assign arready_o    = !read_q && !host_read_go;
  assign host_read_go = host_valid_i && !host_write_i && !read_q && !host_read_q;
  assign read_go      = read_q && !reading_q && !full_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      read_q      <= 1'b0;
      reading_q   <= 1'b0;
      full_q      <= 1'b0;
      host_read_q <= 1'b0;
    end else begin
      reading_q   <= read_go;
      host_read_q <= host_read_go;
      if (arvalid_i && arready_o) read_q <= 1'b1;
      else if (rvalid_o && rready_i && rlast_o) read_q <= 1'b0;
      if (reading_q) full_q <= 1'b1;
      else if (rready_i) full_q <= 1'b0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (arvalid_i && arready_o) begin
      read_id_q   <= arid_i;
      read_left_q <= arlen_i;
      read_word_q <= word_of(araddr_i);
      read_bad_q  <= outside(araddr_i);
    end else if (rvalid_o && rready_i) begin
      read_left_q <= read_left_q - 1'b1;
      read_word_q <= read_word_q + 1'b1;
    end
  end

  // ---------------------------------------------------------------- write burst
  typedef enum logic [1:0] {WrIdle, WrData, WrResp} write_e;
  write_e             write_q;
  logic               write_bad_q, host_write_go;
  logic [IdWidth-1:0] write_id_q;
  word_t              write_word_q;

  assign awready_o     = write_q == WrIdle && !host_write_go;
  assign wready_o      = write_q == WrData;
  assign bvalid_o      = write_q == WrResp;
  assign host_write_go = host_valid_i && host_write_i && write_q == WrIdle;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      write_q <= WrIdle;
    end else begin
      unique case (write_q)
        WrIdle:  if (awvalid_i && awready_o) write_q <= WrData;
        WrData:  if (wvalid_i && wlast_i) write_q <= WrResp;
        default: if (bready_i) write_q <= WrIdle;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    if (awvalid_i && awready_o) begin
      write_id_q   <= awid_i;
      write_word_q <= word_of(awaddr_i);
      write_bad_q  <= outside(awaddr_i);
    end else if (wvalid_i && wready_o) begin
      write_word_q <= write_word_q + 1'b1;
    end
  end

  // ---------------------------------------------------------------- the memory
  logic [BusBits-1:0]   ram_data, wr_data;
  logic                 wr_valid, host_bad, unused_err;
  logic [BusBytes-1:0]  wr_be;
  word_t                wr_word;
  logic [PartWidth-1:0] host_part;

  assign host_bad  = outside(40'(host_addr_i));
  assign host_part = (Parts == 1) ? '0 : host_addr_i[2 +: PartWidth];
  assign wr_valid  = host_write_go ? !host_bad : wvalid_i && wready_o && !write_bad_q;
  assign wr_word   = host_write_go ? word_of(40'(host_addr_i)) : write_word_q;
  assign wr_data   = host_write_go ? {Parts{host_wdata_i}} : wdata_i;
  assign wr_be     = host_write_go ? BusBytes'('hf) << {host_part, 2'b00} : wstrb_i;

  prim_ram_1r1w #(.Width(BusBits), .Depth(Words), .LaneWidth(8)) u_ram (
    .clk_i, .rst_ni,
    .rd_valid_i(read_go || host_read_go),
    .rd_addr_i (host_read_go ? word_of(40'(host_addr_i)) : read_word_q),
    .rd_data_o (ram_data),
    .wr_valid_i(wr_valid), .wr_addr_i(wr_word), .wr_data_i(wr_data), .wr_be_i(wr_be),
    .cfg_i('0), .err_o(unused_err)
  );

  assign rvalid_o = full_q;
  assign rid_o    = read_id_q;
  assign rlast_o  = read_left_q == '0;
  assign rresp_o  = read_bad_q ? DecErr : Okay;
  always_ff @(posedge clk_i) if (reading_q) rdata_o <= read_bad_q ? '0 : ram_data;

  assign bid_o   = write_id_q;
  assign bresp_o = write_bad_q ? DecErr : Okay;

  assign host_done_o  = host_write_go || host_read_q;
  assign host_rdata_o = ram_data[32*host_part +: 32];
  assign host_resp_o  = host_bad ? DecErr : Okay;

  `ASSERT_STABLE(ReadStable, rvalid_o, rready_i, {rid_o, rdata_o, rresp_o, rlast_o})
  `ASSERT_STABLE(RespStable, bvalid_o, bready_i, {bid_o, bresp_o})
  `COVER(HostWaitsForBurst, host_valid_i && !host_write_i && read_q)

endmodule
