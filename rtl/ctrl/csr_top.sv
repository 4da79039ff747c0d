// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// The registers as the chip sees them: the block generated from girih.rdl (decoding, AXI4-Lite, small
// registers), and beside it its external ranges: windows and parameter file are in the frontend, counters
// here. docs/blocks/csr.md.
//
//   bus           AXI4-Lite, 32 bit, 20 address bits. Unmapped addresses answer SLVERR. Writes to
//                 read-only registers answer OKAY and change nothing.
//   latency       6 cycles from the request to the response, 5 of a write; a window 2 more to read and 1 to write, a
//                 counter 5 more, a parameter 5 and 4 (longer when SETPARAM writes at the same time)
//   interrupts    irq_o[c], level

`include "prim_assert.svh"

module csr_top
  import girih_pkg::*;
  import girih_ctrl_pkg::*;
#(
  parameter cfg_t Cfg = girih_presets_pkg::Default,
  localparam int unsigned CtxBits = $clog2(Cfg.Contexts)
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,

  input  logic                    awvalid_i,
  output logic                    awready_o,
  input  logic [19:0]             awaddr_i,
  input  logic [2:0]              awprot_i,
  input  logic                    wvalid_i,
  output logic                    wready_o,
  input  logic [31:0]             wdata_i,
  input  logic [3:0]              wstrb_i,
  output logic                    bvalid_o,
  input  logic                    bready_i,
  output logic [1:0]              bresp_o,
  input  logic                    arvalid_i,
  output logic                    arready_o,
  input  logic [19:0]             araddr_i,
  input  logic [2:0]              arprot_i,
  output logic                    rvalid_o,
  input  logic                    rready_i,
  output logic [31:0]             rdata_o,
  output logic [1:0]              rresp_o,

  output logic [Cfg.Contexts-1:0] irq_o,

  // To the frontend
  output ring_t                   ring_o      [Cfg.Contexts],
  output logic [Cfg.Contexts-1:0] reset_o,            // asked for, until clear_i
  output window_access_t          window_o,           // one access at a time
  input  logic [31:0]             window_rdata_i,     // one cycle later
  output partition_t              partition_o [Cfg.Contexts],
  output logic [31:0]             max_cycles_o,
  output logic                    param_valid_o,
  input  logic                    param_ready_i,
  output logic                    param_write_o,
  output logic [CtxBits-1:0]      param_ctx_o,
  output logic [4:0]              param_index_o,
  output logic [31:0]             param_wdata_o,
  output logic [3:0]              param_be_o,
  input  logic [31:0]             param_rdata_i,      // with param_ready_i

  // From the frontend
  input  logic [Cfg.Contexts-1:0] clear_i,            // context reset done
  input  status_t                 status_i    [Cfg.Contexts],
  input  logic [31:0]             head_i      [Cfg.Contexts],
  input  error_record_t           error_i     [Cfg.Contexts],
  input  logic [Cfg.Contexts-1:0] irq_fence_i,
  input  logic [Cfg.Contexts-1:0] irq_error_i,

  // What the counters count
  input  activity_flags_t         flags_i     [Cfg.Contexts],
  input  logic                    retired_valid_i,
  input  ctx_t                    retired_ctx_i,
  input  logic [47:0]             retired_macs_i,
  input  traffic_t                read_traffic_i  [2],    // LOAD, ring fetch
  input  traffic_t                write_traffic_i [2]     // STORE, FENCE
);

  if (girih_regs_pkg::N_CONTEXTS != Cfg.Contexts) begin : gen_wrong_registers
    $fatal(1, "csr_top: the register block was generated for another number of contexts");
  end

  // The generated block is as wide as its pages need; what lies above leads to its last, unmapped page.
  localparam int unsigned Width = girih_regs_pkg::GIRIH_REGS_MIN_ADDR_WIDTH;
  function automatic logic [Width-1:0] narrow(input logic [19:0] address);
    return ((address >> Width) != '0) ? '1 : Width'(address);
  endfunction

  girih_regs_pkg::girih_regs__in_t  to_regs;
  girih_regs_pkg::girih_regs__out_t regs;

  girih_regs u_regs (
    .clk(clk_i), .rst_n(rst_ni),
    .s_axil_awready(awready_o), .s_axil_awvalid(awvalid_i), .s_axil_awaddr(narrow(awaddr_i)),
    .s_axil_awprot(awprot_i),
    .s_axil_wready(wready_o), .s_axil_wvalid(wvalid_i), .s_axil_wdata(wdata_i),
    .s_axil_wstrb(wstrb_i),
    .s_axil_bready(bready_i), .s_axil_bvalid(bvalid_o), .s_axil_bresp(bresp_o),
    .s_axil_arready(arready_o), .s_axil_arvalid(arvalid_i), .s_axil_araddr(narrow(araddr_i)),
    .s_axil_arprot(arprot_i),
    .s_axil_rready(rready_i), .s_axil_rvalid(rvalid_o), .s_axil_rdata(rdata_o),
    .s_axil_rresp(rresp_o),
    .hwif_in(to_regs), .hwif_out(regs)
  );

  // ---- the administrator's registers ------------------------------------------------------------
  assign to_regs.admin.K_DIM.VALUE.next            = Cfg.KDim;
  assign to_regs.admin.N_DIM.VALUE.next            = Cfg.NDim;
  assign to_regs.admin.BUS_BYTES.VALUE.next        = Cfg.BusBytes;
  assign to_regs.admin.WEIGHT_PORT.VALUE.next      = Cfg.WeightPort;
  assign to_regs.admin.VEC_LANES.VALUE.next        = Cfg.VecLanes;
  assign to_regs.admin.SPM_KIB.VALUE.next          = Cfg.SpmKiB;
  assign to_regs.admin.SPM_BANKS.VALUE.next        = Cfg.SpmBanks;
  assign to_regs.admin.SPM_WORD_BYTES.VALUE.next   = Cfg.SpmWordBytes;
  assign to_regs.admin.ACC_KIB.VALUE.next          = Cfg.AccKiB;
  assign to_regs.admin.CONTEXTS.VALUE.next         = Cfg.Contexts;
  assign to_regs.admin.LOAD_QUEUE.VALUE.next       = Cfg.LoadQueue;
  assign to_regs.admin.ENGINE_QUEUE.VALUE.next     = Cfg.EngineQueue;
  assign to_regs.admin.READS_IN_FLIGHT.VALUE.next  = Cfg.ReadsInFlight;
  assign to_regs.admin.WRITES_IN_FLIGHT.VALUE.next = Cfg.WritesInFlight;
  assign to_regs.admin.SFU_LANES.VALUE.next        = Cfg.SfuLanes;
  assign max_cycles_o = regs.admin.MAX_INSTR_CYCLES.VALUE.value;

  // ---- external ranges: at most one access at a time --------------------------------------------
  // Kept in registers until it is taken and answered. What is asked is the same for all ranges (the bus
  // drives it); addresses inside a range.
  logic [Cfg.Contexts-1:0] window_req, param_req, count_req, request;
  logic [CtxBits-1:0]      access_ctx, access_ctx_q;
  logic                    access_write_q;
  logic [5:0]              access_word_q;
  logic [31:0]             access_wdata_q;
  logic [3:0]              access_be_q;
  logic                    window_pending_q, window_done_q;
  logic                    param_pending_q, param_done;
  logic                    count_start, count_ready, count_pending_q;
  logic [2:0]              count_done_q;            // its data come three cycles after it is taken
  logic [31:0]             count_rdata;

  assign request = window_req | param_req | count_req;
  always_comb begin
    access_ctx = '0;
    for (int unsigned c = 0; c < Cfg.Contexts; c++) if (request[c]) access_ctx |= CtxBits'(c);
  end
  always_ff @(posedge clk_i) begin
    if (request != '0) begin
      access_ctx_q   <= access_ctx;
      access_write_q <= regs.ctx[0].params.req_is_wr;
      access_word_q  <= (|window_req) ? {1'b0, regs.admin.tenant[access_ctx].windows.addr[6:2]} :
                        (|param_req)  ? {1'b0, regs.ctx[access_ctx].params.addr[6:2]} :
                                        regs.ctx[access_ctx].counters.addr[7:2];
      access_wdata_q <= regs.ctx[0].params.wr_data;
      for (int unsigned i = 0; i < 4; i++) access_be_q[i] <= regs.ctx[0].params.wr_biten[8*i];
    end
  end

  // A window is read or written at once; its data are there in the next cycle.
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      window_pending_q <= 1'b0;
      window_done_q    <= 1'b0;
    end else begin
      window_pending_q <= |window_req;
      window_done_q    <= window_pending_q && !access_write_q;
    end
  end
  assign window_o = '{valid: window_pending_q, write: access_write_q, ctx: ctx_t'(access_ctx_q),
                      word:  access_word_q[4:0], wdata: access_wdata_q,
                      wmask: {{8{access_be_q[3]}}, {8{access_be_q[2]}}, {8{access_be_q[1]}},
                              {8{access_be_q[0]}}}};

  // A counter's low word may have to wait. Writes do nothing.
  assign count_start = |count_req && !regs.ctx[0].counters.req_is_wr;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      count_pending_q <= 1'b0;
      count_done_q    <= '0;
    end else begin
      if (count_start) count_pending_q <= 1'b1;
      else if (count_ready) count_pending_q <= 1'b0;
      count_done_q <= {count_done_q[1:0], count_pending_q && count_ready};
    end
  end
  counters #(.Contexts(Cfg.Contexts)) u_counters (
    .clk_i, .rst_ni, .clear_i,
    .flags_i, .retired_valid_i, .retired_ctx_i, .retired_macs_i,
    .read_i(read_traffic_i), .write_i(write_traffic_i),
    .host_valid_i(count_pending_q), .host_ready_o(count_ready), .host_ctx_i(access_ctx_q),
    .host_word_i(access_word_q), .host_data_o(count_rdata)
  );

  // The parameter file may be busy.
  assign param_done    = param_pending_q && param_ready_i;
  assign param_valid_o = param_pending_q;
  assign param_write_o = access_write_q;
  assign param_ctx_o   = access_ctx_q;
  assign param_index_o = access_word_q[4:0];
  assign param_wdata_o = access_wdata_q;
  assign param_be_o    = access_be_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) param_pending_q <= 1'b0;
    else if (|param_req) param_pending_q <= 1'b1;
    else if (param_done) param_pending_q <= 1'b0;
  end

  // ---- the contexts' registers ------------------------------------------------------------------
  for (genvar c = 0; c < int'(Cfg.Contexts); c++) begin : gen_ctx
    logic mine;
    assign window_req[c]  = regs.admin.tenant[c].windows.req;
    assign param_req[c]   = regs.ctx[c].params.req;
    assign count_req[c]   = regs.ctx[c].counters.req;
    assign mine           = access_ctx_q == CtxBits'(c);

    assign to_regs.admin.tenant[c].windows.rd_ack  = window_done_q && mine;
    assign to_regs.admin.tenant[c].windows.rd_data = window_rdata_i;
    assign to_regs.admin.tenant[c].windows.wr_ack  = window_pending_q && access_write_q && mine;
    assign to_regs.ctx[c].counters.rd_ack  = count_done_q[2] && mine;
    assign to_regs.ctx[c].counters.rd_data = count_rdata;
    assign to_regs.ctx[c].counters.wr_ack  = count_req[c] && regs.ctx[c].counters.req_is_wr;
    assign to_regs.ctx[c].params.rd_ack    = param_done && mine && !access_write_q;
    assign to_regs.ctx[c].params.rd_data   = param_rdata_i;
    assign to_regs.ctx[c].params.wr_ack    = param_done && mine && access_write_q;

    assign to_regs.ctx[c].CTRL.ENABLE.hwclr      = clear_i[c];
    assign to_regs.ctx[c].CTRL.RESET.hwclr       = clear_i[c];
    assign to_regs.ctx[c].STATUS.BUSY.next       = status_i[c].busy;
    assign to_regs.ctx[c].STATUS.HALTED.next     = status_i[c].halted;
    assign to_regs.ctx[c].STATUS.RESETTING.next  = status_i[c].resetting;
    assign to_regs.ctx[c].STATUS.OVERFLOW.next   = status_i[c].overflow;
    assign to_regs.ctx[c].DOORBELL.COUNT.hwclr   = clear_i[c];
    assign to_regs.ctx[c].HEAD.COUNT.next        = head_i[c];
    assign to_regs.ctx[c].IRQ_STATUS.FENCE.hwset = irq_fence_i[c];
    assign to_regs.ctx[c].IRQ_STATUS.FENCE.hwclr = clear_i[c];
    assign to_regs.ctx[c].IRQ_STATUS.ERROR.hwset = irq_error_i[c];
    assign to_regs.ctx[c].IRQ_STATUS.ERROR.hwclr = clear_i[c];
    assign to_regs.ctx[c].ERR_CODE.CODE.next     = error_i[c].code;
    assign to_regs.ctx[c].ERR_INDEX.VALUE.next   = error_i[c].index;
    assign to_regs.ctx[c].ERR_TAG.VALUE.next     = error_i[c].tag;
    assign to_regs.ctx[c].ERR_DETAIL.VALUE.next  = error_i[c].detail;

    assign reset_o[c] = regs.ctx[c].CTRL.RESET.value;
    assign ring_o[c]  = '{enable:   regs.ctx[c].CTRL.ENABLE.value,
                          window:   regs.ctx[c].RING_WINDOW.INDEX.value,
                          offset:   regs.ctx[c].RING_OFFSET.BYTES.value,
                          size:     regs.ctx[c].RING_SIZE.COUNT.value,
                          doorbell: regs.ctx[c].DOORBELL.COUNT.value};
    assign partition_o[c] = '{spm_base: {regs.admin.tenant[c].SPM_BASE.KIB.value, 10'b0},
                              spm_size: {regs.admin.tenant[c].SPM_SIZE.KIB.value, 10'b0},
                              acc_base: {regs.admin.tenant[c].ACC_BASE.KIB.value, 10'b0},
                              acc_size: {regs.admin.tenant[c].ACC_SIZE.KIB.value, 10'b0}};
    assign irq_o[c] = (regs.ctx[c].IRQ_STATUS.FENCE.value && regs.ctx[c].IRQ_ENABLE.FENCE.value) ||
                      (regs.ctx[c].IRQ_STATUS.ERROR.value && regs.ctx[c].IRQ_ENABLE.ERROR.value);
  end

  `ASSERT(OneAccess, ({1'b0, |window_req} + {1'b0, |param_req} + {1'b0, |count_req}) <= 2'd1)
  `ASSERT_STABLE(BStable, bvalid_o, bready_i, bresp_o)
  `ASSERT_STABLE(RStable, rvalid_o, rready_i, {rdata_o, rresp_o})
  `COVER(CounterWaits, count_pending_q && !count_ready)
  `COVER(ParamWaits, param_pending_q && !param_ready_i)
  `COVER(UnmappedRead, rvalid_o && rresp_o != '0)
  `COVER(UnmappedWrite, bvalid_o && bresp_o != '0)

endmodule
