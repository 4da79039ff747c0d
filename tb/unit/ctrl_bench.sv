// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Registers and frontend, with the engines' side as plain ports for a bench in C++. Ring fetch and
// FENCE share one set of AXI ports, as reads and writes never meet.

module ctrl_bench
  import girih_pkg::*;
  import girih_ctrl_pkg::*;
#(
  parameter cfg_t Cfg = girih_presets_pkg::Default,
  localparam int unsigned BusBits = 8 * Cfg.BusBytes,
  localparam int unsigned SpmBits = 8 * Cfg.SpmWordBytes
) (
  input  logic        clk_i,
  input  logic        rst_ni,

  input  logic        s_axil_awvalid_i,
  output logic        s_axil_awready_o,
  input  logic [19:0] s_axil_awaddr_i,
  input  logic        s_axil_wvalid_i,
  output logic        s_axil_wready_o,
  input  logic [31:0] s_axil_wdata_i,
  input  logic [3:0]  s_axil_wstrb_i,
  output logic        s_axil_bvalid_o,
  input  logic        s_axil_bready_i,
  output logic [1:0]  s_axil_bresp_o,
  input  logic        s_axil_arvalid_i,
  output logic        s_axil_arready_o,
  input  logic [19:0] s_axil_araddr_i,
  output logic        s_axil_rvalid_o,
  input  logic        s_axil_rready_i,
  output logic [31:0] s_axil_rdata_o,
  output logic [1:0]  s_axil_rresp_o,
  output logic [7:0]  irq_o,

  output logic        m_axi_arvalid_o,
  input  logic        m_axi_arready_i,
  output logic [39:0] m_axi_araddr_o,
  output logic [5:0]  m_axi_arid_o,
  output logic [7:0]  m_axi_arlen_o,
  output logic [2:0]  m_axi_arsize_o,
  output logic [1:0]  m_axi_arburst_o,
  output logic        m_axi_arlock_o,
  output logic [3:0]  m_axi_arcache_o,
  output logic [2:0]  m_axi_arprot_o,
  output logic [3:0]  m_axi_arqos_o,
  output logic [2:0]  m_axi_aruser_o,
  input  logic        m_axi_rvalid_i,
  output logic        m_axi_rready_o,
  input  logic [5:0]  m_axi_rid_i,
  input  logic [BusBits-1:0] m_axi_rdata_i,
  input  logic [1:0]  m_axi_rresp_i,
  input  logic        m_axi_rlast_i,
  output logic        m_axi_awvalid_o,
  input  logic        m_axi_awready_i,
  output logic [39:0] m_axi_awaddr_o,
  output logic [5:0]  m_axi_awid_o,
  output logic [7:0]  m_axi_awlen_o,
  output logic [2:0]  m_axi_awsize_o,
  output logic [1:0]  m_axi_awburst_o,
  output logic        m_axi_awlock_o,
  output logic [3:0]  m_axi_awcache_o,
  output logic [2:0]  m_axi_awprot_o,
  output logic [3:0]  m_axi_awqos_o,
  output logic [2:0]  m_axi_awuser_o,
  output logic        m_axi_wvalid_o,
  input  logic        m_axi_wready_i,
  output logic [BusBits-1:0] m_axi_wdata_o,
  output logic [Cfg.BusBytes-1:0] m_axi_wstrb_o,
  output logic        m_axi_wlast_o,
  input  logic        m_axi_bvalid_i,
  output logic        m_axi_bready_o,
  input  logic [5:0]  m_axi_bid_i,
  input  logic [1:0]  m_axi_bresp_i,

  output logic        spm_rd_valid_o,
  output logic [19:0] spm_rd_word_o,
  input  logic        spm_rd_ready_i,
  input  logic        spm_rd_came_i,
  input  logic [SpmBits-1:0] spm_rd_data_i,

  output logic [3:0]    cmd_valid_o,
  input  logic [3:0]    cmd_ready_i,
  output logic [1023:0] cmd_o [4],
  output logic [2:0]    cmd_ctx_o [4],
  output logic [31:0]   cmd_index_o [4],
  output logic [19:0]   cmd_spm_base_o [4],
  output logic [27:0]   cmd_win_base_o [4],
  input  logic [3:0]    done_valid_i,
  input  logic [2:0]    done_ctx_i [4],
  input  logic [31:0]   done_index_i [4],
  input  logic [3:0]    done_error_i [4],
  input  logic [31:0]   done_detail_i [4],
  input  logic [3:0]    busy_i,
  input  logic [2:0]    busy_ctx_i [4],
  input  logic [3:0]    stall_mem_i,
  input  logic [3:0]    stall_bus_i,
  input  logic          overflow_valid_i,
  input  logic [2:0]    overflow_ctx_i,
  input  logic [11:0]   load_bytes_i,         // of context 0
  input  logic [11:0]   store_bytes_i,

  output logic          book_valid_o,
  output logic [2:0]    book_ctx_o,
  output logic [31:0]   book_index_o,
  output logic [3:0]    book_error_o,
  output logic [4:0]    retire_valid_o
);

  localparam int unsigned CtxBits = $clog2(Cfg.Contexts);

  ring_t                   ring      [Cfg.Contexts];
  logic [Cfg.Contexts-1:0] reset, clear, irq, irq_fence, irq_error;
  window_access_t          window;
  logic [31:0]             window_rdata;
  partition_t              partition [Cfg.Contexts];
  logic [31:0]             max_cycles, param_wdata, param_rdata;
  logic                    param_valid, param_ready, param_write, ram_err;
  logic [3:0]              param_be;
  logic [CtxBits-1:0]      param_ctx;
  logic [4:0]              param_index;
  status_t                 status    [Cfg.Contexts];
  logic [31:0]             head      [Cfg.Contexts];
  error_record_t           error     [Cfg.Contexts];
  activity_flags_t         flags     [Cfg.Contexts];
  logic                    retired_valid;
  ctx_t                    retired_ctx;
  logic [47:0]             retired_macs;
  traffic_t                read_traffic [2], write_traffic [2];

  assign irq_o = 8'(irq);
  assign read_traffic[0]  = '{valid: load_bytes_i != '0, ctx: '0, bytes: load_bytes_i};
  assign write_traffic[0] = '{valid: store_bytes_i != '0, ctx: '0, bytes: store_bytes_i};

  csr_top #(.Cfg(Cfg)) u_csr (
    .clk_i, .rst_ni,
    .awvalid_i(s_axil_awvalid_i), .awready_o(s_axil_awready_o), .awaddr_i(s_axil_awaddr_i),
    .awprot_i('0), .wvalid_i(s_axil_wvalid_i), .wready_o(s_axil_wready_o),
    .wdata_i(s_axil_wdata_i), .wstrb_i(s_axil_wstrb_i), .bvalid_o(s_axil_bvalid_o),
    .bready_i(s_axil_bready_i), .bresp_o(s_axil_bresp_o),
    .arvalid_i(s_axil_arvalid_i), .arready_o(s_axil_arready_o), .araddr_i(s_axil_araddr_i),
    .arprot_i('0), .rvalid_o(s_axil_rvalid_o), .rready_i(s_axil_rready_i),
    .rdata_o(s_axil_rdata_o), .rresp_o(s_axil_rresp_o),
    .irq_o(irq),
    .ring_o(ring), .reset_o(reset), .window_o(window), .window_rdata_i(window_rdata),
    .partition_o(partition),
    .max_cycles_o(max_cycles), .param_valid_o(param_valid), .param_ready_i(param_ready),
    .param_write_o(param_write), .param_ctx_o(param_ctx), .param_index_o(param_index),
    .param_wdata_o(param_wdata), .param_be_o(param_be), .param_rdata_i(param_rdata),
    .clear_i(clear), .status_i(status), .head_i(head), .error_i(error),
    .irq_fence_i(irq_fence), .irq_error_i(irq_error),
    .flags_i(flags), .retired_valid_i(retired_valid), .retired_ctx_i(retired_ctx),
    .retired_macs_i(retired_macs),
    .read_traffic_i(read_traffic), .write_traffic_i(write_traffic)
  );

  job_t      job      [Engines];
  done_t     done     [Engines];
  activity_t activity [Engines];
  for (genvar e = 0; e < 4; e++) begin : gen_engine
    assign cmd_ctx_o[e]      = job[e].ctx;
    assign cmd_index_o[e]    = job[e].index;
    assign cmd_spm_base_o[e] = job[e].spm_base;
    assign cmd_win_base_o[e] = job[e].win_base;
    assign done[e]     = '{ctx: done_ctx_i[e], index: done_index_i[e], error: done_error_i[e],
                           detail: done_detail_i[e]};
    assign activity[e] = '{busy: busy_i[e], ctx: busy_ctx_i[e], stall_mem: stall_mem_i[e],
                           stall_bus: stall_bus_i[e]};
  end

  logic [19-$clog2(Cfg.SpmWordBytes):0] spm_rd_word;
  assign spm_rd_word_o = 20'(spm_rd_word);

  frontend #(.Cfg(Cfg)) u_frontend (
    .clk_i, .rst_ni,
    .ring_i(ring), .reset_i(reset), .window_i(window), .window_rdata_o(window_rdata),
    .partition_i(partition),
    .max_cycles_i(max_cycles), .param_valid_i(param_valid), .param_ready_o(param_ready),
    .param_write_i(param_write), .param_ctx_i(param_ctx), .param_index_i(param_index),
    .param_wdata_i(param_wdata), .param_be_i(param_be), .param_rdata_o(param_rdata),
    .clear_o(clear), .status_o(status), .head_o(head), .error_o(error),
    .irq_fence_o(irq_fence), .irq_error_o(irq_error),
    .flags_o(flags), .retired_valid_o(retired_valid), .retired_ctx_o(retired_ctx),
    .retired_macs_o(retired_macs), .fetch_traffic_o(read_traffic[1]),
    .fence_traffic_o(write_traffic[1]),
    .cmd_valid_o, .cmd_ready_i, .cmd_job_o(job), .cmd_o, .done_valid_i, .done_i(done),
    .activity_i(activity), .mac_overflow_i(overflow_valid_i),
    .mac_overflow_ctx_i(overflow_ctx_i),
    .ar_valid_o(m_axi_arvalid_o), .ar_ready_i(m_axi_arready_i), .ar_addr_o(m_axi_araddr_o),
    .ar_len_o(m_axi_arlen_o), .ar_user_o(m_axi_aruser_o),
    .r_valid_i(m_axi_rvalid_i), .r_ready_o(m_axi_rready_o), .r_data_i(m_axi_rdata_i),
    .r_resp_i(m_axi_rresp_i),
    .aw_valid_o(m_axi_awvalid_o), .aw_ready_i(m_axi_awready_i), .aw_addr_o(m_axi_awaddr_o),
    .aw_user_o(m_axi_awuser_o), .w_valid_o(m_axi_wvalid_o), .w_ready_i(m_axi_wready_i),
    .w_data_o(m_axi_wdata_o), .w_strb_o(m_axi_wstrb_o),
    .b_valid_i(m_axi_bvalid_i), .b_ready_o(m_axi_bready_o), .b_resp_i(m_axi_bresp_i),
    .spm_rd_valid_o, .spm_rd_word_o(spm_rd_word), .spm_rd_ready_i, .spm_rd_came_i, .spm_rd_data_i,
    .ram_cfg_i('0), .ram_err_o(ram_err)
  );

  assign m_axi_arid_o    = 6'd0;
  assign m_axi_arsize_o  = 3'($clog2(Cfg.BusBytes));
  assign m_axi_arburst_o = 2'b01;
  assign m_axi_arlock_o  = 1'b0;
  assign m_axi_arcache_o = 4'b0011;
  assign m_axi_arprot_o  = 3'b010;
  assign m_axi_arqos_o   = '0;
  assign m_axi_awid_o    = 6'd1;
  assign m_axi_awlen_o   = '0;
  assign m_axi_awsize_o  = 3'($clog2(Cfg.BusBytes));
  assign m_axi_awburst_o = 2'b01;
  assign m_axi_awlock_o  = 1'b0;
  assign m_axi_awcache_o = 4'b0011;
  assign m_axi_awprot_o  = 3'b010;
  assign m_axi_awqos_o   = '0;
  assign m_axi_wlast_o   = 1'b1;

  assign book_valid_o = u_frontend.book_q.valid;
  assign book_ctx_o   = u_frontend.book_q.ctx;
  assign book_index_o = u_frontend.book_q.index;
  assign book_error_o = u_frontend.book_q.error;
  for (genvar s = 0; s < 5; s++) begin : gen_retire
    assign retire_valid_o[s] = u_frontend.retire_q[s].valid;
  end

  logic unused;
  assign unused = ^{ram_err, m_axi_rid_i, m_axi_rlast_i, m_axi_bid_i, job[0].acc_base, job[0].win_pages,
                    job[1].acc_base, job[1].win_pages, job[2].acc_base, job[2].win_pages,
                    job[3].acc_base, job[3].win_pages};

endmodule
