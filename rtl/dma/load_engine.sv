// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// LOAD: strided copies from DRAM to scratchpad or accumulators with padding and gather.
// docs/blocks/dma.md has the drawing, rates and latencies.
//
//   cmd --> dma_front --pieces--> guard --AR--> bus            R --> load_buffer
//                                   \--pieces--> [fifo] --> load_writer --> spm, acc --> done
//
// Requests run ahead of the data by up to ReadsInFlight bursts, across instructions.
// Errors: a burst outside of the window is not issued (WINDOW, detail: its byte offset), a list element
// out of range (INDEX, detail: position), read errors (detail: offset of the burst). The instruction
// goes on to its end with zeros in their place and retires with its first error.

`include "prim_assert.svh"
`include "prim_bug.svh"

module load_engine
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
  input  girih_isa_pkg::load_t        cmd_i,
  output logic                        done_valid_o,
  output girih_pkg::done_t            done_o,
  output girih_pkg::activity_t        activity_o,
  output logic                        idle_o,

  output logic                        idx_rd_valid_o,     // spm read port of the index lists
  output girih_pkg::spm_addr_t        idx_rd_word_o,
  input  logic                        idx_rd_ready_i,
  input  logic                        idx_rd_came_i,
  input  logic [8*WordBytes-1:0]      idx_rd_data_i,

  output logic                        spm_wr_valid_o,
  output girih_pkg::spm_addr_t        spm_wr_word_o,
  output logic [8*WordBytes-1:0]      spm_wr_data_o,
  output logic [WordBytes-1:0]        spm_wr_be_o,
  input  logic                        spm_wr_gnt_i,

  output logic                        acc_wr_valid_o,
  output girih_pkg::acc_addr_t        acc_wr_row_o,
  output logic [31:0]                 acc_wr_data_o [Lanes],
  output logic [Lanes-1:0]            acc_wr_lanes_o,
  input  logic                        acc_wr_gnt_i,

  output logic                        arvalid_o,
  input  logic                        arready_i,
  output logic [39:0]                 araddr_o,
  output logic [5:0]                  arid_o,
  output logic [7:0]                  arlen_o,
  output girih_pkg::ctx_t             aruser_o,
  output logic [11:0]                 arbytes_o,          // payload, for the bill
  input  logic                        rvalid_i,
  output logic                        rready_o,
  input  logic [5:0]                  rid_i,
  input  logic [8*BusBytes-1:0]       rdata_i,
  input  logic [1:0]                  rresp_i,
  input  logic                        rlast_i,

  input  logic [7:0]                  ram_cfg_i,          // side band of the read buffer's RAM
  output logic                        ram_error_o
);

  localparam int unsigned Jobs      = Cfg.ReadsInFlight;
  localparam int unsigned Pieces    = 2 * Cfg.ReadsInFlight;
  localparam int unsigned LaneWidth = $clog2(BusBytes);
  localparam int unsigned SlotWidth = $clog2(Cfg.ReadsInFlight);
  localparam logic [5:0]  FirstId   = 6'd4;

  if (WordBytes < BusBytes || 4 * Lanes < WordBytes) begin : gen_illegal
    $fatal(1, "load_engine: a scratchpad word must hold a beat, an accumulator row a scratchpad word");
  end

  typedef struct packed {
    copy_t     copy;
    job_info_t info;
  } start_t;

  // ---------------------------------------------------------------- the instruction's copy
  start_t in, next_q;
  logic   next_valid_q, next_taken, front_ready, jobs_ready;

  always_comb begin
    in.copy.gather      = cmd_i.gather;
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
    in.copy.before0     = cmd_i.before0;
    in.copy.after0      = cmd_i.after0;
    in.copy.before1     = cmd_i.before1;
    in.copy.after1      = cmd_i.after1;
    in.copy.before2     = cmd_i.before2;
    in.copy.after2      = cmd_i.after2;
    in.info.ctx         = cmd_job_i.ctx;
    in.info.index       = cmd_job_i.index;
    in.info.space       = cmd_i.space;
    in.info.pad_value   = cmd_i.pad_value;
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
  logic   cut_valid, cut_ready, piece_valid, issue;
  piece_t cut, piece;                      // before and behind the guard

  dma_front #(.Cfg(Cfg)) u_front (
    .clk_i, .rst_ni,
    .start_valid_i(next_valid_q && jobs_ready), .start_ready_o(front_ready), .start_i(next_q.copy),
    .rd_valid_o(idx_rd_valid_o), .rd_word_o(idx_rd_word_o),
    .rd_ready_i(idx_rd_ready_i), .rd_came_i(idx_rd_came_i), .rd_data_i(idx_rd_data_i),
    .piece_valid_o(cut_valid), .piece_ready_i(cut_ready), .piece_o(cut)
  );

  logic unused_cont;                       // only STORE's data need it
  assign unused_cont = ^{piece.cont, piece.offset};

  job_info_t   job;
  logic [3:0]  piece_error, issue_error, data_error;
  logic        space;
  logic [7:0]  pad_value;
  logic [31:0] issue_detail, data_detail;
  logic        failed, failed_q, decerr_q, job_end, job_end_q, retire_q, any_job;
  logic [31:0] failed_at_q;
  girih_pkg::ctx_t oldest_ctx;

  dma_jobs #(.Depth(Jobs)) u_jobs (
    .clk_i, .rst_ni,
    .push_valid_i(next_valid_q && front_ready), .push_ready_o(jobs_ready), .push_info_i(next_q.info),
    .look_o(job), .look_next_i(cut_valid && cut_ready && cut.last), .issue_next_i(issue && piece.last),
    .issue_error_i(issue_error), .issue_detail_i(issue_detail),
    .data_next_i(job_end_q), .data_error_i(data_error), .data_detail_i(failed_at_q),
    .retire_i(retire_q), .done_valid_o, .done_o,
    .any_o(any_job), .oldest_ctx_o(oldest_ctx)
  );

  // ---------------------------------------------------------------- guard and AR
  typedef struct packed {
    logic                 pad;
    logic [7:0]           value;
    logic                 space;
    girih_pkg::spm_addr_t local_addr;
    piece_len_t           len;
    logic [LaneWidth-1:0] lane;
    logic                 joins;
    logic                 last;
  } order_t;

  localparam int unsigned CountWidth = $clog2(Pieces + 1);

  logic                  to_bus, slot_ready, order_ready, ar_free;
  logic [SlotWidth-1:0]  slot;
  logic [31:0]           burst_offset;
  order_t                order_in, order_out, order;
  logic                  order_valid, order_pop, out_valid, out_pop;
  logic [CountWidth-1:0] unused_order_count;

  assign issue = piece_valid && order_ready && (!to_bus || (slot_ready && ar_free));

  dma_guard #(.BusBytes(BusBytes)) u_guard (
    .clk_i, .rst_ni,
    .piece_valid_i(cut_valid), .piece_ready_o(cut_ready), .piece_i(cut), .job_i(job),
    .valid_o(piece_valid), .piece_o(piece), .space_o(space), .pad_value_o(pad_value), .to_bus_o(to_bus),
    .error_o(piece_error), .detail_o(issue_detail), .burst_offset_o(burst_offset),
    .issue_i(issue), .id_i(FirstId + 6'(slot)), .room_o(ar_free),
    .ax_valid_o(arvalid_o), .ax_ready_i(arready_i), .ax_addr_o(araddr_o), .ax_id_o(arid_o),
    .ax_len_o(arlen_o), .ax_user_o(aruser_o), .ax_bytes_o(arbytes_o)
  );
  assign issue_error = issue ? piece_error : girih_isa_pkg::ErrNone;

  assign order_in = '{
    pad:        !to_bus,
    value:      (piece.kind == KindPad) ? `SEEDED_BUG(10, pad_value, ~pad_value) : 8'd0,
    space:      space,
    local_addr: piece.local_addr,
    len:        piece.len,
    lane:       piece.offset[LaneWidth-1:0],
    joins:      piece.joins,
    last:       piece.last
  };
  prim_fifo #(.T(order_t), .Depth(Pieces)) u_order (
    .clk_i, .rst_ni,
    .push_valid_i(issue), .push_ready_o(order_ready), .push_data_i(order_in),
    .pop_valid_o(out_valid), .pop_ready_i(out_pop), .pop_data_o(order_out), .count_o(unused_order_count)
  );
  // The writer takes a piece late in its cycle.
  prim_stream_reg #(.T(order_t)) u_next (
    .clk_i, .rst_ni,
    .in_valid_i(out_valid), .in_ready_o(out_pop), .in_data_i(order_out),
    .out_valid_o(order_valid), .out_ready_i(order_pop), .out_data_o(order)
  );

  // ---------------------------------------------------------------- data
  logic                  get_ready, get, get_last, waits;
  logic [8*BusBytes-1:0] data;
  logic [1:0]            resp;
  logic [SlotWidth-1:0]  r_slot;

  assign r_slot   = SlotWidth'(rid_i - FirstId);
  assign rready_o = 1'b1;

  load_buffer #(.Cfg(Cfg)) u_buffer (
    .clk_i, .rst_ni,
    .alloc_ready_o(slot_ready), .alloc_slot_o(slot), .alloc_i(issue && to_bus),
    .alloc_detail_i(burst_offset),
    .r_valid_i(rvalid_i), .r_slot_i(r_slot), .r_data_i(rdata_i), .r_resp_i(rresp_i),
    .r_last_i(rlast_i),
    .get_ready_o(get_ready), .get_i(get), .get_last_i(get_last),
    .data_o(data), .resp_o(resp), .detail_o(data_detail),
    .ram_cfg_i, .ram_error_o
  );

  logic                   wr_valid, wr_gnt, wr_space, wr_last;
  girih_pkg::spm_addr_t   wr_word;
  logic [8*WordBytes-1:0] wr_data;
  logic [WordBytes-1:0]   wr_be;

  load_writer #(.Cfg(Cfg)) u_writer (
    .clk_i, .rst_ni,
    .piece_valid_i(order_valid), .piece_ready_o(order_pop),
    .piece_pad_i(order.pad), .piece_value_i(order.value), .piece_space_i(order.space),
    .piece_local_i(order.local_addr), .piece_len_i(order.len), .piece_lane_i(order.lane),
    .piece_joins_i(order.joins), .piece_last_i(order.last),
    .get_ready_i(get_ready), .get_o(get), .get_last_o(get_last),
    .data_i(data), .fail_i(resp[1]),
    .failed_o(failed), .job_end_o(job_end),
    .wr_valid_o(wr_valid), .wr_gnt_i(wr_gnt), .wr_space_o(wr_space), .wr_word_o(wr_word),
    .wr_data_o(wr_data), .wr_be_o(wr_be), .wr_last_o(wr_last),
    .waits_for_data_o(waits)
  );

  // The response comes out of the RAM late in its cycle. The job retires three cycles later at the earliest.
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      failed_q  <= 1'b0;
      job_end_q <= 1'b0;
    end else begin
      failed_q  <= failed;
      job_end_q <= job_end;
    end
  end
  always_ff @(posedge clk_i) begin
    decerr_q    <= resp[0];
    failed_at_q <= data_detail;
  end

  always_comb begin
    data_error = girih_isa_pkg::ErrNone;
    if (failed_q) data_error = decerr_q ? girih_isa_pkg::ErrReadDecerr : girih_isa_pkg::ErrReadSlverr;
  end

  // ---------------------------------------------------------------- write ports
  localparam int unsigned Parts     = 4 * Lanes / WordBytes;    // words of a row
  localparam int unsigned PartShift = $clog2(Parts);
  localparam int unsigned PartLanes = WordBytes / 4;

  assign spm_wr_valid_o = wr_valid && wr_space == girih_isa_pkg::SpaceSpm;
  assign spm_wr_word_o  = wr_word;
  assign spm_wr_data_o  = wr_data;
  assign spm_wr_be_o    = wr_be;

  assign acc_wr_valid_o = wr_valid && wr_space == girih_isa_pkg::SpaceAcc;
  assign acc_wr_row_o   = girih_pkg::acc_addr_t'(wr_word >> PartShift);
  for (genvar l = 0; l < Lanes; l++) begin : gen_lane
    localparam int unsigned Part = l / PartLanes;
    localparam int unsigned Byte = 4 * (l % PartLanes);
    assign acc_wr_data_o[l] = wr_data[8*Byte +: 32];
    if (Parts == 1) begin : gen_whole
      assign acc_wr_lanes_o[l] = wr_be[Byte];
    end else begin : gen_part
      assign acc_wr_lanes_o[l] = wr_be[Byte] && wr_word[PartShift-1:0] == PartShift'(Part);
    end
  end
  assign wr_gnt = (wr_space == girih_isa_pkg::SpaceAcc) ? acc_wr_gnt_i : spm_wr_gnt_i;

  // ---------------------------------------------------------------- retirement and activity
  // Granted in t, retire_q in t+1, done in t+2: the cycle in which reads see the write.
  always_ff @(posedge clk_i) begin
    if (!rst_ni) retire_q <= 1'b0;
    else retire_q <= wr_valid && wr_gnt && wr_last;
  end

  girih_pkg::activity_t activity_q;
  logic port_waits;
  assign port_waits = (wr_valid && !wr_gnt) || (idx_rd_valid_o && !idx_rd_ready_i);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      activity_q <= '0;
    end else begin
      activity_q.busy      <= any_job || next_valid_q;
      activity_q.ctx       <= any_job ? oldest_ctx : next_q.info.ctx;
      activity_q.stall_mem <= any_job && port_waits;
      activity_q.stall_bus <= any_job && !port_waits && (waits || (arvalid_o && !arready_i));
    end
  end
  assign activity_o = activity_q;
  assign idle_o     = !any_job && !next_valid_q;

  `ASSERT(RIdOurs, !rvalid_i || (rid_i >= FirstId && rid_i < FirstId + 6'(Cfg.ReadsInFlight)))
  `ASSERT_STABLE(SpmWriteStable, spm_wr_valid_o, spm_wr_gnt_i, {spm_wr_word_o, spm_wr_data_o, spm_wr_be_o})
  `ASSERT_STABLE(AccWriteStable, acc_wr_valid_o, acc_wr_gnt_i, {acc_wr_row_o, acc_wr_lanes_o, wr_data})
  `COVER(RequestsRunAhead, issue && to_bus && order_valid && order.last)
  `COVER(ReadFails, failed)

endmodule
