// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// STORE: strided copies from scratchpad or accumulators to DRAM, with scatter.
// docs/blocks/dma.md has the drawing, rates and latencies.
//
//   cmd --> dma_front --pieces--> guard --AW--> bus
//                                   |---------> [fifo] --> store_reader --W--> bus
//                                   \---------> [fifo] <--B-- bus      --> done
//
// Up to WritesInFlight bursts wait for their responses, across instructions; all have one ID, so that
// responses come in order. An instruction retires after its last response.
// Errors: a burst outside of the window (WINDOW, detail: its byte offset) or of a list element out of
// range (INDEX, detail: position) is not issued; write errors (detail: offset of the burst). The
// instruction goes on to its end and retires with its first error.

`include "prim_assert.svh"

module store_engine
  import dma_pkg::*;
#(
  parameter girih_pkg::cfg_t Cfg = girih_presets_pkg::Default,
  localparam int unsigned WordBytes = Cfg.SpmWordBytes,
  localparam int unsigned BusBytes  = Cfg.BusBytes,
  localparam int unsigned Lanes     = Cfg.NDim
) (
  input  logic                        clk_i,
  input  logic                        rst_ni,

  input  logic                        cmd_valid_i,
  output logic                        cmd_ready_o,
  input  girih_pkg::job_t             cmd_job_i,
  input  girih_isa_pkg::store_t       cmd_i,
  output logic                        done_valid_o,
  output girih_pkg::done_t            done_o,
  output girih_pkg::activity_t        activity_o,
  output logic                        idle_o,

  output logic                        idx_rd_valid_o,     // spm read port of the index lists
  output girih_pkg::spm_addr_t        idx_rd_word_o,
  input  logic                        idx_rd_ready_i,
  input  logic                        idx_rd_came_i,
  input  logic [8*WordBytes-1:0]      idx_rd_data_i,

  output logic                        spm_rd_valid_o,
  output girih_pkg::spm_addr_t        spm_rd_word_o,
  input  logic                        spm_rd_ready_i,
  input  logic                        spm_rd_came_i,
  input  logic [8*WordBytes-1:0]      spm_rd_data_i,

  output logic                        acc_rd_valid_o,
  output girih_pkg::acc_addr_t        acc_rd_row_o,
  input  logic                        acc_rd_ready_i,
  input  logic                        acc_rd_came_i,
  input  logic [31:0]                 acc_rd_data_i [Lanes],

  output logic                        awvalid_o,
  input  logic                        awready_i,
  output logic [39:0]                 awaddr_o,
  output logic [7:0]                  awlen_o,
  output girih_pkg::ctx_t             awuser_o,
  output logic [11:0]                 awbytes_o,          // payload, for the bill
  output logic                        wvalid_o,
  input  logic                        wready_i,
  output logic [8*BusBytes-1:0]       wdata_o,
  output logic [BusBytes-1:0]         wstrb_o,
  output logic                        wlast_o,
  input  logic                        bvalid_i,
  output logic                        bready_o,
  input  logic [1:0]                  bresp_i
);

  localparam int unsigned LaneWidth = $clog2(BusBytes);

  if (WordBytes < BusBytes || 4 * Lanes < WordBytes) begin : gen_illegal
    $fatal(1, "store_engine: a scratchpad word must hold a beat, an accumulator row a scratchpad word");
  end

  typedef struct packed {
    copy_t     copy;
    job_info_t info;
  } start_t;

  // ---------------------------------------------------------------- the instruction's copy
  start_t in, next_q;
  logic   next_valid_q, next_taken, front_ready, jobs_ready;

  always_comb begin
    in                  = '0;                            // no padding
    in.copy.gather      = cmd_i.scatter;
    in.copy.index_limit = cmd_i.index_limit;
    in.copy.index       = girih_pkg::spm_addr_t'(cmd_i.index) + cmd_job_i.spm_base;
    in.copy.local_addr  = girih_pkg::spm_addr_t'(cmd_i.local_) +
                          ((cmd_i.space == girih_isa_pkg::SpaceAcc)
                           ? girih_pkg::spm_addr_t'(cmd_job_i.acc_base) : cmd_job_i.spm_base);
    in.copy.offset      = {1'b0, cmd_i.offset};
    in.copy.n0          = length_t'(cmd_i.n0);
    in.copy.n1          = cmd_i.n1;
    in.copy.n2          = cmd_i.n2;
    in.copy.n3          = cmd_i.n3;
    in.copy.s1          = offset_t'(cmd_i.s1);
    in.copy.s2          = offset_t'(cmd_i.s2);
    in.copy.s3          = offset_t'(cmd_i.s3);
    in.copy.t1          = girih_pkg::spm_addr_t'(cmd_i.t1);
    in.copy.t2          = girih_pkg::spm_addr_t'(cmd_i.t2);
    in.copy.t3          = girih_pkg::spm_addr_t'(cmd_i.t3);
    in.info.ctx         = cmd_job_i.ctx;
    in.info.index       = cmd_job_i.index;
    in.info.space       = cmd_i.space;
    in.info.win_base    = cmd_job_i.win_base;
    in.info.win_pages   = cmd_job_i.win_pages;
  end

  // One instruction waits here while another is walked.
  assign cmd_ready_o = !next_valid_q;
  assign next_taken  = next_valid_q && front_ready && jobs_ready;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) next_valid_q <= 1'b0;
    else if (cmd_ready_o) next_valid_q <= cmd_valid_i;
    else if (next_taken) next_valid_q <= 1'b0;
  end
  always_ff @(posedge clk_i) if (cmd_valid_i && cmd_ready_o) next_q <= in;

  logic unused_cmd;
  assign unused_cmd = ^cmd_i;

  // ---------------------------------------------------------------- pieces
  logic        cut_valid, cut_ready, piece_valid, issue;
  piece_t      cut, piece;                 // before and behind the guard
  job_info_t   job;
  logic [3:0]  piece_error, issue_error, response_error;
  logic        space;
  logic [7:0]  unused_value;
  logic [5:0]  unused_id;
  logic [31:0] issue_detail;
  logic        retire, retire_q, any_job;
  girih_pkg::ctx_t oldest_ctx;

  typedef struct packed {
    logic        none;              // nothing was issued: only says that the instruction ends
    logic        last;
    logic [31:0] offset;
  } expect_t;
  expect_t expect_in, expected;

  dma_front #(.Cfg(Cfg)) u_front (
    .clk_i, .rst_ni,
    .start_valid_i(next_valid_q && jobs_ready), .start_ready_o(front_ready), .start_i(next_q.copy),
    .rd_valid_o(idx_rd_valid_o), .rd_word_o(idx_rd_word_o),
    .rd_ready_i(idx_rd_ready_i), .rd_came_i(idx_rd_came_i), .rd_data_i(idx_rd_data_i),
    .piece_valid_o(cut_valid), .piece_ready_i(cut_ready), .piece_o(cut)
  );

  dma_jobs #(.Depth(Cfg.WritesInFlight)) u_jobs (
    .clk_i, .rst_ni,
    .push_valid_i(next_valid_q && front_ready), .push_ready_o(jobs_ready), .push_info_i(next_q.info),
    .look_o(job), .look_next_i(cut_valid && cut_ready && cut.last), .issue_next_i(issue && piece.last),
    .issue_error_i(issue_error), .issue_detail_i(issue_detail),
    .data_next_i(retire), .data_error_i(response_error), .data_detail_i(expected.offset),
    .retire_i(retire_q), .done_valid_o, .done_o,
    .any_o(any_job), .oldest_ctx_o(oldest_ctx)
  );

  // ---------------------------------------------------------------- guard and AW
  typedef struct packed {
    logic                 space;
    girih_pkg::spm_addr_t local_addr;
    piece_len_t           len;
    logic [LaneWidth-1:0] lane;
    logic                 cont;
  } order_t;

  localparam int unsigned CountWidth = $clog2(Cfg.WritesInFlight + 1);

  logic                  to_bus, noted, aw_free, dropped_q;
  order_t                order_in, order;
  logic                  order_ready, order_valid, order_pop;
  logic                  expect_ready, expect_valid, expect_pop;
  logic [CountWidth-1:0] unused_order_count, unused_expect_count;

  assign noted = to_bus || piece.last;
  assign issue = piece_valid && (!noted || expect_ready) && (!to_bus || (order_ready && aw_free));

  dma_guard #(.BusBytes(BusBytes)) u_guard (
    .clk_i, .rst_ni,
    .piece_valid_i(cut_valid), .piece_ready_o(cut_ready), .piece_i(cut), .job_i(job),
    .valid_o(piece_valid), .piece_o(piece), .space_o(space), .pad_value_o(unused_value), .to_bus_o(to_bus),
    .error_o(piece_error), .detail_o(issue_detail), .burst_offset_o(expect_in.offset),
    .issue_i(issue), .id_i('0), .room_o(aw_free),
    .ax_valid_o(awvalid_o), .ax_ready_i(awready_i), .ax_addr_o(awaddr_o), .ax_id_o(unused_id),
    .ax_len_o(awlen_o), .ax_user_o(awuser_o), .ax_bytes_o(awbytes_o)
  );
  assign issue_error = issue ? piece_error : girih_isa_pkg::ErrNone;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) dropped_q <= 1'b0;
    else if (issue) dropped_q <= !to_bus;
  end

  logic unused_fields;                      // only LOAD needs them
  assign unused_fields = ^{piece.kind, piece.joins, piece.offset, unused_value, unused_id};

  // ---------------------------------------------------------------- data
  assign order_in = '{
    space:      space,
    local_addr: piece.local_addr,
    len:        piece.len,
    lane:       piece.offset[LaneWidth-1:0],
    cont:       piece.cont && !dropped_q
  };
  prim_fifo #(.T(order_t), .Depth(Cfg.WritesInFlight)) u_order (
    .clk_i, .rst_ni,
    .push_valid_i(issue && to_bus), .push_ready_o(order_ready), .push_data_i(order_in),
    .pop_valid_o(order_valid), .pop_ready_i(order_pop), .pop_data_o(order), .count_o(unused_order_count)
  );

  store_reader #(.Cfg(Cfg)) u_reader (
    .clk_i, .rst_ni,
    .piece_valid_i(order_valid), .piece_ready_o(order_pop),
    .piece_space_i(order.space), .piece_local_i(order.local_addr), .piece_len_i(order.len),
    .piece_lane_i(order.lane), .piece_cont_i(order.cont),
    .spm_rd_valid_o, .spm_rd_word_o, .spm_rd_ready_i, .spm_rd_came_i, .spm_rd_data_i,
    .acc_rd_valid_o, .acc_rd_row_o, .acc_rd_ready_i, .acc_rd_came_i, .acc_rd_data_i,
    .w_valid_o(wvalid_o), .w_ready_i(wready_i), .w_data_o(wdata_o), .w_strb_o(wstrb_o),
    .w_last_o(wlast_o)
  );

  // ---------------------------------------------------------------- responses
  assign expect_in.none = !to_bus;
  assign expect_in.last = piece.last;
  prim_fifo #(.T(expect_t), .Depth(Cfg.WritesInFlight)) u_expect (
    .clk_i, .rst_ni,
    .push_valid_i(issue && noted), .push_ready_o(expect_ready), .push_data_i(expect_in),
    .pop_valid_o(expect_valid), .pop_ready_i(expect_pop), .pop_data_o(expected), .count_o(unused_expect_count)
  );
  assign bready_o   = expect_valid && !expected.none;
  assign expect_pop = expect_valid && (expected.none || bvalid_i);
  assign retire     = expect_pop && expected.last;

  always_comb begin
    response_error = girih_isa_pkg::ErrNone;
    if (expect_pop && !expected.none && bresp_i[1]) begin
      response_error = bresp_i[0] ? girih_isa_pkg::ErrWriteDecerr : girih_isa_pkg::ErrWriteSlverr;
    end
  end

  // The error of the last response is noted in the cycle in between.
  always_ff @(posedge clk_i) begin
    if (!rst_ni) retire_q <= 1'b0;
    else retire_q <= retire;
  end

  // ---------------------------------------------------------------- activity
  girih_pkg::activity_t activity_q;
  logic port_waits, bus_waits;
  assign port_waits = (spm_rd_valid_o && !spm_rd_ready_i) || (acc_rd_valid_o && !acc_rd_ready_i) ||
                      (idx_rd_valid_o && !idx_rd_ready_i);
  // Everything sent and the answer awaited, or a channel does not take what is offered.
  assign bus_waits  = (awvalid_o && !awready_i) || (wvalid_o && !wready_i) ||
                      (expect_valid && !wvalid_o && !bvalid_i && !order_valid);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      activity_q <= '0;
    end else begin
      activity_q.busy      <= any_job || next_valid_q;
      activity_q.ctx       <= any_job ? oldest_ctx : next_q.info.ctx;
      activity_q.stall_mem <= any_job && port_waits;
      activity_q.stall_bus <= any_job && !port_waits && bus_waits;
    end
  end
  assign activity_o = activity_q;
  assign idle_o     = !any_job && !next_valid_q;

  `ASSERT_STABLE(WStable, wvalid_o, wready_i, {wdata_o, wstrb_o, wlast_o})
  `ASSERT(WMovesBytes, !wvalid_o || wstrb_o != '0)
  `ASSERT(ResponseAskedFor, !bvalid_i || expect_valid)
  `COVER(AllInFlight, !expect_ready)
  `COVER(WriteFails, response_error != '0)

endmodule
