// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Hands the instructions of one engine over: chooses a context, copies the head of its queue from RAM
// into the command register, starts it (takes its tokens), offers it.
//
// The copy is made ahead of the tokens, so that a token that arrives starts the instruction at once.
// When the copied one cannot start but another context's head can, that one is copied instead: nobody
// waits for somebody else's tokens. Round robin between contexts that can start.
//
//   latency       whether a head can start is a register: a head that is copied asks to start in the cycle
//                 after its last token came. cmd_valid_o, a register that has no other reader, one cycle after the
//                 grant. Copying takes 19 cycles, meanwhile the engine works on the previous one.
//   throughput    one instruction every 24 cycles
//   back-pressure start_valid_o waits for start_grant_i, which comes one cycle late: the frontend sees to it
//                 that nothing that allows a start is taken away by another start meanwhile
//
//        StPick --> StCopy (16 beats) --> StWait --> start --> StOffer --> StPick
//          ^                                | another context can start, this one cannot
//          +--------------------------------+

`include "prim_assert.svh"
`include "prim_bug.svh"

module dispatch
  import girih_pkg::*;
  import girih_ctrl_pkg::*;
#(
  parameter cfg_t Cfg = girih_presets_pkg::Default,
  localparam int unsigned CtxBits = $clog2(Cfg.Contexts)
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,
  input  logic [Cfg.Contexts-1:0] blocked_i,

  // What may start
  input  logic [Cfg.Contexts-1:0] empty_i,
  input  head_t                   head_i    [Cfg.Contexts],
  input  logic [Tokens-1:0]       nonzero_i [Cfg.Contexts],
  input  logic [Cfg.Contexts-1:0] quiet_i,        // what `order` asks for is given
  input  logic                    room_i,         // it may start now, as far as others are concerned
  output logic [Cfg.Contexts-1:0] waits_o,        // register: the head exists and lacks a token

  // The queue's read side
  output logic                    read_valid_o,
  output logic [CtxBits-1:0]      read_ctx_o,
  output logic [3:0]              read_beat_o,
  input  logic [63:0]             read_data_i,

  // Start: tokens are taken, the queue is popped
  output logic                    start_valid_o,
  input  logic                    start_grant_i,
  output logic [CtxBits-1:0]      start_ctx_o,
  output logic [Tokens-1:0]       start_take_o,

  // To the engine
  output logic                    cmd_valid_o,
  input  logic                    cmd_ready_i,
  output logic [CtxBits-1:0]      cmd_ctx_o,
  output logic [1023:0]           cmd_o
);

  typedef enum logic [1:0] {
    StPick,       // choose whose head to copy
    StCopy,       // beats come from the RAM
    StWait,       // copied; starts as soon as it may
    StOffer       // started; the engine takes it
  } state_e;
  state_e state_q;

  logic [CtxBits-1:0]      ctx_q, last_q, pick_ready, pick_any;
  logic                    place_q;               // first cycle of a copy: the queue finds the head's place
  logic                    read_q;
  logic [3:0]              beat_q;
  logic [Beats-1:0]        take_q;                // read_data_i is this beat
  logic [Cfg.Contexts-1:0] present, can_start_q;
  logic                    any_ready, any;

  for (genvar c = 0; c < int'(Cfg.Contexts); c++) begin : gen_ctx
    logic lacks;
    assign lacks        = (head_i[c].waits & ~nonzero_i[c]) != '0;
    assign present[c]   = !empty_i[c] && !blocked_i[c];
    always_ff @(posedge clk_i) begin
      if (!rst_ni) begin
        waits_o[c]     <= 1'b0;
        can_start_q[c] <= 1'b0;
      end else begin
        waits_o[c]     <= !empty_i[c] && lacks;
        can_start_q[c] <= present[c] && !lacks &&
                          (!head_i[c].order || `SEEDED_BUG(51, quiet_i[c], 1'b1));
      end
    end
  end

  rr_pick #(.N(Cfg.Contexts)) u_ready (
    .request_i(can_start_q), .last_i(last_q), .any_o(any_ready), .pick_o(pick_ready)
  );
  rr_pick #(.N(Cfg.Contexts)) u_any (
    .request_i(present), .last_i(last_q), .any_o(any), .pick_o(pick_any)
  );

  assign start_valid_o = state_q == StWait && can_start_q[ctx_q] && room_i;
  assign start_ctx_o   = ctx_q;
  assign start_take_o  = head_i[ctx_q].waits;
  assign cmd_ctx_o     = ctx_q;
  assign read_valid_o  = read_q;
  assign read_ctx_o    = ctx_q;
  assign read_beat_o   = beat_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= StPick;
      ctx_q   <= '0;
      last_q  <= '0;
      place_q <= 1'b0;
      read_q  <= 1'b0;
      beat_q  <= '0;
      take_q  <= '0;
      cmd_valid_o <= 1'b0;
    end else begin
      place_q <= state_q == StPick;
      read_q  <= state_q == StCopy && !blocked_i[ctx_q] && (place_q || (read_q && beat_q != 4'(Beats - 1)));
      beat_q  <= read_q ? beat_q + 4'd1 : '0;
      take_q  <= Beats'(read_q) << beat_q;
      cmd_valid_o <= start_grant_i || (cmd_valid_o && !cmd_ready_i);
      unique case (state_q)
        StPick: if (any || any_ready) begin
          ctx_q   <= any_ready ? pick_ready : pick_any;
          state_q <= StCopy;
        end
        StCopy: begin
          if (blocked_i[ctx_q]) state_q <= StPick;
          else if (take_q[Beats-1]) state_q <= StWait;
        end
        StWait: begin
          if (start_grant_i) begin
            last_q  <= ctx_q;
            state_q <= StOffer;
          end else if (blocked_i[ctx_q] || (!can_start_q[ctx_q] && any_ready)) begin
            state_q <= StPick;
          end
        end
        StOffer: if (!cmd_valid_o) state_q <= StPick;
        default: state_q <= StPick;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    if (take_q != '0) begin
      for (int unsigned b = 0; b < Beats; b++) begin
        if (take_q[b]) cmd_o[64*b +: 64] <= read_data_i;
      end
    end
  end

  `ASSERT_STABLE(CmdStable, cmd_valid_o, cmd_ready_i, {cmd_ctx_o, cmd_o})
  `ASSERT(OneBeat, (take_q & (take_q - 1'b1)) == '0)
  `ASSERT(OffersOne, !cmd_valid_o || state_q == StOffer)
  `ASSERT(StartHasInstruction, !start_grant_i || (!empty_i[ctx_q] && !blocked_i[ctx_q]))
  `ASSERT(GrantWasAsked, !start_grant_i || state_q == StWait)
  `COVER(OrderWithholds, state_q == StWait && present[ctx_q] && !waits_o[ctx_q] && !can_start_q[ctx_q])
  `COVER(AnotherGoesFirst, state_q == StWait && !can_start_q[ctx_q] && any_ready)
  `COVER(StartWaitsForGrant, start_valid_o && !start_grant_i)
  `COVER(CopyAbandoned, state_q == StCopy && blocked_i[ctx_q])

endmodule
