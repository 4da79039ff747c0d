// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Fetches instructions of all contexts, in ring order, into slots on chip: from here on nobody can
// change them. Up to `Slots` instructions per context are on their way or waiting.
//
//   AXI           one burst of 128 bytes per instruction, several in flight, one ID: responses come in
//                 order. Never across 4 KiB (rings are aligned). r_ready_o is always 1: slots are
//                 reserved before the request.
//   latency       6 cycles from doorbell to AR; 2 cycles from the last beat to slot_valid_o
//   throughput    one request every 7 cycles
//   errors        bad ring registers and failed reads travel in the slot, so that they are reported
//                 in ring order. A context with a bad ring fetches nothing more until its reset.
//
//        StPick --> StRing --> StCheck --> StWindow --> StAsk --> StRequest --> (AR accepted) --> StPick
//          ^ round robin                                  | ring registers bad: slot with an error
//          +----------------------------------------------+

`include "prim_assert.svh"

module ring_fetch
  import girih_pkg::*;
  import girih_ctrl_pkg::*;
  import girih_isa_pkg::*;
#(
  parameter cfg_t Cfg = girih_presets_pkg::Default,
  localparam int unsigned BusBits  = 8 * Cfg.BusBytes,
  localparam int unsigned RowBits  = (BusBits > 256) ? BusBits : 256,
  localparam int unsigned Rows     = InstrBits / RowBits,
  localparam int unsigned RowWidth = $clog2(Rows),
  localparam int unsigned CtxBits  = $clog2(Cfg.Contexts)
) (
  input  logic                clk_i,
  input  logic                rst_ni,

  input  ring_t               ring_i    [Cfg.Contexts],
  output logic [CtxBits-1:0]  window_ctx_o,       // asks for a window of a context
  output logic [2:0]          window_index_o,
  input  window_t             window_i,
  input  logic [Cfg.Contexts-1:0] blocked_i,      // halted or in reset: drop what there is
  input  logic [Cfg.Contexts-1:0] clear_i,        // end of a context reset

  // AXI read channel
  output logic                    ar_valid_o,
  input  logic                    ar_ready_i,
  output logic [AxiAddrWidth-1:0] ar_addr_o,
  output logic [7:0]              ar_len_o,
  output ctx_t                    ar_user_o,
  input  logic                    r_valid_i,
  output logic                    r_ready_o,
  input  logic [BusBits-1:0]      r_data_i,
  input  logic [1:0]              r_resp_i,

  // The oldest instruction of every context
  output logic [Cfg.Contexts-1:0] slot_valid_o,
  output error_e                  slot_error_o [Cfg.Contexts],
  output logic [31:0]             slot_index_o [Cfg.Contexts],
  input  logic                    read_valid_i,   // one row of it, data in the next cycle
  input  logic [CtxBits-1:0]      read_ctx_i,
  input  logic [RowWidth-1:0]     read_row_i,
  output logic [RowBits-1:0]      read_data_o,
  input  logic                    pop_valid_i,
  input  logic [CtxBits-1:0]      pop_ctx_i,

  output logic [31:0]             head_o [Cfg.Contexts],
  output logic [Cfg.Contexts-1:0] pending_o,      // a fetch is on its way
  output logic [Cfg.Contexts-1:0] waiting_o,      // register: DOORBELL is ahead of HEAD
  output traffic_t                traffic_o,

  input  logic [7:0]              ram_cfg_i,      // side band of prim_ram_1r1w
  output logic                    ram_err_o
);

  localparam int unsigned BeatsPerRow = RowBits / BusBits;
  localparam int unsigned BusBeats    = InstrBytes / Cfg.BusBytes;
  localparam int unsigned BeatWidth   = $clog2(BusBeats);
  localparam int unsigned SlotWidth   = $clog2(Slots);
  localparam int unsigned CountWidth  = SlotWidth + 1;

  typedef logic [CtxBits-1:0]    index_t;
  typedef logic [SlotWidth-1:0]  slot_t;
  typedef logic [CountWidth-1:0] count_t;

  // Slots of a context form a ring: filled ones, then those whose data is on its way.
  logic [31:0] head_q  [Cfg.Contexts];            // requested
  logic [31:0] index_q [Cfg.Contexts];            // taken away = ring index of the oldest slot
  slot_t       fill_q  [Cfg.Contexts];
  slot_t       pop_q   [Cfg.Contexts];
  count_t      way_q   [Cfg.Contexts];            // on their way
  count_t      full_q  [Cfg.Contexts];            // filled
  error_e      error_q [Cfg.Contexts][Slots];
  logic [Cfg.Contexts-1:0] stopped_q;             // bad ring reported

  // ---- requests ---------------------------------------------------------------------------------
  typedef enum logic [2:0] {
    StPick,       // choose a context
    StRing,       // its ring registers
    StCheck,      // judge them, look up the window, form the offset
    StWindow,     // judge the window
    StAsk,        // ask, or refuse
    StRequest     // AR is offered
  } state_e;
  state_e state_q;

  index_t ctx_q, pick;
  logic   any;
  logic [Cfg.Contexts-1:0] want;

  for (genvar c = 0; c < int'(Cfg.Contexts); c++) begin : gen_want
    always_ff @(posedge clk_i) begin
      if (!rst_ni || clear_i[c]) waiting_o[c] <= 1'b0;
      else waiting_o[c] <= ring_i[c].doorbell != head_q[c];
    end
    assign want[c] = ring_i[c].enable && !blocked_i[c] && !stopped_q[c] &&
                     waiting_o[c] &&
                     way_q[c] + full_q[c] < count_t'(Slots);
    assign slot_valid_o[c] = full_q[c] != '0 && !blocked_i[c];
    assign slot_error_o[c] = error_q[c][pop_q[c]];
    assign slot_index_o[c] = index_q[c];
    assign head_o[c]       = head_q[c];
    assign pending_o[c]    = way_q[c] != '0 || (state_q != StPick && ctx_q == index_t'(c));
  end

  rr_pick #(.N(Cfg.Contexts)) u_pick (
    .request_i(want), .last_i(ctx_q), .any_o(any), .pick_o(pick)
  );

  // The tenant may write its registers meanwhile: what is judged is what is used.
  logic [31:0] ring_size_q, ring_offset_q, ring_head_q;
  logic [2:0]  ring_window_q;
  window_t     window_q;
  logic        bad_ring_q, bad_q;
  logic [33:0] ring_end_q;
  logic [31:0] slot_offset_q;
  assign window_ctx_o   = ctx_q;
  assign window_index_o = ring_window_q;
  always_ff @(posedge clk_i) begin
    if (state_q == StRing) begin
      ring_window_q <= ring_i[ctx_q].window;
      ring_size_q   <= ring_i[ctx_q].size;
      ring_offset_q <= ring_i[ctx_q].offset;
      ring_head_q   <= head_q[ctx_q];
    end
    if (state_q == StCheck) begin
      window_q      <= window_i;
      bad_ring_q    <= ring_size_q < 32'd2 || ring_size_q > 32'd65536 ||
                       (ring_size_q & (ring_size_q - 32'd1)) != '0 || ring_offset_q[11:0] != '0;
      ring_end_q    <= {2'b0, ring_offset_q} + {9'b0, ring_size_q[17:0], 7'b0};
      slot_offset_q <= ring_offset_q + ((ring_head_q & (ring_size_q - 32'd1)) << 7);
    end
    if (state_q == StWindow) begin
      bad_q <= bad_ring_q || !window_q.read || ring_end_q > {1'b0, window_q.pages, 12'b0};
    end
  end

  // The burst in flight belongs to the context at the front of this queue.
  logic   order_ready, order_valid;
  index_t back_ctx;
  logic   issue, refuse;
  assign issue  = state_q == StAsk && !blocked_i[ctx_q] && !bad_q && order_ready;
  assign refuse = state_q == StAsk && !blocked_i[ctx_q] && bad_q && way_q[ctx_q] == '0;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q    <= StPick;
      ctx_q      <= '0;
      ar_valid_o <= 1'b0;
      stopped_q  <= '0;
    end else begin
      unique case (state_q)
        StPick: if (any) begin
          ctx_q   <= pick;
          state_q <= StRing;
        end
        StRing:  state_q <= StCheck;
        StCheck: state_q <= StWindow;
        StWindow: state_q <= StAsk;
        StAsk: begin
          if (issue) begin
            ar_valid_o <= 1'b1;
            state_q    <= StRequest;
          end else begin
            state_q <= StPick;                    // refused, blocked, or no room: look again
          end
          if (refuse) stopped_q[ctx_q] <= 1'b1;
        end
        StRequest: if (ar_ready_i) begin
          ar_valid_o <= 1'b0;
          state_q    <= StPick;
        end
        default: state_q <= StPick;
      endcase
      for (int unsigned c = 0; c < Cfg.Contexts; c++) begin
        if (clear_i[c]) stopped_q[c] <= 1'b0;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (issue) begin
      ar_addr_o <= {window_q.base, 12'b0} + AxiAddrWidth'(slot_offset_q);
      ar_user_o <= ctx_t'(ctx_q);
    end
  end
  assign ar_len_o = 8'(BusBeats - 1);

  // ---- responses: every beat stands in a register first -------------------------------------------
  logic               beat_valid_q;
  logic [BusBits-1:0] beat_data_q;
  logic               beat_bad_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) beat_valid_q <= 1'b0;
    else         beat_valid_q <= r_valid_i;
    if (r_valid_i) begin
      beat_data_q <= r_data_i;
      beat_bad_q  <= r_resp_i[1];
    end
  end

  logic [BeatWidth:0] beat_q;
  logic               failed_q;
  logic               last, failed;
  assign r_ready_o = 1'b1;
  assign last      = beat_valid_q && beat_q[BeatWidth-1:0] == BeatWidth'(BusBeats - 1);
  assign failed    = failed_q || beat_bad_q;

  prim_fifo #(.T(index_t), .Depth(8)) u_order (
    .clk_i, .rst_ni,
    .push_valid_i(issue), .push_ready_o(order_ready), .push_data_i(ctx_q),
    .pop_valid_o(order_valid), .pop_ready_i(last), .pop_data_o(back_ctx),
    .count_o()
  );

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      beat_q   <= '0;
      failed_q <= 1'b0;
    end else if (beat_valid_q) begin
      beat_q   <= last ? '0 : beat_q + 1'b1;
      failed_q <= last ? 1'b0 : failed;
    end
  end

  // Beats are gathered to rows.
  logic [RowBits-1:0] row;
  logic               row_full;
  if (BeatsPerRow == 1) begin : gen_whole_row
    assign row      = beat_data_q;
    assign row_full = beat_valid_q;
  end else begin : gen_gather
    localparam int unsigned PartWidth = $clog2(BeatsPerRow);
    logic [RowBits-1:0] row_q;
    assign row      = {beat_data_q, row_q[RowBits-1:BusBits]};
    assign row_full = beat_valid_q && beat_q[PartWidth-1:0] == PartWidth'(BeatsPerRow - 1);
    always_ff @(posedge clk_i) if (beat_valid_q) row_q <= row;
  end

  logic [RowWidth-1:0] row_index;
  assign row_index = RowWidth'(beat_q / (BeatWidth + 1)'(BeatsPerRow));
  prim_ram_1r1w #(
    .Width(RowBits), .Depth(Cfg.Contexts * Slots * Rows), .LaneWidth(RowBits)
  ) u_slots (
    .clk_i, .rst_ni,
    .rd_valid_i(read_valid_i), .rd_addr_i({read_ctx_i, pop_q[read_ctx_i], read_row_i}),
    .rd_data_o(read_data_o),
    .wr_valid_i(row_full), .wr_addr_i({back_ctx, fill_q[back_ctx], row_index}), .wr_data_i(row),
    .wr_be_i(1'b1), .cfg_i(ram_cfg_i), .err_o(ram_err_o)
  );

  // ---- slots ------------------------------------------------------------------------------------
  for (genvar c = 0; c < int'(Cfg.Contexts); c++) begin : gen_slots
    logic asked, arrived, refused, popped;
    assign asked   = issue && ctx_q == index_t'(c);
    assign arrived = last && back_ctx == index_t'(c);
    assign refused = refuse && ctx_q == index_t'(c);
    assign popped  = pop_valid_i && pop_ctx_i == index_t'(c);

    always_ff @(posedge clk_i) begin
      if (!rst_ni || clear_i[c]) begin
        head_q[c]  <= '0;
        index_q[c] <= '0;
        fill_q[c]  <= '0;
        pop_q[c]   <= '0;
        way_q[c]   <= '0;
        full_q[c]  <= '0;
      end else begin
        if (asked) head_q[c] <= head_q[c] + 32'd1;
        if (asked != arrived) way_q[c] <= asked ? way_q[c] + 1'b1 : way_q[c] - 1'b1;
        if (arrived || refused) fill_q[c] <= fill_q[c] + 1'b1;
        if (blocked_i[c]) begin
          full_q[c] <= '0;
          pop_q[c]  <= fill_q[c] + slot_t'(arrived);
        end else begin
          full_q[c] <= full_q[c] + count_t'(arrived || refused) - count_t'(popped);
          if (popped) begin
            pop_q[c]   <= pop_q[c] + 1'b1;
            index_q[c] <= index_q[c] + 32'd1;
          end
        end
      end
    end

    always_ff @(posedge clk_i) begin
      if (arrived) error_q[c][fill_q[c]] <= failed ? ErrFetch : ErrNone;
      if (refused) error_q[c][fill_q[c]] <= bad_ring_q ? ErrField : ErrWindow;
    end

    `ASSERT(SlotsInRange, way_q[c] + full_q[c] <= count_t'(Slots))
    `ASSERT(PopHasSlot, !popped || full_q[c] != '0 || blocked_i[c])
    `ASSERT(NothingOnItsWayAtClear, !clear_i[c] || way_q[c] == '0)
    `COVER(AllSlotsFull, full_q[c] == count_t'(Slots))
    `COVER(RingWraps, asked && (head_q[c] & (ring_i[c].size - 32'd1)) == ring_i[c].size - 32'd1)
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      traffic_o <= '0;
    end else begin
      traffic_o.valid <= beat_valid_q;
      if (beat_valid_q) traffic_o <= '{valid: 1'b1, ctx: ctx_t'(back_ctx), bytes: 12'(Cfg.BusBytes)};
    end
  end

  `ASSERT(ResponseWasAsked, !beat_valid_q || order_valid)
  `ASSERT_STABLE(ArStable, ar_valid_o, ar_ready_i, {ar_addr_o, ar_user_o})
  `ASSERT(ArInsidePage, !ar_valid_o || ar_addr_o[6:0] == '0)
  `COVER(FetchFails, last && failed)
  `COVER(BadRing, refuse)
  `COVER(DropAfterHalt, last && blocked_i[back_ctx])

endmodule
