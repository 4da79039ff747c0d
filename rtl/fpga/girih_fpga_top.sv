// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// The chip alone on an FPGA: a clock, a reset, a serial line. Enough to run programs on a real device and
// to see what it does at which clock; boards with memory of their own come later.
//
//   uart_rx_i --> uart_rx --> uart_bridge --+--> registers (s_axil) of girih_top
//   uart_tx_o <-- uart_tx <--/              +--> axi_memory <-- m_axi of girih_top
//
//   address of the bridge: bit 31 the memory, else the registers. Protocol: uart_bridge.sv
//   led_o: an interrupt of any context; the clock divided by 2^25

module girih_fpga_top
  import girih_pkg::*;
#(
  parameter cfg_t        Cfg         = girih_presets_pkg::Default,
  parameter int unsigned Divisor     = 434,      // clocks a bit: 115,200 baud at 50 MHz
  parameter int unsigned MemoryBytes = 65536
) (
  input  logic       clk_i,
  input  logic       rst_ni,                     // may come and go at any time
  input  logic       uart_rx_i,
  output logic       uart_tx_o,
  output logic [1:0] led_o
);

  localparam int unsigned BusBits = 8 * Cfg.BusBytes;

  logic rst_n;
  prim_rst_sync u_rst_sync (.clk_i, .rst_ni, .scan_i(1'b0), .rst_no(rst_n));

  // ---------------------------------------------------------------- serial line
  logic       rx_valid, tx_valid, tx_ready;
  logic [7:0] rx_data, tx_data;

  uart_rx #(.Divisor(Divisor)) u_rx (
    .clk_i, .rst_ni(rst_n), .rx_i(uart_rx_i), .valid_o(rx_valid), .data_o(rx_data)
  );
  uart_tx #(.Divisor(Divisor)) u_tx (
    .clk_i, .rst_ni(rst_n), .valid_i(tx_valid), .ready_o(tx_ready), .data_i(tx_data), .tx_o(uart_tx_o)
  );

  logic        host_valid, host_write, host_done;
  logic [31:0] host_addr, host_wdata, host_rdata;
  logic [1:0]  host_resp;

  uart_bridge u_bridge (
    .clk_i, .rst_ni(rst_n),
    .rx_valid_i(rx_valid), .rx_data_i(rx_data),
    .tx_valid_o(tx_valid), .tx_ready_i(tx_ready), .tx_data_o(tx_data),
    .valid_o(host_valid), .write_o(host_write), .address_o(host_addr), .wdata_o(host_wdata),
    .done_i(host_done), .rdata_i(host_rdata), .resp_i(host_resp)
  );

  // ---------------------------------------------------------------- registers: one access at a time
  logic axil_valid, addr_sent_q, data_sent_q, axil_done;
  logic awvalid, awready, wvalid, wready, bvalid, arvalid, arready, rvalid;
  logic [31:0] rdata;
  logic [1:0]  bresp, rresp;

  assign axil_valid = host_valid && !host_addr[31];
  assign awvalid    = axil_valid && host_write && !addr_sent_q;
  assign wvalid     = axil_valid && host_write && !data_sent_q;
  assign arvalid    = axil_valid && !host_write && !addr_sent_q;
  assign axil_done  = bvalid || rvalid;

  always_ff @(posedge clk_i) begin
    if (!rst_n || axil_done) begin
      addr_sent_q <= 1'b0;
      data_sent_q <= 1'b0;
    end else begin
      if ((awvalid && awready) || (arvalid && arready)) addr_sent_q <= 1'b1;
      if (wvalid && wready) data_sent_q <= 1'b1;
    end
  end

  // ---------------------------------------------------------------- the chip and its memory
  logic                    m_arvalid, m_arready, m_rvalid, m_rready, m_rlast;
  logic [AxiAddrWidth-1:0] m_araddr, m_awaddr;
  logic [AxiIdWidth-1:0]   m_arid, m_rid, m_awid, m_bid;
  logic [7:0]              m_arlen;
  logic [BusBits-1:0]      m_rdata, m_wdata;
  logic [1:0]              m_rresp, m_bresp;
  logic                    m_awvalid, m_awready, m_wvalid, m_wready, m_wlast, m_bvalid, m_bready;
  logic [Cfg.BusBytes-1:0] m_wstrb;
  logic [Cfg.Contexts-1:0] irq;

  girih_top #(.Cfg(Cfg)) u_chip (               // has a reset synchroniser of its own, like the one above
    .clk_i, .rst_ni,
    .s_axil_awvalid_i(awvalid), .s_axil_awready_o(awready), .s_axil_awaddr_i(host_addr[19:0]),
    .s_axil_awprot_i(3'b010),
    .s_axil_wvalid_i(wvalid), .s_axil_wready_o(wready), .s_axil_wdata_i(host_wdata), .s_axil_wstrb_i(4'hf),
    .s_axil_bvalid_o(bvalid), .s_axil_bready_i(1'b1), .s_axil_bresp_o(bresp),
    .s_axil_arvalid_i(arvalid), .s_axil_arready_o(arready), .s_axil_araddr_i(host_addr[19:0]),
    .s_axil_arprot_i(3'b010),
    .s_axil_rvalid_o(rvalid), .s_axil_rready_i(1'b1), .s_axil_rdata_o(rdata), .s_axil_rresp_o(rresp),
    .m_axi_arvalid_o(m_arvalid), .m_axi_arready_i(m_arready), .m_axi_araddr_o(m_araddr),
    .m_axi_arid_o(m_arid), .m_axi_arlen_o(m_arlen), .m_axi_arsize_o(), .m_axi_arburst_o(),
    .m_axi_arlock_o(), .m_axi_arcache_o(), .m_axi_arprot_o(), .m_axi_arqos_o(), .m_axi_aruser_o(),
    .m_axi_rvalid_i(m_rvalid), .m_axi_rready_o(m_rready), .m_axi_rid_i(m_rid), .m_axi_rdata_i(m_rdata),
    .m_axi_rresp_i(m_rresp), .m_axi_rlast_i(m_rlast),
    .m_axi_awvalid_o(m_awvalid), .m_axi_awready_i(m_awready), .m_axi_awaddr_o(m_awaddr),
    .m_axi_awid_o(m_awid), .m_axi_awlen_o(), .m_axi_awsize_o(), .m_axi_awburst_o(), .m_axi_awlock_o(),
    .m_axi_awcache_o(), .m_axi_awprot_o(), .m_axi_awqos_o(), .m_axi_awuser_o(),
    .m_axi_wvalid_o(m_wvalid), .m_axi_wready_i(m_wready), .m_axi_wdata_o(m_wdata), .m_axi_wstrb_o(m_wstrb),
    .m_axi_wlast_o(m_wlast),
    .m_axi_bvalid_i(m_bvalid), .m_axi_bready_o(m_bready), .m_axi_bid_i(m_bid), .m_axi_bresp_i(m_bresp),
    .irq_o(irq),
    .test_scan_i(1'b0), .test_ram_cfg_i('0), .test_ram_err_o()
  );

  logic        memory_done;
  logic [31:0] memory_rdata;
  logic [1:0]  memory_resp;

  axi_memory #(.Bytes(MemoryBytes), .BusBytes(Cfg.BusBytes), .IdWidth(AxiIdWidth)) u_memory (
    .clk_i, .rst_ni(rst_n),
    .arvalid_i(m_arvalid), .arready_o(m_arready), .araddr_i(m_araddr), .arid_i(m_arid), .arlen_i(m_arlen),
    .rvalid_o(m_rvalid), .rready_i(m_rready), .rid_o(m_rid), .rdata_o(m_rdata), .rresp_o(m_rresp),
    .rlast_o(m_rlast),
    .awvalid_i(m_awvalid), .awready_o(m_awready), .awaddr_i(m_awaddr), .awid_i(m_awid),
    .wvalid_i(m_wvalid), .wready_o(m_wready), .wdata_i(m_wdata), .wstrb_i(m_wstrb), .wlast_i(m_wlast),
    .bvalid_o(m_bvalid), .bready_i(m_bready), .bid_o(m_bid), .bresp_o(m_bresp),
    .host_valid_i(host_valid && host_addr[31]), .host_write_i(host_write), .host_addr_i(host_addr[30:0]),
    .host_wdata_i(host_wdata), .host_done_o(memory_done), .host_rdata_o(memory_rdata),
    .host_resp_o(memory_resp)
  );

  assign host_done  = axil_done || memory_done;
  assign host_rdata = host_addr[31] ? memory_rdata : rdata;
  assign host_resp  = host_addr[31] ? memory_resp : host_write ? bresp : rresp;

  // ---------------------------------------------------------------- lights
  logic [24:0] beat_q;
  always_ff @(posedge clk_i) begin
    if (!rst_n) begin
      beat_q <= '0;
      led_o  <= '0;
    end else begin
      beat_q <= beat_q + 1'b1;
      led_o  <= {|irq, beat_q[24]};
    end
  end

endmodule
