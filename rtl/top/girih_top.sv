// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// The chip: registers, frontend, four engines, scratchpad, accumulators, one AXI4 master.
// This file only connects; docs/blocks/top.md has the drawing, docs/host.md what the ports mean.
//
//   s_axil_*   AXI4-Lite, 32 bit: the host's registers
//   m_axi_*    AXI4, Cfg.BusBytes wide: rings, operands, results. Every output is a register
//   irq_o      one line per context, level
//   test_*     rooms: scan (bypasses the reset synchroniser), side bands of the memory macros

module girih_top
  import girih_pkg::*;
  import girih_ctrl_pkg::*;
#(
  parameter cfg_t Cfg = girih_presets_pkg::Default,
  localparam int unsigned BusBits = 8 * Cfg.BusBytes
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,             // may come and go at any time

  input  logic                    s_axil_awvalid_i,
  output logic                    s_axil_awready_o,
  input  logic [19:0]             s_axil_awaddr_i,
  input  logic [2:0]              s_axil_awprot_i,
  input  logic                    s_axil_wvalid_i,
  output logic                    s_axil_wready_o,
  input  logic [31:0]             s_axil_wdata_i,
  input  logic [3:0]              s_axil_wstrb_i,
  output logic                    s_axil_bvalid_o,
  input  logic                    s_axil_bready_i,
  output logic [1:0]              s_axil_bresp_o,
  input  logic                    s_axil_arvalid_i,
  output logic                    s_axil_arready_o,
  input  logic [19:0]             s_axil_araddr_i,
  input  logic [2:0]              s_axil_arprot_i,
  output logic                    s_axil_rvalid_o,
  input  logic                    s_axil_rready_i,
  output logic [31:0]             s_axil_rdata_o,
  output logic [1:0]              s_axil_rresp_o,

  output logic                    m_axi_arvalid_o,
  input  logic                    m_axi_arready_i,
  output logic [AxiAddrWidth-1:0] m_axi_araddr_o,
  output logic [AxiIdWidth-1:0]   m_axi_arid_o,
  output logic [7:0]              m_axi_arlen_o,
  output logic [2:0]              m_axi_arsize_o,
  output logic [1:0]              m_axi_arburst_o,
  output logic                    m_axi_arlock_o,
  output logic [3:0]              m_axi_arcache_o,
  output logic [2:0]              m_axi_arprot_o,
  output logic [3:0]              m_axi_arqos_o,
  output ctx_t                    m_axi_aruser_o,
  input  logic                    m_axi_rvalid_i,
  output logic                    m_axi_rready_o,
  input  logic [AxiIdWidth-1:0]   m_axi_rid_i,
  input  logic [BusBits-1:0]      m_axi_rdata_i,
  input  logic [1:0]              m_axi_rresp_i,
  input  logic                    m_axi_rlast_i,

  output logic                    m_axi_awvalid_o,
  input  logic                    m_axi_awready_i,
  output logic [AxiAddrWidth-1:0] m_axi_awaddr_o,
  output logic [AxiIdWidth-1:0]   m_axi_awid_o,
  output logic [7:0]              m_axi_awlen_o,
  output logic [2:0]              m_axi_awsize_o,
  output logic [1:0]              m_axi_awburst_o,
  output logic                    m_axi_awlock_o,
  output logic [3:0]              m_axi_awcache_o,
  output logic [2:0]              m_axi_awprot_o,
  output logic [3:0]              m_axi_awqos_o,
  output ctx_t                    m_axi_awuser_o,
  output logic                    m_axi_wvalid_o,
  input  logic                    m_axi_wready_i,
  output logic [BusBits-1:0]      m_axi_wdata_o,
  output logic [Cfg.BusBytes-1:0] m_axi_wstrb_o,
  output logic                    m_axi_wlast_o,
  input  logic                    m_axi_bvalid_i,
  output logic                    m_axi_bready_o,
  input  logic [AxiIdWidth-1:0]   m_axi_bid_i,
  input  logic [1:0]              m_axi_bresp_i,

  output logic [Cfg.Contexts-1:0] irq_o,

  input  logic                    test_scan_i,
  input  logic [7:0]              test_ram_cfg_i,
  output logic                    test_ram_err_o
);

  // ---------------------------------------------------------------- is this a chip that can be built?
  // Limits of one parameter alone are checked where presets.yaml is read; these tie several together.
  if (Cfg.Contexts < 2 || Cfg.Contexts > 2**CtxWidth) begin : gen_bad_contexts
    $fatal(1, "girih_top: Contexts must be 2 to 8");
  end
  if (Cfg.SpmKiB * 1024 > 2**SpmAddrWidth || Cfg.AccKiB * 1024 > 2**AccAddrWidth) begin : gen_bad_memory
    $fatal(1, "girih_top: at most 1024 KiB of scratchpad and 256 KiB of accumulators");
  end
  if (Cfg.SpmBanks != 8) begin : gen_bad_banks
    $fatal(1, "girih_top: SpmBanks must be 8, the bank hash is made for it");
  end
  if (Cfg.SpmWordBytes < Cfg.BusBytes || Cfg.SpmWordBytes < Cfg.KDim ||
      Cfg.SpmWordBytes < Cfg.NDim) begin : gen_bad_word
    $fatal(1, "girih_top: SpmWordBytes must be at least BusBytes, KDim and NDim");
  end
  if (Cfg.SpmWordBytes > 4 * Cfg.NDim) begin : gen_bad_row
    $fatal(1, "girih_top: an accumulator row (4 * NDim bytes) must hold a scratchpad word");
  end
  if (Cfg.WeightPort < 4 * Cfg.BusBytes || Cfg.WeightPort < 2 * Cfg.SpmWordBytes ||
      Cfg.WeightPort > 8 * Cfg.SpmWordBytes) begin : gen_bad_weights
    $fatal(1, "girih_top: WeightPort must be at least 4 * BusBytes and 2 to 8 scratchpad words");
  end
  if (Cfg.ReadsInFlight + 4 > 2**AxiIdWidth) begin : gen_bad_ids
    $fatal(1, "girih_top: ReadsInFlight must leave room for four other AXI IDs of 64");
  end

  // ---------------------------------------------------------------- reset
  logic rst_n;
  prim_rst_sync u_rst_sync (.clk_i, .rst_ni, .scan_i(test_scan_i), .rst_no(rst_n));

  // ---------------------------------------------------------------- registers
  ring_t                   ring      [Cfg.Contexts];
  window_access_t          window;
  logic [31:0]             window_rdata;
  partition_t              partition [Cfg.Contexts];
  logic [Cfg.Contexts-1:0] ctx_reset, ctx_clear;
  logic [31:0]             max_cycles;
  logic                    param_valid, param_ready, param_write;
  logic [$clog2(Cfg.Contexts)-1:0] param_ctx;
  logic [4:0]              param_index;
  logic [31:0]             param_wdata, param_rdata;
  logic [3:0]              param_be;
  status_t                 status    [Cfg.Contexts];
  logic [31:0]             head      [Cfg.Contexts];
  error_record_t           error     [Cfg.Contexts];
  logic [Cfg.Contexts-1:0] irq_fence, irq_error;
  activity_flags_t         flags     [Cfg.Contexts];
  logic                    retired_valid;
  ctx_t                    retired_ctx;
  logic [47:0]             retired_macs;
  traffic_t                fetch_traffic, fence_traffic;
  traffic_t                read_traffic [2], write_traffic [2];

  csr_top #(.Cfg(Cfg)) u_csr (
    .clk_i, .rst_ni(rst_n),
    .awvalid_i(s_axil_awvalid_i), .awready_o(s_axil_awready_o), .awaddr_i(s_axil_awaddr_i),
    .awprot_i(s_axil_awprot_i),
    .wvalid_i(s_axil_wvalid_i), .wready_o(s_axil_wready_o), .wdata_i(s_axil_wdata_i),
    .wstrb_i(s_axil_wstrb_i),
    .bvalid_o(s_axil_bvalid_o), .bready_i(s_axil_bready_i), .bresp_o(s_axil_bresp_o),
    .arvalid_i(s_axil_arvalid_i), .arready_o(s_axil_arready_o), .araddr_i(s_axil_araddr_i),
    .arprot_i(s_axil_arprot_i),
    .rvalid_o(s_axil_rvalid_o), .rready_i(s_axil_rready_i), .rdata_o(s_axil_rdata_o),
    .rresp_o(s_axil_rresp_o),
    .irq_o,
    .ring_o(ring), .reset_o(ctx_reset), .window_o(window), .window_rdata_i(window_rdata),
    .partition_o(partition),
    .max_cycles_o(max_cycles),
    .param_valid_o(param_valid), .param_ready_i(param_ready), .param_write_o(param_write),
    .param_ctx_o(param_ctx), .param_index_o(param_index), .param_wdata_o(param_wdata),
    .param_be_o(param_be),
    .param_rdata_i(param_rdata),
    .clear_i(ctx_clear), .status_i(status), .head_i(head), .error_i(error),
    .irq_fence_i(irq_fence), .irq_error_i(irq_error),
    .flags_i(flags), .retired_valid_i(retired_valid), .retired_ctx_i(retired_ctx),
    .retired_macs_i(retired_macs),
    .read_traffic_i(read_traffic), .write_traffic_i(write_traffic)
  );

  // ---------------------------------------------------------------- frontend
  logic [Engines-1:0] cmd_valid, cmd_ready, done_valid;
  job_t               cmd_job  [Engines];
  logic [1023:0]      cmd      [Engines];
  done_t              done     [Engines];
  activity_t          activity [Engines];
  logic [Engines-1:0] engine_idle, engine_silent, engine_clk;
  logic               mac_overflow;
  ctx_t               mac_overflow_ctx;

  localparam int unsigned SpmWordBits = 8 * Cfg.SpmWordBytes;
  localparam int unsigned WordIndex   = SpmAddrWidth - $clog2(Cfg.SpmWordBytes);

  logic                    ring_arvalid, ring_arready, ring_rvalid, ring_rready, ring_rlast;
  logic [AxiAddrWidth-1:0] ring_araddr;
  logic [7:0]              ring_arlen;
  ctx_t                    ring_aruser;
  logic [BusBits-1:0]      ring_rdata;
  logic [1:0]              ring_rresp;

  logic                    fence_awvalid, fence_awready, fence_wvalid, fence_wready;
  logic [AxiAddrWidth-1:0] fence_awaddr;
  ctx_t                    fence_awuser;
  logic [BusBits-1:0]      fence_wdata;
  logic [Cfg.BusBytes-1:0] fence_wstrb;
  logic                    fence_bvalid, fence_bready;
  logic [1:0]              fence_bresp;

  logic                    frontend_err;
  logic [WordIndex-1:0]    set_rd_word;

  // Asks of the scratchpad and its data ports. VECTOR's sources may share a data port; the index lists of
  // LOAD and STORE, and SETPARAM, share the last one.
  localparam int unsigned WeightWords = Cfg.WeightPort / Cfg.SpmWordBytes;
  localparam int unsigned VectorPort  = 2 + WeightWords;
  localparam int unsigned StorePort   = VectorPort + vector_read_ports(Cfg.VecLanes, Cfg.SpmWordBytes);
  localparam int unsigned ListPort    = StorePort + 1;
  localparam int unsigned ReadPorts   = ListPort + 1;
  localparam int unsigned StoreAsk    = VectorPort + 3;
  localparam int unsigned LoadListAsk = StoreAsk + 1;
  localparam int unsigned StoreListAsk = StoreAsk + 2;
  localparam int unsigned SetparamAsk = StoreAsk + 3;
  localparam int unsigned Asks        = StoreAsk + 4;

  logic [Asks-1:0]        spm_rd_valid, spm_rd_fetch, spm_rd_ready, spm_rd_came;
  spm_addr_t              spm_rd_word [Asks];
  logic [SpmWordBits-1:0] spm_rd_data [ReadPorts];

  frontend #(.Cfg(Cfg)) u_frontend (
    .clk_i, .rst_ni(rst_n),
    .ring_i(ring), .reset_i(ctx_reset), .window_i(window), .window_rdata_o(window_rdata),
    .partition_i(partition),
    .max_cycles_i(max_cycles),
    .param_valid_i(param_valid), .param_ready_o(param_ready), .param_write_i(param_write),
    .param_ctx_i(param_ctx), .param_index_i(param_index), .param_wdata_i(param_wdata),
    .param_be_i(param_be),
    .param_rdata_o(param_rdata),
    .clear_o(ctx_clear), .status_o(status), .head_o(head), .error_o(error),
    .irq_fence_o(irq_fence), .irq_error_o(irq_error),
    .flags_o(flags), .retired_valid_o(retired_valid), .retired_ctx_o(retired_ctx),
    .retired_macs_o(retired_macs), .fetch_traffic_o(fetch_traffic),
    .fence_traffic_o(fence_traffic),
    .cmd_valid_o(cmd_valid), .cmd_ready_i(cmd_ready), .cmd_job_o(cmd_job), .cmd_o(cmd),
    .done_valid_i(done_valid), .done_i(done), .activity_i(activity),
    .mac_overflow_i(mac_overflow), .mac_overflow_ctx_i(mac_overflow_ctx),
    .ar_valid_o(ring_arvalid), .ar_ready_i(ring_arready), .ar_addr_o(ring_araddr),
    .ar_len_o(ring_arlen), .ar_user_o(ring_aruser),
    .r_valid_i(ring_rvalid), .r_ready_o(ring_rready), .r_data_i(ring_rdata),
    .r_resp_i(ring_rresp),
    .aw_valid_o(fence_awvalid), .aw_ready_i(fence_awready), .aw_addr_o(fence_awaddr),
    .aw_user_o(fence_awuser),
    .w_valid_o(fence_wvalid), .w_ready_i(fence_wready), .w_data_o(fence_wdata),
    .w_strb_o(fence_wstrb),
    .b_valid_i(fence_bvalid), .b_ready_o(fence_bready), .b_resp_i(fence_bresp),
    .spm_rd_valid_o(spm_rd_valid[SetparamAsk]), .spm_rd_word_o(set_rd_word),
    .spm_rd_ready_i(spm_rd_ready[SetparamAsk]), .spm_rd_came_i(spm_rd_came[SetparamAsk]),
    .spm_rd_data_i(spm_rd_data[ListPort]),
    .ram_cfg_i(test_ram_cfg_i), .ram_err_o(frontend_err)
  );

  // ---------------------------------------------------------------- scratchpad, accumulators
  logic [1:0]              spm_wr_valid, spm_wr_gnt;              // VECTOR, LOAD
  spm_addr_t               spm_wr_word [2];
  logic [SpmWordBits-1:0]  spm_wr_data [2];
  logic [Cfg.SpmWordBytes-1:0] spm_wr_be [2];

  logic [4:0]              acc_rd_valid, acc_rd_fetch;            // MATRIX, VECTOR a, b, c, STORE
  logic [4:0]              acc_rd_ready, acc_rd_came;
  acc_addr_t               acc_rd_row [5];
  logic [31:0]             acc_rd_data [3][Cfg.NDim];
  logic [2:0]              acc_wr_valid, acc_wr_gnt;              // MATRIX, VECTOR, LOAD
  acc_addr_t               acc_wr_row [3];
  logic [31:0]             acc_wr_data [3][Cfg.NDim];
  logic [Cfg.NDim-1:0]     acc_wr_lanes [3];
  logic                    spm_err, acc_err, load_err;

  spm #(.Cfg(Cfg)) u_spm (
    .clk_i, .rst_ni(rst_n),
    .rd_valid_i(spm_rd_valid), .rd_fetch_i(spm_rd_fetch), .rd_word_i(spm_rd_word),
    .rd_ready_o(spm_rd_ready), .rd_came_o(spm_rd_came), .rd_data_o(spm_rd_data),
    .wr_valid_i(spm_wr_valid), .wr_word_i(spm_wr_word), .wr_data_i(spm_wr_data),
    .wr_be_i(spm_wr_be), .wr_gnt_o(spm_wr_gnt),
    .ram_cfg_i(test_ram_cfg_i), .ram_err_o(spm_err)
  );

  acc #(.Cfg(Cfg)) u_acc (
    .clk_i, .rst_ni(rst_n),
    .rd_valid_i(acc_rd_valid), .rd_fetch_i(acc_rd_fetch), .rd_row_i(acc_rd_row),
    .rd_ready_o(acc_rd_ready), .rd_came_o(acc_rd_came), .rd_data_o(acc_rd_data),
    .wr_valid_i(acc_wr_valid), .wr_row_i(acc_wr_row), .wr_data_i(acc_wr_data),
    .wr_lanes_i(acc_wr_lanes), .wr_gnt_o(acc_wr_gnt),
    .ram_cfg_i(test_ram_cfg_i), .ram_err_o(acc_err)
  );

  always_ff @(posedge clk_i) begin
    if (!rst_n) test_ram_err_o <= 1'b0;
    else        test_ram_err_o <= spm_err || acc_err || load_err || frontend_err;
  end

  assign spm_rd_word[SetparamAsk] = spm_addr_t'(set_rd_word);

  // Only VECTOR asks for nothing now and then.
  assign spm_rd_fetch[VectorPort-1:0]  = '1;
  assign spm_rd_fetch[Asks-1:StoreAsk] = '1;
  assign acc_rd_fetch[0]               = 1'b1;
  assign acc_rd_fetch[4]               = 1'b1;

  // ---------------------------------------------------------------- LOAD
  logic                    load_arvalid, load_arready, load_rvalid, load_rready, load_rlast;
  logic [AxiAddrWidth-1:0] load_araddr;
  logic [AxiIdWidth-1:0]   load_arid, load_rid;
  logic [7:0]              load_arlen;
  ctx_t                    load_aruser;
  logic [11:0]             load_arbytes;
  logic [BusBits-1:0]      load_rdata;
  logic [1:0]              load_rresp;

  load_engine #(.Cfg(Cfg)) u_load (
    .clk_i(engine_clk[EngLoad]), .rst_ni(rst_n),
    .cmd_valid_i(cmd_valid[EngLoad]), .cmd_ready_o(cmd_ready[EngLoad]),
    .cmd_job_i(cmd_job[EngLoad]), .cmd_i(cmd[EngLoad]),
    .done_valid_o(done_valid[EngLoad]), .done_o(done[EngLoad]),
    .activity_o(activity[EngLoad]), .idle_o(engine_idle[EngLoad]),
    .idx_rd_valid_o(spm_rd_valid[LoadListAsk]), .idx_rd_word_o(spm_rd_word[LoadListAsk]),
    .idx_rd_ready_i(spm_rd_ready[LoadListAsk]), .idx_rd_came_i(spm_rd_came[LoadListAsk]),
    .idx_rd_data_i(spm_rd_data[ListPort]),
    .spm_wr_valid_o(spm_wr_valid[1]), .spm_wr_word_o(spm_wr_word[1]),
    .spm_wr_data_o(spm_wr_data[1]), .spm_wr_be_o(spm_wr_be[1]), .spm_wr_gnt_i(spm_wr_gnt[1]),
    .acc_wr_valid_o(acc_wr_valid[2]), .acc_wr_row_o(acc_wr_row[2]),
    .acc_wr_data_o(acc_wr_data[2]), .acc_wr_lanes_o(acc_wr_lanes[2]),
    .acc_wr_gnt_i(acc_wr_gnt[2]),
    .arvalid_o(load_arvalid), .arready_i(load_arready), .araddr_o(load_araddr),
    .arid_o(load_arid), .arlen_o(load_arlen), .aruser_o(load_aruser), .arbytes_o(load_arbytes),
    .rvalid_i(load_rvalid), .rready_o(load_rready), .rid_i(load_rid), .rdata_i(load_rdata),
    .rresp_i(load_rresp), .rlast_i(load_rlast),
    .ram_cfg_i(test_ram_cfg_i), .ram_error_o(load_err)
  );

  // ---------------------------------------------------------------- STORE
  logic                    store_awvalid, store_awready, store_wvalid, store_wready, store_wlast;
  logic [AxiAddrWidth-1:0] store_awaddr;
  logic [7:0]              store_awlen;
  ctx_t                    store_awuser;
  logic [11:0]             store_awbytes;
  logic [BusBits-1:0]      store_wdata;
  logic [Cfg.BusBytes-1:0] store_wstrb;
  logic                    store_bvalid, store_bready;
  logic [1:0]              store_bresp;

  store_engine #(.Cfg(Cfg)) u_store (
    .clk_i(engine_clk[EngStore]), .rst_ni(rst_n),
    .cmd_valid_i(cmd_valid[EngStore]), .cmd_ready_o(cmd_ready[EngStore]),
    .cmd_job_i(cmd_job[EngStore]), .cmd_i(cmd[EngStore]),
    .done_valid_o(done_valid[EngStore]), .done_o(done[EngStore]),
    .activity_o(activity[EngStore]), .idle_o(engine_idle[EngStore]),
    .idx_rd_valid_o(spm_rd_valid[StoreListAsk]), .idx_rd_word_o(spm_rd_word[StoreListAsk]),
    .idx_rd_ready_i(spm_rd_ready[StoreListAsk]), .idx_rd_came_i(spm_rd_came[StoreListAsk]),
    .idx_rd_data_i(spm_rd_data[ListPort]),
    .spm_rd_valid_o(spm_rd_valid[StoreAsk]), .spm_rd_word_o(spm_rd_word[StoreAsk]),
    .spm_rd_ready_i(spm_rd_ready[StoreAsk]), .spm_rd_came_i(spm_rd_came[StoreAsk]),
    .spm_rd_data_i(spm_rd_data[StorePort]),
    .acc_rd_valid_o(acc_rd_valid[4]), .acc_rd_row_o(acc_rd_row[4]),
    .acc_rd_ready_i(acc_rd_ready[4]), .acc_rd_came_i(acc_rd_came[4]), .acc_rd_data_i(acc_rd_data[2]),
    .awvalid_o(store_awvalid), .awready_i(store_awready), .awaddr_o(store_awaddr),
    .awlen_o(store_awlen), .awuser_o(store_awuser), .awbytes_o(store_awbytes),
    .wvalid_o(store_wvalid), .wready_i(store_wready), .wdata_o(store_wdata),
    .wstrb_o(store_wstrb), .wlast_o(store_wlast),
    .bvalid_i(store_bvalid), .bready_o(store_bready), .bresp_i(store_bresp)
  );

  // ---------------------------------------------------------------- MATRIX
  matrix_engine #(.Cfg(Cfg)) u_matrix (
    .clk_i(engine_clk[EngMatrix]), .rst_ni(rst_n),
    .cmd_valid_i(cmd_valid[EngMatrix]), .cmd_ready_o(cmd_ready[EngMatrix]),
    .cmd_job_i(cmd_job[EngMatrix]), .cmd_i(cmd[EngMatrix]),
    .done_valid_o(done_valid[EngMatrix]), .done_o(done[EngMatrix]),
    .activity_o(activity[EngMatrix]), .idle_o(engine_idle[EngMatrix]),
    .overflow_valid_o(mac_overflow), .overflow_ctx_o(mac_overflow_ctx),
    .spm_rd_valid_o(spm_rd_valid[VectorPort-1:0]), .spm_rd_word_o(spm_rd_word[0:VectorPort-1]),
    .spm_rd_ready_i(spm_rd_ready[VectorPort-1:0]), .spm_rd_came_i(spm_rd_came[VectorPort-1:0]),
    .spm_rd_data_i(spm_rd_data[0:VectorPort-1]),
    .acc_rd_valid_o(acc_rd_valid[0]), .acc_rd_row_o(acc_rd_row[0]), .acc_rd_data_i(acc_rd_data[0]),
    .acc_wr_valid_o(acc_wr_valid[0]), .acc_wr_row_o(acc_wr_row[0]),
    .acc_wr_data_o(acc_wr_data[0]), .acc_wr_lanes_o(acc_wr_lanes[0]),
    .acc_wr_gnt_i(acc_wr_gnt[0])
  );

  // ---------------------------------------------------------------- VECTOR
  vector_engine #(.Cfg(Cfg)) u_vector (
    .clk_i(engine_clk[EngVector]), .rst_ni(rst_n),
    .cmd_valid_i(cmd_valid[EngVector]), .cmd_ready_o(cmd_ready[EngVector]),
    .cmd_job_i(cmd_job[EngVector]), .cmd_i(cmd[EngVector]),
    .done_valid_o(done_valid[EngVector]), .done_o(done[EngVector]),
    .activity_o(activity[EngVector]), .idle_o(engine_idle[EngVector]),
    .spm_rd_valid_o(spm_rd_valid[StoreAsk-1:VectorPort]),
    .spm_rd_fetch_o(spm_rd_fetch[StoreAsk-1:VectorPort]),
    .spm_rd_word_o(spm_rd_word[VectorPort:StoreAsk-1]),
    .spm_rd_ready_i(spm_rd_ready[StoreAsk-1:VectorPort]),
    .spm_rd_came_i(spm_rd_came[StoreAsk-1:VectorPort]),
    .spm_rd_data_i(spm_rd_data[VectorPort:StorePort-1]),
    .spm_wr_valid_o(spm_wr_valid[0]), .spm_wr_word_o(spm_wr_word[0]),
    .spm_wr_data_o(spm_wr_data[0]), .spm_wr_be_o(spm_wr_be[0]), .spm_wr_gnt_i(spm_wr_gnt[0]),
    .acc_rd_valid_o(acc_rd_valid[3:1]), .acc_rd_fetch_o(acc_rd_fetch[3:1]),
    .acc_rd_row_o(acc_rd_row[1:3]), .acc_rd_ready_i(acc_rd_ready[3:1]),
    .acc_rd_came_i(acc_rd_came[3:1]), .acc_rd_data_i(acc_rd_data[1]),
    .acc_wr_valid_o(acc_wr_valid[1]), .acc_wr_row_o(acc_wr_row[1]),
    .acc_wr_data_o(acc_wr_data[1]), .acc_wr_lanes_o(acc_wr_lanes[1]),
    .acc_wr_gnt_i(acc_wr_gnt[1])
  );

  // ---------------------------------------------------------------- clocks of the engines
  for (genvar e = 0; e < int'(Engines); e++) begin : gen_engine_clock
    engine_clock u_clock (
      .clk_i, .rst_ni(rst_n), .wake_i(cmd_valid[e]), .idle_i(engine_idle[e]),
      .silent_i(engine_silent[e] && !done_valid[e] && !activity[e].busy), .test_en_i(test_scan_i),
      .clk_o(engine_clk[e])
    );
  end

  assign engine_silent[EngLoad]   = !(load_arvalid || spm_wr_valid[1] || acc_wr_valid[2] || spm_rd_valid[LoadListAsk]);
  assign engine_silent[EngStore]  = !(store_awvalid || store_wvalid || spm_rd_valid[StoreAsk] ||
                                      acc_rd_valid[4] || spm_rd_valid[StoreListAsk]);
  assign engine_silent[EngMatrix] = !(|spm_rd_valid[VectorPort-1:0] || acc_rd_valid[0] || acc_wr_valid[0] ||
                                      mac_overflow);
  assign engine_silent[EngVector] = !(|spm_rd_valid[StoreAsk-1:VectorPort] || spm_wr_valid[0] ||
                                      |acc_rd_valid[3:1] || acc_wr_valid[1]);

  // ---------------------------------------------------------------- the bus
  logic        bill_read_valid, bill_write_valid;
  ctx_t        bill_read_ctx, bill_write_ctx;
  logic [11:0] bill_read_bytes, bill_write_bytes;

  axi_join #(.Cfg(Cfg)) u_axi (
    .clk_i, .rst_ni(rst_n),
    .load_arvalid_i(load_arvalid), .load_arready_o(load_arready), .load_araddr_i(load_araddr),
    .load_arid_i(load_arid), .load_arlen_i(load_arlen), .load_aruser_i(load_aruser),
    .load_arbytes_i(load_arbytes),
    .load_rvalid_o(load_rvalid), .load_rready_i(load_rready), .load_rid_o(load_rid),
    .load_rdata_o(load_rdata), .load_rresp_o(load_rresp), .load_rlast_o(load_rlast),
    .ring_arvalid_i(ring_arvalid), .ring_arready_o(ring_arready), .ring_araddr_i(ring_araddr),
    .ring_arlen_i(ring_arlen), .ring_aruser_i(ring_aruser),
    .ring_rvalid_o(ring_rvalid), .ring_rready_i(ring_rready), .ring_rdata_o(ring_rdata),
    .ring_rresp_o(ring_rresp), .ring_rlast_o(ring_rlast),
    .store_awvalid_i(store_awvalid), .store_awready_o(store_awready),
    .store_awaddr_i(store_awaddr), .store_awlen_i(store_awlen), .store_awuser_i(store_awuser),
    .store_awbytes_i(store_awbytes),
    .store_wvalid_i(store_wvalid), .store_wready_o(store_wready), .store_wdata_i(store_wdata),
    .store_wstrb_i(store_wstrb), .store_wlast_i(store_wlast),
    .store_bvalid_o(store_bvalid), .store_bready_i(store_bready), .store_bresp_o(store_bresp),
    .fence_awvalid_i(fence_awvalid), .fence_awready_o(fence_awready),
    .fence_awaddr_i(fence_awaddr), .fence_awuser_i(fence_awuser),
    .fence_wvalid_i(fence_wvalid), .fence_wready_o(fence_wready), .fence_wdata_i(fence_wdata),
    .fence_wstrb_i(fence_wstrb),
    .fence_bvalid_o(fence_bvalid), .fence_bready_i(fence_bready), .fence_bresp_o(fence_bresp),
    .read_valid_o(bill_read_valid), .read_ctx_o(bill_read_ctx), .read_bytes_o(bill_read_bytes),
    .write_valid_o(bill_write_valid), .write_ctx_o(bill_write_ctx),
    .write_bytes_o(bill_write_bytes),
    .m_axi_arvalid_o, .m_axi_arready_i, .m_axi_araddr_o, .m_axi_arid_o, .m_axi_arlen_o,
    .m_axi_arsize_o, .m_axi_arburst_o, .m_axi_arlock_o, .m_axi_arcache_o, .m_axi_arprot_o,
    .m_axi_arqos_o, .m_axi_aruser_o,
    .m_axi_rvalid_i, .m_axi_rready_o, .m_axi_rid_i, .m_axi_rdata_i, .m_axi_rresp_i,
    .m_axi_rlast_i,
    .m_axi_awvalid_o, .m_axi_awready_i, .m_axi_awaddr_o, .m_axi_awid_o, .m_axi_awlen_o,
    .m_axi_awsize_o, .m_axi_awburst_o, .m_axi_awlock_o, .m_axi_awcache_o, .m_axi_awprot_o,
    .m_axi_awqos_o, .m_axi_awuser_o,
    .m_axi_wvalid_o, .m_axi_wready_i, .m_axi_wdata_o, .m_axi_wstrb_o, .m_axi_wlast_o,
    .m_axi_bvalid_i, .m_axi_bready_o, .m_axi_bid_i, .m_axi_bresp_i
  );

  // Each burst is billed once, where the four users meet.
  assign read_traffic[0]  = '{valid: bill_read_valid, ctx: bill_read_ctx, bytes: bill_read_bytes};
  assign read_traffic[1]  = '0;
  assign write_traffic[0] = '{valid: bill_write_valid, ctx: bill_write_ctx, bytes: bill_write_bytes};
  assign write_traffic[1] = '0;

  logic unused;
  assign unused = ^{fetch_traffic, fence_traffic, ring_rlast, engine_idle, acc_rd_ready[0], acc_rd_came[0]};

endmodule
