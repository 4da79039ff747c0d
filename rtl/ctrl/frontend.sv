// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// The frontend: command rings in, validated instructions out to four engines, retirement, errors.
// docs/blocks/frontend.md has the drawing and the timing; every part is a module of its own.
//
//   rings -> ring_fetch -> validate -> cmd_queue[5] -> dispatch[5] -> engines, local_exec
//                             ^ params      heads |        | one start a cycle
//                                                 v        v
//                              deadlock <- tokens <---- retire <- done
//
// For test benches (rtl/lint/public.vlt): `retire_q[s]` is done of source s (LOAD, STORE, MATRIX,
// VECTOR, own) one cycle after done_valid_i, before tokens are given; `book_q` is the one retirement
// booked in a cycle, with token overflow, one cycle after book_valid_o.

`include "prim_assert.svh"

module frontend
  import girih_pkg::*;
  import girih_ctrl_pkg::*;
  import girih_isa_pkg::*;
#(
  parameter cfg_t Cfg = girih_presets_pkg::Default,
  localparam int unsigned BusBits = 8 * Cfg.BusBytes,
  localparam int unsigned SpmBits = 8 * Cfg.SpmWordBytes,
  localparam int unsigned SpmIndexWidth = SpmAddrWidth - $clog2(Cfg.SpmWordBytes),
  localparam int unsigned CtxBits = $clog2(Cfg.Contexts)
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,

  // Registers (csr_top)
  input  ring_t                   ring_i      [Cfg.Contexts],
  input  logic [Cfg.Contexts-1:0] reset_i,            // context reset asked for, until clear_o
  input  window_access_t          window_i,
  output logic [31:0]             window_rdata_o,
  input  partition_t              partition_i [Cfg.Contexts],
  input  logic [31:0]             max_cycles_i,
  input  logic                    param_valid_i,
  output logic                    param_ready_o,
  input  logic                    param_write_i,
  input  logic [CtxBits-1:0]      param_ctx_i,
  input  logic [4:0]              param_index_i,
  input  logic [31:0]             param_wdata_i,
  input  logic [3:0]              param_be_i,
  output logic [31:0]             param_rdata_o,
  output logic [Cfg.Contexts-1:0] clear_o,            // context reset done
  output status_t                 status_o    [Cfg.Contexts],
  output logic [31:0]             head_o      [Cfg.Contexts],
  output error_record_t           error_o     [Cfg.Contexts],
  output logic [Cfg.Contexts-1:0] irq_fence_o,        // one cycle
  output logic [Cfg.Contexts-1:0] irq_error_o,

  // Counters (csr_top)
  output activity_flags_t         flags_o     [Cfg.Contexts],
  output logic                    retired_valid_o,
  output ctx_t                    retired_ctx_o,
  output logic [47:0]             retired_macs_o,
  output traffic_t                fetch_traffic_o,
  output traffic_t                fence_traffic_o,

  // Engines: LOAD, STORE, MATRIX, VECTOR
  output logic [Engines-1:0]      cmd_valid_o,
  input  logic [Engines-1:0]      cmd_ready_i,
  output job_t                    cmd_job_o   [Engines],
  output logic [1023:0]           cmd_o       [Engines],
  input  logic [Engines-1:0]      done_valid_i,
  input  done_t                   done_i      [Engines],
  input  activity_t               activity_i  [Engines],
  input  logic                    mac_overflow_i,     // MATRIX: a sum left INT32
  input  ctx_t                    mac_overflow_ctx_i,

  // AXI: ring fetch
  output logic                    ar_valid_o,
  input  logic                    ar_ready_i,
  output logic [AxiAddrWidth-1:0] ar_addr_o,
  output logic [7:0]              ar_len_o,
  output ctx_t                    ar_user_o,
  input  logic                    r_valid_i,
  output logic                    r_ready_o,
  input  logic [BusBits-1:0]      r_data_i,
  input  logic [1:0]              r_resp_i,

  // AXI: FENCE, one beat
  output logic                    aw_valid_o,
  input  logic                    aw_ready_i,
  output logic [AxiAddrWidth-1:0] aw_addr_o,
  output ctx_t                    aw_user_o,
  output logic                    w_valid_o,
  input  logic                    w_ready_i,
  output logic [BusBits-1:0]      w_data_o,
  output logic [Cfg.BusBytes-1:0] w_strb_o,
  input  logic                    b_valid_i,
  output logic                    b_ready_o,
  input  logic [1:0]              b_resp_i,

  // Scratchpad: SETPARAM
  output logic                    spm_rd_valid_o,
  output logic [SpmIndexWidth-1:0] spm_rd_word_o,
  input  logic                    spm_rd_ready_i,
  input  logic                    spm_rd_came_i,
  input  logic [SpmBits-1:0]      spm_rd_data_i,

  // Side bands of the RAMs; the error is a register
  input  logic [7:0]              ram_cfg_i,
  output logic                    ram_err_o
);

  localparam int unsigned SourceBits = $clog2(Sources);
  localparam int unsigned RowBits    = (BusBits > 256) ? BusBits : 256;
  localparam int unsigned RowWidth   = $clog2(InstrBits / RowBits);

  typedef logic [Cfg.Contexts-1:0] set_t;
  typedef logic [CtxBits-1:0]      index_t;

  set_t blocked, clear;
  assign clear_o = clear;

  logic               fetch_err, params_err, retire_err;
  logic [Sources-1:0] queue_err;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) ram_err_o <= 1'b0;
    else         ram_err_o <= fetch_err || params_err || retire_err || queue_err != '0;
  end

  // ---- windows ----------------------------------------------------------------------------------
  // Who looks: ring fetch, the validator, and at a start LOAD, STORE and FENCE.
  localparam int unsigned Looks = 5;
  localparam int unsigned LookFetch = 0, LookValidate = 1, LookLoad = 2, LookStore = 3, LookOwn = 4;
  index_t     look_at_ctx    [Looks];
  logic [2:0] look_at_window [Looks];
  window_t    look_window    [Looks];

  windows #(.Contexts(Cfg.Contexts), .Looks(Looks)) u_windows (
    .clk_i, .rst_ni, .host_i(window_i), .host_rdata_o(window_rdata_o),
    .look_ctx_i(look_at_ctx), .look_window_i(look_at_window), .look_o(look_window)
  );

  // ---- fetch ------------------------------------------------------------------------------------
  set_t                slot_valid, fetch_pending, fetch_waiting;
  error_e              slot_error [Cfg.Contexts];
  logic [31:0]         slot_index [Cfg.Contexts];
  logic                slot_read, slot_pop;
  index_t              slot_ctx;
  logic [RowWidth-1:0] slot_row;
  logic [RowBits-1:0]  slot_data;

  ring_fetch #(.Cfg(Cfg)) u_ring_fetch (
    .clk_i, .rst_ni,
    .ring_i, .window_ctx_o(look_at_ctx[LookFetch]), .window_index_o(look_at_window[LookFetch]),
    .window_i(look_window[LookFetch]), .blocked_i(blocked), .clear_i(clear),
    .ar_valid_o, .ar_ready_i, .ar_addr_o, .ar_len_o, .ar_user_o,
    .r_valid_i, .r_ready_o, .r_data_i, .r_resp_i,
    .slot_valid_o(slot_valid), .slot_error_o(slot_error), .slot_index_o(slot_index),
    .read_valid_i(slot_read), .read_ctx_i(slot_ctx), .read_row_i(slot_row),
    .read_data_o(slot_data), .pop_valid_i(slot_pop), .pop_ctx_i(slot_ctx),
    .head_o, .pending_o(fetch_pending), .waiting_o(fetch_waiting), .traffic_o(fetch_traffic_o),
    .ram_cfg_i, .ram_err_o(fetch_err)
  );

  // ---- validation -------------------------------------------------------------------------------
  set_t                  validating, held, own_busy;
  set_t                  empty [Sources];
  set_t                  full  [Sources];
  set_t                  quiet [Sources];
  logic [SourceBits-1:0] queue;
  logic                  write_valid;
  logic [Sources-1:0]    push;
  index_t                write_ctx;
  logic [3:0]            write_beat;
  logic [63:0]           write_data;
  head_t                 push_head;
  note_t                 push_note;
  logic                  invalid;
  index_t                invalid_ctx;
  error_record_t         invalid_error;
  logic                  patch_valid;
  index_t                patch_ctx;
  logic [4:0]            patch_index;
  logic [31:0]           patch_data;

  assign own_busy = ~empty[Own] | ~quiet[Own];

  validate #(.Cfg(Cfg)) u_validate (
    .clk_i, .rst_ni,
    .blocked_i(blocked), .own_busy_i(own_busy), .ring_i, .partition_i, .max_cycles_i,
    .window_ctx_o(look_at_ctx[LookValidate]), .window_index_o(look_at_window[LookValidate]),
    .window_i(look_window[LookValidate]),
    .busy_o(validating), .held_o(held),
    .slot_valid_i(slot_valid), .slot_error_i(slot_error), .slot_index_i(slot_index),
    .slot_read_o(slot_read), .slot_ctx_o(slot_ctx), .slot_row_o(slot_row),
    .slot_data_i(slot_data), .slot_pop_o(slot_pop),
    .param_valid_o(patch_valid), .param_ctx_o(patch_ctx), .param_index_o(patch_index),
    .param_data_i(patch_data),
    .full_i(full), .queue_o(queue),
    .write_valid_o(write_valid), .write_ctx_o(write_ctx), .write_beat_o(write_beat),
    .write_data_o(write_data), .push_o(push), .push_head_o(push_head), .push_note_o(push_note),
    .error_valid_o(invalid), .error_ctx_o(invalid_ctx), .error_o(invalid_error)
  );

  logic        set_valid;
  ctx_t        set_ctx;
  logic [4:0]  set_index;
  logic [31:0] set_data;

  params #(.Contexts(Cfg.Contexts)) u_params (
    .clk_i, .rst_ni,
    .set_valid_i(set_valid), .set_ctx_i(index_t'(set_ctx)), .set_index_i(set_index),
    .set_data_i(set_data),
    .host_valid_i(param_valid_i), .host_ready_o(param_ready_o), .host_write_i(param_write_i),
    .host_ctx_i(param_ctx_i), .host_index_i(param_index_i), .host_wdata_i(param_wdata_i),
    .host_be_i(param_be_i), .host_rdata_o(param_rdata_o),
    .patch_valid_i(patch_valid), .patch_ctx_i(patch_ctx), .patch_index_i(patch_index),
    .patch_data_o(patch_data),
    .ram_cfg_i, .ram_err_o(params_err)
  );

  // ---- tokens -----------------------------------------------------------------------------------
  logic              start_any;
  logic [SourceBits-1:0] start_source;
  index_t            start_ctx  [Sources];
  logic [Tokens-1:0] start_take [Sources];
  logic              take_valid_q;
  index_t            take_ctx_q;
  logic [Tokens-1:0] take_mask_q;
  logic [Tokens-1:0] nonzero    [Cfg.Contexts];
  logic              give_valid;
  ctx_t              give_ctx;
  logic [Tokens-1:0] give_mask;
  logic              overflow;
  logic [3:0]        overflow_token;
  logic              book_valid;
  logic [SourceBits-1:0] book_source;
  ctx_t              book_ctx;
  error_record_t     book_record;
  set_t              book_fault;

  tokens #(.Contexts(Cfg.Contexts)) u_tokens (
    .clk_i, .rst_ni, .clear_i(clear),
    .take_valid_i(take_valid_q), .take_ctx_i(take_ctx_q), .take_mask_i(take_mask_q),
    .give_valid_i(give_valid), .give_ctx_i(index_t'(give_ctx)), .give_mask_i(give_mask),
    .overflow_o(overflow), .overflow_token_o(overflow_token), .nonzero_o(nonzero)
  );

  // ---- queues and dispatch, one each for the engines and for the frontend's own ------------------
  set_t               waits       [Sources];
  head_t              head        [Sources][Cfg.Contexts];
  note_t              note        [Sources];
  name_t              look_name   [Sources];
  logic               look;
  index_t             look_ctx;
  logic [Sources-1:0] start_valid, start_grant, room;
  logic [Sources-1:0] chosen_q;          // one of them at most
  logic [1:0]         pause_q;           // cycles until the next may be chosen
  logic [Sources-1:0] cmd_valid, cmd_ready;
  job_t               job         [Sources];
  logic [1023:0]      cmd         [Sources];
  set_t               engines_done;      // no instruction of the context in an engine or its queue

  always_comb begin
    engines_done = '1;
    for (int unsigned e = 0; e < Engines; e++) engines_done &= quiet[e] & empty[e];
  end

  for (genvar s = 0; s < int'(Sources); s++) begin : gen_source
    localparam int unsigned Depth = (s == int'(Own)) ? 1 :
                                    (s == int'(EngLoad)) ? Cfg.LoadQueue : Cfg.EngineQueue;
    logic        read_valid;
    index_t      read_ctx, cmd_ctx;
    logic [3:0]  read_beat;
    logic [63:0] read_data;

    cmd_queue #(.Contexts(Cfg.Contexts), .Depth(Depth)) u_queue (
      .clk_i, .rst_ni, .flush_i(blocked),
      .write_valid_i(write_valid && queue == SourceBits'(s)), .write_ctx_i(write_ctx),
      .write_beat_i(write_beat), .write_data_i(write_data),
      .push_i(push[s]), .push_head_i(push_head), .push_note_i(push_note),
      .empty_o(empty[s]), .full_o(full[s]), .head_o(head[s]),
      .read_valid_i(read_valid), .read_ctx_i(read_ctx), .read_beat_i(read_beat),
      .read_data_o(read_data), .read_note_o(note[s]), .pop_i(start_grant[s]),
      .look_i(look), .look_ctx_i(look_ctx), .look_name_o(look_name[s]),
      .ram_cfg_i, .ram_err_o(queue_err[s])
    );

    dispatch #(.Cfg(Cfg)) u_dispatch (
      .clk_i, .rst_ni, .blocked_i(blocked),
      .empty_i(empty[s]), .head_i(head[s]), .nonzero_i(nonzero),
      .quiet_i((s == int'(Own)) ? engines_done : quiet[s]),
      .room_i(room[s]), .waits_o(waits[s]),
      .read_valid_o(read_valid), .read_ctx_o(read_ctx), .read_beat_o(read_beat),
      .read_data_i(read_data),
      .start_valid_o(start_valid[s]), .start_grant_i(start_grant[s]),
      .start_ctx_o(start_ctx[s]), .start_take_o(start_take[s]),
      .cmd_valid_o(cmd_valid[s]), .cmd_ready_i(cmd_ready[s]), .cmd_ctx_o(cmd_ctx),
      .cmd_o(cmd[s])
    );

    assign start_grant[s] = chosen_q[s] && !blocked[start_ctx[s]];

    // What goes with the command is fixed when it starts.
    window_t    window;
    partition_t partition;
    assign partition = partition_i[cmd_ctx];
    if (s == int'(EngMatrix) || s == int'(EngVector)) begin : gen_no_window
      assign window = '0;
    end else begin : gen_window
      localparam int unsigned Look = (s == int'(EngLoad)) ? LookLoad :
                                     (s == int'(EngStore)) ? LookStore : LookOwn;
      assign look_at_ctx[Look]    = cmd_ctx;
      assign look_at_window[Look] = cmd[s][162:160];            // word 5: window of LOAD, STORE, FENCE
      assign window               = look_window[Look];
    end
    always_ff @(posedge clk_i) begin
      if (!cmd_valid[s]) begin                    // stands when the command starts
        job[s] <= '{ctx: ctx_t'(cmd_ctx), index: note[s].name.index,
                    spm_base: partition.spm_base, acc_base: partition.acc_base,
                    win_base: window.base, win_pages: window.pages};
      end
    end
  end

  // One start in four cycles: chosen, granted, tokens taken, looked at again by everybody. So nothing that
  // allowed a start is gone when it is granted, but for a context that was blocked meanwhile. The lower
  // source starts first; none waits long, since each needs 20 cycles to come again.
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      chosen_q     <= '0;
      pause_q      <= '0;
      take_valid_q <= 1'b0;
    end else begin
      chosen_q     <= (pause_q == '0) ? start_valid & (~start_valid + 1'b1) : '0;
      pause_q      <= (pause_q != '0) ? pause_q - 1'b1 : (start_valid != '0) ? 2'd3 : '0;
      take_valid_q <= start_any;
    end
    if (start_any) begin
      take_ctx_q  <= start_ctx[start_source];
      take_mask_q <= start_take[start_source];
    end
  end

  assign start_any = |start_grant;
  always_comb begin
    start_source = '0;
    for (int unsigned s = 0; s < Sources; s++) begin
      if (chosen_q[s]) start_source |= SourceBits'(s);
    end
  end

  for (genvar e = 0; e < int'(Engines); e++) begin : gen_engine
    assign cmd_valid_o[e] = cmd_valid[e];
    assign cmd_ready[e]   = cmd_ready_i[e];
    assign cmd_job_o[e]   = job[e];
    assign cmd_o[e]       = cmd[e];
  end

  // ---- SETPARAM, FENCE --------------------------------------------------------------------------
  logic  own_done_valid, own_irq;
  done_t own_done;

  local_exec #(.Cfg(Cfg)) u_local_exec (
    .clk_i, .rst_ni,
    .cmd_valid_i(cmd_valid[Own]), .cmd_ready_o(cmd_ready[Own]), .cmd_job_i(job[Own]),
    .cmd_i(cmd[Own]), .done_valid_o(own_done_valid), .done_o(own_done),
    .param_valid_o(set_valid), .param_ctx_o(set_ctx), .param_index_o(set_index),
    .param_data_o(set_data), .irq_valid_o(own_irq),
    .spm_rd_valid_o, .spm_rd_word_o, .spm_rd_ready_i, .spm_rd_came_i, .spm_rd_data_i,
    .aw_valid_o, .aw_ready_i, .aw_addr_o, .aw_user_o, .w_valid_o, .w_ready_i, .w_data_o, .w_strb_o,
    .b_valid_i, .b_ready_o, .b_resp_i, .traffic_o(fence_traffic_o)
  );

  // ---- retirement -------------------------------------------------------------------------------
  logic [Sources-1:0] done_valid;
  done_t              done [Sources];
  assign done_valid = {own_done_valid, done_valid_i};
  for (genvar e = 0; e < int'(Engines); e++) begin : gen_done
    assign done[e] = done_i[e];
  end
  assign done[Own] = own_done;

  ctx_t               started_ctx [Sources];
  for (genvar s = 0; s < int'(Sources); s++) begin : gen_started
    assign started_ctx[s] = ctx_t'(start_ctx[s]);
  end

  retire #(.Contexts(Cfg.Contexts)) u_retire (
    .clk_i, .rst_ni,
    .start_i(start_grant), .start_ctx_i(started_ctx), .note_i(note),
    .room_o(room), .done_valid_i(done_valid), .done_i(done),
    .give_valid_o(give_valid), .give_ctx_o(give_ctx), .give_mask_o(give_mask),
    .overflow_i(overflow), .overflow_token_i(overflow_token),
    .book_valid_o(book_valid), .book_source_o(book_source), .book_ctx_o(book_ctx),
    .book_macs_o(retired_macs_o), .book_record_o(book_record), .book_fault_o(book_fault),
    .quiet_o(quiet),
    .ram_cfg_i, .ram_err_o(retire_err)
  );

  // An instruction that ends in an error does not count.
  assign retired_valid_o = book_valid && book_record.code == ErrNone;
  assign retired_ctx_o   = book_ctx;

  // ---- deadlock ---------------------------------------------------------------------------------
  logic          stuck;
  index_t        stuck_ctx;
  error_record_t stuck_error;
  set_t          idle_q, starved_q;

  deadlock #(.Contexts(Cfg.Contexts)) u_deadlock (
    .clk_i, .rst_ni,
    .blocked_i(blocked), .starved_i(starved_q), .quiet_i(quiet), .empty_i(empty), .waits_i(waits),
    .head_i(head), .nonzero_i(nonzero), .fetched_i(head_o),
    .look_o(look), .look_ctx_o(look_ctx), .look_name_i(look_name),
    .stuck_o(stuck), .stuck_ctx_o(stuck_ctx), .error_o(stuck_error)
  );

  // ---- contexts ---------------------------------------------------------------------------------
  logic [Engines-1:0] stall_mem, stall_bus;
  for (genvar e = 0; e < int'(Engines); e++) begin : gen_stall
    assign stall_mem[e] = activity_i[e].stall_mem;
    assign stall_bus[e] = activity_i[e].stall_bus;
  end

  for (genvar c = 0; c < int'(Cfg.Contexts); c++) begin : gen_ctx
    logic all_quiet, ring_empty, offered;
    logic overflow_q, queued, booked, irq_q;

    always_comb begin
      all_quiet = 1'b1;
      queued    = 1'b0;
      for (int unsigned s = 0; s < Sources; s++) begin
        all_quiet = all_quiet && quiet[s][c];
        queued    = queued || !empty[s][c];
      end
    end
    assign ring_empty = !fetch_waiting[c] && !slot_valid[c] && !fetch_pending[c];
    assign offered    = slot_valid[c] || validating[c];

    // Nothing new can come: the ring is empty; its next instruction meets a full queue; or a SETPARAM
    // or FENCE waits (a FENCE that has its tokens waits for the engines).
    always_ff @(posedge clk_i) begin
      if (!rst_ni) begin
        idle_q[c]    <= 1'b1;
        starved_q[c] <= 1'b0;
      end else begin
        idle_q[c]    <= clear[c] || (all_quiet && !queued && ring_empty && !offered);
        starved_q[c] <= (ring_empty && !offered && empty[Own][c]) ||
                        (held[c] && !validating[c]) ||
                        (!empty[Own][c] &&
                         (waits[Own][c] || (head[Own][c].order && !engines_done[c])));
      end
    end

    logic halted, resetting;
    assign booked = book_valid && book_ctx == ctx_t'(c);
    ctx_control u_control (
      .clk_i, .rst_ni,
      .reset_i(reset_i[c]),
      .drained_i(all_quiet && !fetch_pending[c] && !validating[c]),
      .booked_i(book_fault[c]), .booked_error_i(book_record),
      .invalid_i(invalid && invalid_ctx == index_t'(c)), .invalid_error_i(invalid_error),
      .stuck_i(stuck && stuck_ctx == index_t'(c)), .stuck_error_i(stuck_error),
      .blocked_o(blocked[c]), .halted_o(halted), .resetting_o(resetting), .clear_o(clear[c]),
      .error_irq_o(irq_error_o[c]), .error_o(error_o[c])
    );

    always_ff @(posedge clk_i) begin
      if (!rst_ni || clear[c]) overflow_q <= 1'b0;
      else if (mac_overflow_i && mac_overflow_ctx_i == ctx_t'(c)) overflow_q <= 1'b1;
    end

    assign status_o[c]    = '{overflow: overflow_q, resetting: resetting, halted: halted,
                              busy: !idle_q[c]};

    // A FENCE's interrupt is raised when it is booked: the host then finds it in RETIRED.
    assign irq_fence_o[c] = booked && book_source == SourceBits'(Own) && irq_q;
    always_ff @(posedge clk_i) begin
      if (!rst_ni || clear[c] || irq_fence_o[c]) irq_q <= 1'b0;
      else if (own_irq && own_done.ctx == ctx_t'(c)) irq_q <= 1'b1;
    end

    logic [Engines-1:0] mine, no_token;
    for (genvar e = 0; e < int'(Engines); e++) begin : gen_engine
      assign mine[e]     = activity_i[e].busy && activity_i[e].ctx == ctx_t'(c);
      assign no_token[e] = quiet[e][c] && waits[e][c];
    end
    assign flags_o[c] = '{busy: mine, stall_token: no_token, stall_mem: mine & stall_mem,
                          stall_bus: mine & stall_bus, cycle: !idle_q[c]};
  end

  // ---- for test benches -------------------------------------------------------------------------
  retire_t retire_q [Sources];
  retire_t book_q;
  for (genvar s = 0; s < int'(Sources); s++) begin : gen_retire_event
    always_ff @(posedge clk_i) begin
      if (!rst_ni) retire_q[s] <= '0;
      else if (done_valid[s]) begin
        retire_q[s] <= '{valid: 1'b1, ctx: done[s].ctx, index: done[s].index, error: done[s].error,
                         detail: done[s].detail};
      end else begin
        retire_q[s].valid <= 1'b0;
      end
    end
  end
  always_ff @(posedge clk_i) begin
    if (!rst_ni) book_q <= '0;
    else if (book_valid) begin
      book_q <= '{valid: 1'b1, ctx: book_ctx, index: book_record.index,
                  error: book_record.code, detail: book_record.detail};
    end else begin
      book_q.valid <= 1'b0;
    end
  end

  `ASSERT(OneStart, (chosen_q & (chosen_q - 1'b1)) == '0)
  `ASSERT(BlockedStartsNothing, !start_any || !blocked[start_ctx[start_source]])
  `COVER(TwoDonesAtOnce, (done_valid & (done_valid - 1'b1)) != '0)
  `COVER(AllSourcesInFlight, !quiet[0][0] && !quiet[1][0] && !quiet[2][0] && !quiet[3][0])
  `COVER(MacOverflow, mac_overflow_i)

endmodule
