// SPDX-License-Identifier: Apache-2.0
//
// LOAD, STORE and the AXI join as they hang together in the chip; the memories are the bench's.

module dma_bench #(
  parameter girih_pkg::cfg_t Cfg = girih_presets_pkg::Default,
  localparam int unsigned WordBits = 8 * Cfg.SpmWordBytes,
  localparam int unsigned BusBits  = 8 * Cfg.BusBytes,
  localparam int unsigned Lanes    = Cfg.NDim
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  input  logic                   load_cmd_valid_i,
  output logic                   load_cmd_ready_o,
  input  girih_pkg::job_t        load_cmd_job_i,
  input  girih_isa_pkg::load_t   load_cmd_i,
  output logic                   load_done_valid_o,
  output girih_pkg::done_t       load_done_o,
  output girih_pkg::activity_t   load_activity_o,
  output logic                   load_idle_o,

  input  logic                   store_cmd_valid_i,
  output logic                   store_cmd_ready_o,
  input  girih_pkg::job_t        store_cmd_job_i,
  input  girih_isa_pkg::store_t  store_cmd_i,
  output logic                   store_done_valid_o,
  output girih_pkg::done_t       store_done_o,
  output girih_pkg::activity_t   store_activity_o,
  output logic                   store_idle_o,

  // Index lists: LOAD, STORE
  output logic [1:0]             idx_rd_valid_o,
  output girih_pkg::spm_addr_t   idx_rd_word_o [2],
  input  logic [1:0]             idx_rd_ready_i,
  input  logic [1:0]             idx_rd_came_i,
  input  logic [WordBits-1:0]    idx_rd_data_i,

  output logic                   spm_wr_valid_o,
  output girih_pkg::spm_addr_t   spm_wr_word_o,
  output logic [WordBits-1:0]    spm_wr_data_o,
  output logic [Cfg.SpmWordBytes-1:0] spm_wr_be_o,
  input  logic                   spm_wr_gnt_i,

  output logic                   spm_rd_valid_o,
  output girih_pkg::spm_addr_t   spm_rd_word_o,
  input  logic                   spm_rd_ready_i,
  input  logic                   spm_rd_came_i,
  input  logic [WordBits-1:0]    spm_rd_data_i,

  output logic                   acc_wr_valid_o,
  output girih_pkg::acc_addr_t   acc_wr_row_o,
  output logic [32*Lanes-1:0]    acc_wr_data_o,
  output logic [Lanes-1:0]       acc_wr_lanes_o,
  input  logic                   acc_wr_gnt_i,

  output logic                   acc_rd_valid_o,
  output girih_pkg::acc_addr_t   acc_rd_row_o,
  input  logic                   acc_rd_ready_i,
  input  logic                   acc_rd_came_i,
  input  logic [32*Lanes-1:0]    acc_rd_data_i,

  input  logic                   ring_arvalid_i,
  output logic                   ring_arready_o,
  input  logic [39:0]            ring_araddr_i,
  input  logic [7:0]             ring_arlen_i,
  input  girih_pkg::ctx_t        ring_aruser_i,
  output logic                   ring_rvalid_o,
  input  logic                   ring_rready_i,
  output logic [BusBits-1:0]     ring_rdata_o,
  output logic                   ring_rlast_o,

  input  logic                   fence_awvalid_i,
  output logic                   fence_awready_o,
  input  logic [39:0]            fence_awaddr_i,
  input  girih_pkg::ctx_t        fence_awuser_i,
  input  logic                   fence_wvalid_i,
  output logic                   fence_wready_o,
  input  logic [BusBits-1:0]     fence_wdata_i,
  input  logic [Cfg.BusBytes-1:0] fence_wstrb_i,
  output logic                   fence_bvalid_o,
  input  logic                   fence_bready_i,
  output logic [1:0]             fence_bresp_o,

  output logic                   read_valid_o,
  output girih_pkg::ctx_t        read_ctx_o,
  output logic [11:0]            read_bytes_o,
  output logic                   write_valid_o,
  output girih_pkg::ctx_t        write_ctx_o,
  output logic [11:0]            write_bytes_o,

  output logic                   m_axi_arvalid_o,
  input  logic                   m_axi_arready_i,
  output logic [39:0]            m_axi_araddr_o,
  output logic [5:0]             m_axi_arid_o,
  output logic [7:0]             m_axi_arlen_o,
  output logic [2:0]             m_axi_arsize_o,
  output logic [1:0]             m_axi_arburst_o,
  output logic                   m_axi_arlock_o,
  output logic [3:0]             m_axi_arcache_o,
  output logic [2:0]             m_axi_arprot_o,
  output logic [3:0]             m_axi_arqos_o,
  output girih_pkg::ctx_t        m_axi_aruser_o,
  input  logic                   m_axi_rvalid_i,
  output logic                   m_axi_rready_o,
  input  logic [5:0]             m_axi_rid_i,
  input  logic [BusBits-1:0]     m_axi_rdata_i,
  input  logic [1:0]             m_axi_rresp_i,
  input  logic                   m_axi_rlast_i,
  output logic                   m_axi_awvalid_o,
  input  logic                   m_axi_awready_i,
  output logic [39:0]            m_axi_awaddr_o,
  output logic [5:0]             m_axi_awid_o,
  output logic [7:0]             m_axi_awlen_o,
  output logic [2:0]             m_axi_awsize_o,
  output logic [1:0]             m_axi_awburst_o,
  output logic                   m_axi_awlock_o,
  output logic [3:0]             m_axi_awcache_o,
  output logic [2:0]             m_axi_awprot_o,
  output logic [3:0]             m_axi_awqos_o,
  output girih_pkg::ctx_t        m_axi_awuser_o,
  output logic                   m_axi_wvalid_o,
  input  logic                   m_axi_wready_i,
  output logic [BusBits-1:0]     m_axi_wdata_o,
  output logic [Cfg.BusBytes-1:0] m_axi_wstrb_o,
  output logic                   m_axi_wlast_o,
  input  logic                   m_axi_bvalid_i,
  output logic                   m_axi_bready_o,
  input  logic [5:0]             m_axi_bid_i,
  input  logic [1:0]             m_axi_bresp_i
);

  logic                load_arvalid, load_arready, load_rvalid, load_rready, load_rlast;
  logic [39:0]         load_araddr;
  logic [5:0]          load_arid, load_rid;
  logic [7:0]          load_arlen;
  girih_pkg::ctx_t     load_aruser, store_awuser;
  logic [11:0]         load_arbytes, store_awbytes;
  logic [BusBits-1:0]  load_rdata, store_wdata;
  logic [1:0]          load_rresp, store_bresp;
  logic                store_awvalid, store_awready, store_wvalid, store_wready, store_wlast;
  logic                store_bvalid, store_bready;
  logic [39:0]         store_awaddr;
  logic [7:0]          store_awlen;
  logic [Cfg.BusBytes-1:0] store_wstrb;

  logic [31:0]          acc_wr_data [Lanes];
  logic [31:0]          acc_rd_data [Lanes];
  for (genvar l = 0; l < Lanes; l++) begin : gen_lane
    assign acc_wr_data_o[32*l +: 32] = acc_wr_data[l];
    assign acc_rd_data[l]            = acc_rd_data_i[32*l +: 32];
  end

  logic unused_ram_error;
  load_engine #(.Cfg(Cfg)) u_load (
    .clk_i, .rst_ni,
    .cmd_valid_i(load_cmd_valid_i), .cmd_ready_o(load_cmd_ready_o), .cmd_job_i(load_cmd_job_i),
    .cmd_i(load_cmd_i), .done_valid_o(load_done_valid_o), .done_o(load_done_o),
    .activity_o(load_activity_o), .idle_o(load_idle_o),
    .idx_rd_valid_o(idx_rd_valid_o[0]), .idx_rd_word_o(idx_rd_word_o[0]),
    .idx_rd_ready_i(idx_rd_ready_i[0]), .idx_rd_came_i(idx_rd_came_i[0]), .idx_rd_data_i,
    .spm_wr_valid_o, .spm_wr_word_o, .spm_wr_data_o, .spm_wr_be_o, .spm_wr_gnt_i,
    .acc_wr_valid_o, .acc_wr_row_o, .acc_wr_data_o(acc_wr_data), .acc_wr_lanes_o, .acc_wr_gnt_i,
    .arvalid_o(load_arvalid), .arready_i(load_arready), .araddr_o(load_araddr), .arid_o(load_arid),
    .arlen_o(load_arlen), .aruser_o(load_aruser), .arbytes_o(load_arbytes),
    .rvalid_i(load_rvalid), .rready_o(load_rready), .rid_i(load_rid), .rdata_i(load_rdata),
    .rresp_i(load_rresp), .rlast_i(load_rlast), .ram_cfg_i('0), .ram_error_o(unused_ram_error)
  );

  store_engine #(.Cfg(Cfg)) u_store (
    .clk_i, .rst_ni,
    .cmd_valid_i(store_cmd_valid_i), .cmd_ready_o(store_cmd_ready_o), .cmd_job_i(store_cmd_job_i),
    .cmd_i(store_cmd_i), .done_valid_o(store_done_valid_o), .done_o(store_done_o),
    .activity_o(store_activity_o), .idle_o(store_idle_o),
    .idx_rd_valid_o(idx_rd_valid_o[1]), .idx_rd_word_o(idx_rd_word_o[1]),
    .idx_rd_ready_i(idx_rd_ready_i[1]), .idx_rd_came_i(idx_rd_came_i[1]), .idx_rd_data_i,
    .spm_rd_valid_o, .spm_rd_word_o, .spm_rd_ready_i, .spm_rd_came_i, .spm_rd_data_i,
    .acc_rd_valid_o, .acc_rd_row_o, .acc_rd_ready_i, .acc_rd_came_i,
    .acc_rd_data_i(acc_rd_data),
    .awvalid_o(store_awvalid), .awready_i(store_awready), .awaddr_o(store_awaddr),
    .awlen_o(store_awlen), .awuser_o(store_awuser), .awbytes_o(store_awbytes),
    .wvalid_o(store_wvalid), .wready_i(store_wready), .wdata_o(store_wdata), .wstrb_o(store_wstrb),
    .wlast_o(store_wlast), .bvalid_i(store_bvalid), .bready_o(store_bready), .bresp_i(store_bresp)
  );

  logic [1:0] unused_ring_rresp;
  axi_join #(.Cfg(Cfg)) u_join (
    .clk_i, .rst_ni,
    .load_arvalid_i(load_arvalid), .load_arready_o(load_arready), .load_araddr_i(load_araddr),
    .load_arid_i(load_arid), .load_arlen_i(load_arlen), .load_aruser_i(load_aruser),
    .load_arbytes_i(load_arbytes), .load_rvalid_o(load_rvalid), .load_rready_i(load_rready),
    .load_rid_o(load_rid), .load_rdata_o(load_rdata), .load_rresp_o(load_rresp), .load_rlast_o(load_rlast),
    .ring_arvalid_i, .ring_arready_o, .ring_araddr_i, .ring_arlen_i, .ring_aruser_i,
    .ring_rvalid_o, .ring_rready_i, .ring_rdata_o, .ring_rresp_o(unused_ring_rresp), .ring_rlast_o,
    .store_awvalid_i(store_awvalid), .store_awready_o(store_awready), .store_awaddr_i(store_awaddr),
    .store_awlen_i(store_awlen), .store_awuser_i(store_awuser), .store_awbytes_i(store_awbytes),
    .store_wvalid_i(store_wvalid), .store_wready_o(store_wready), .store_wdata_i(store_wdata),
    .store_wstrb_i(store_wstrb), .store_wlast_i(store_wlast),
    .store_bvalid_o(store_bvalid), .store_bready_i(store_bready), .store_bresp_o(store_bresp),
    .fence_awvalid_i, .fence_awready_o, .fence_awaddr_i, .fence_awuser_i,
    .fence_wvalid_i, .fence_wready_o, .fence_wdata_i, .fence_wstrb_i,
    .fence_bvalid_o, .fence_bready_i, .fence_bresp_o,
    .read_valid_o, .read_ctx_o, .read_bytes_o, .write_valid_o, .write_ctx_o, .write_bytes_o,
    .m_axi_arvalid_o, .m_axi_arready_i, .m_axi_araddr_o, .m_axi_arid_o, .m_axi_arlen_o,
    .m_axi_arsize_o, .m_axi_arburst_o, .m_axi_arlock_o, .m_axi_arcache_o, .m_axi_arprot_o,
    .m_axi_arqos_o, .m_axi_aruser_o,
    .m_axi_rvalid_i, .m_axi_rready_o, .m_axi_rid_i, .m_axi_rdata_i, .m_axi_rresp_i, .m_axi_rlast_i,
    .m_axi_awvalid_o, .m_axi_awready_i, .m_axi_awaddr_o, .m_axi_awid_o, .m_axi_awlen_o,
    .m_axi_awsize_o, .m_axi_awburst_o, .m_axi_awlock_o, .m_axi_awcache_o, .m_axi_awprot_o,
    .m_axi_awqos_o, .m_axi_awuser_o,
    .m_axi_wvalid_o, .m_axi_wready_i, .m_axi_wdata_o, .m_axi_wstrb_o, .m_axi_wlast_o,
    .m_axi_bvalid_i, .m_axi_bready_o, .m_axi_bid_i, .m_axi_bresp_i
  );

endmodule
