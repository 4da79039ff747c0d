// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// The 64-bit counters of all contexts, in the order of girih.rdl (`counters`): four per engine (busy,
// stalled for tokens, for memory, for the bus), MACs, bytes read, bytes written, cycles, retired.
//
// A counter's low bits stand in flip-flops and take an event every cycle; its high bits are a word of the
// context's RAM. The low bits' carry is kept in one bit, `top`, until the sweep, which looks at one counter a cycle,
// has added it to the word. So a counter is at any time   word + top + low bits.
//
//   latency   an event is counted two cycles after it happened
//   read      exact to the cycle of host_ready_o; the data come three cycles later and stay. A low word takes
//             the sweep's turn at the RAM and latches the counter's high word, which the read of the high
//             word returns: one latch, so read low and high of a counter one after the other.
//   pace      a low word waits for a cycle, and until three have passed since the last one, for the sweep's sake
//   clear     a context's counters, one cycle later and in one cycle: words are not known until they are written
//             again. Likewise the cycle after a reset, which takes two
//
//        turn -> [ read: word, top, low bits ] -> [ word + top ] -> written, top cleared; or the host's data

`include "prim_assert.svh"

module counters
  import girih_pkg::*;
  import girih_ctrl_pkg::*;
#(
  parameter int unsigned Contexts = 4,
  localparam int unsigned CtxBits = $clog2(Contexts)
) (
  input  logic                clk_i,
  input  logic                rst_ni,
  input  logic [Contexts-1:0] clear_i,

  input  activity_flags_t     flags_i [Contexts],
  input  logic                retired_valid_i,
  input  ctx_t                retired_ctx_i,
  input  logic [47:0]         retired_macs_i,
  input  traffic_t            read_i  [2],        // LOAD, ring fetch
  input  traffic_t            write_i [2],        // STORE, FENCE

  input  logic                host_valid_i,
  output logic                host_ready_o,
  input  logic [CtxBits-1:0]  host_ctx_i,
  input  logic [5:0]          host_word_i,        // word of the register block
  output logic [31:0]         host_data_o
);

  localparam int unsigned Macs     = 16;
  localparam int unsigned Read     = 17;
  localparam int unsigned Written  = 18;
  localparam int unsigned Cycles   = 19;
  localparam int unsigned Retired  = 20;

  // Low bits of a counter of single events; one of amounts has so many more as an amount has. They carry
  // at most once in 2**Bits cycles. The sweep sees every counter within Words cycles of its own, and of
  // Gap cycles that follow one another the host takes one at most: within Words * Gap / (Gap - 1) cycles
  // and those that a turn takes a carry is in the RAM, before the next one or with it.
  localparam int unsigned Words      = Contexts * Counters;
  localparam int unsigned Gap        = 4;
  localparam int unsigned TurnCycles = 4;         // from a carry to a choice, and from there to the RAM
  localparam int unsigned Bits       = $clog2((Words * Gap + Gap - 2) / (Gap - 1) + TurnCycles);
  localparam int unsigned AmountBits = 13;        // two amounts of bytes together
  localparam int unsigned MacBits    = 48;

  typedef logic [Counters-1:0] set_t;             // one bit for each counter of a context
  typedef struct packed {
    logic [4:0]         counter;
    logic [CtxBits-1:0] ctx;
  } index_t;                                      // counts from 0 to Words - 1

  // What is read by test benches stands here, an element for each context.
  logic [MacBits+Bits-1:0]    macs_q  [Contexts];
  logic [AmountBits+Bits-1:0] bytes_q [Contexts][2];      // read, written
  set_t                       ones_q  [Contexts][Bits];   // bit k of all the others
  set_t                       top_q   [Contexts];
  set_t                       known_q [Contexts];         // the word in the RAM counts

  // ---- whose turn it is -------------------------------------------------------------------------
  // Chosen one cycle ahead. The sweep goes on when somebody has its index.
  index_t              sweep_q, next;
  logic                host_next, sweep_next, host_turn_q, sweep_turn_q;
  index_t              index_q;
  logic [Contexts-1:0] tops_q;                    // a carry waits
  logic [1:0]          wait_q;                    // cycles until the host may be chosen

  assign host_next    = host_valid_i && !host_word_i[0] && wait_q == '0;
  assign sweep_next   = tops_q != '0 && !host_next;
  assign next         = host_next ? '{counter: host_word_i[5:1], ctx: host_ctx_i} : sweep_q;
  assign host_ready_o = host_word_i[0] || host_turn_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      sweep_q      <= '0;
      host_turn_q  <= 1'b0;
      sweep_turn_q <= 1'b0;
      wait_q       <= '0;
    end else begin
      if (sweep_next) sweep_q <= (sweep_q == index_t'(Words - 1)) ? '0 : sweep_q + 1'b1;
      host_turn_q  <= host_next;
      sweep_turn_q <= sweep_next;
      if (host_next) wait_q <= 2'(Gap - 1);
      else if (wait_q != '0) wait_q <= wait_q - 1'b1;
    end
    if (host_next || sweep_next) index_q <= next;
  end

  // ---- a turn, stage by stage -------------------------------------------------------------------
  // Each context finds what is its own, with its own copy of the index. A counter's `top` stays until the
  // word is written, so a read in between is right.
  typedef struct packed {
    logic macs, bytes, ones;
  } kind_t;

  logic [63:Bits]         ram_word [Contexts];    // 0: not this context's turn, or not known
  logic [MacBits+Bits-1:0] ctx_low [Contexts];
  logic [Contexts-1:0]    top;

  logic [63:Bits]         found, word_q, one, sum_q;
  logic [MacBits+Bits-1:0] low, low_q, sum_low_q;
  kind_t                  carries_q;
  index_t                 word_index_q, sum_index_q;
  logic                   word_sweep_q;
  logic [Contexts-1:0]    write_q;
  set_t                   here_q;

  always_comb begin
    found = '0;
    low   = '0;
    for (int unsigned c = 0; c < Contexts; c++) begin
      found |= ram_word[c];
      low   |= ctx_low[c];
    end
    one = '0;
    one[MacBits+Bits]    = carries_q.macs;
    one[AmountBits+Bits] = carries_q.bytes;
    one[Bits]            = carries_q.ones;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      word_sweep_q <= 1'b0;
      write_q      <= '0;
    end else begin
      word_sweep_q <= sweep_turn_q;
      for (int unsigned c = 0; c < Contexts; c++) begin
        write_q[c] <= word_sweep_q && carries_q != '0 && word_index_q.ctx == CtxBits'(c);
      end
    end
    if (host_turn_q || sweep_turn_q) begin
      word_q       <= found;
      word_index_q <= index_q;
      carries_q    <= '0;
      unique case (index_q.counter)
        5'(Macs):              carries_q.macs  <= |top;
        5'(Read), 5'(Written): carries_q.bytes <= |top;
        default:               carries_q.ones  <= |top;
      endcase
    end
    if (host_turn_q) low_q <= low;
    sum_q       <= word_q + one;
    sum_low_q   <= low_q;
    sum_index_q <= word_index_q;
    here_q      <= set_t'(1) << word_index_q.counter;
  end

  // ---- the low bits -----------------------------------------------------------------------------
  logic [MacBits-1:0] amount_q;
  always_ff @(posedge clk_i) begin
    if (retired_valid_i) amount_q <= retired_macs_i;
  end

  for (genvar c = 0; c < int'(Contexts); c++) begin : gen_ctx
    function automatic logic mine(input traffic_t t);
      return t.valid && t.ctx == ctx_t'(c);
    endfunction
    function automatic logic [AmountBits-1:0] bytes(input traffic_t t);
      return mine(t) ? AmountBits'(t.bytes) : '0;
    endfunction

    set_t                       events, events_q, here, carry;
    set_t                       ones  [Bits];
    logic                       turn_q, wipe_q, keep_q;
    logic [4:0]                 at_q;
    logic [AmountBits-1:0]      read_q, written_q;
    logic [MacBits+Bits:0]      macs;
    logic [AmountBits+Bits:0]   read, written;

    always_comb begin
      events = '0;
      for (int unsigned e = 0; e < Engines; e++) begin
        events[4*e +: 4] = {flags_i[c].stall_bus[e], flags_i[c].stall_mem[e],
                            flags_i[c].stall_token[e], flags_i[c].busy[e]};
      end
      events[Cycles]  = flags_i[c].cycle;
      events[Retired] = retired_valid_i && retired_ctx_i == ctx_t'(c);
    end

    // Two registers that say the same, for half of the readers each.
    always_ff @(posedge clk_i) begin
      wipe_q <= !rst_ni || clear_i[c];
      keep_q <= rst_ni && !clear_i[c];
    end

    always_ff @(posedge clk_i) begin
      if (wipe_q) begin
        events_q  <= '0;
        read_q    <= '0;
        written_q <= '0;
      end else begin
        events_q  <= events;
        read_q    <= bytes(read_i[0]) + bytes(read_i[1]);
        written_q <= bytes(write_i[0]) + bytes(write_i[1]);
      end
    end

    // ---- its part of a turn ----
    logic [63:Bits] stored;
    always_ff @(posedge clk_i) begin
      if (!rst_ni) turn_q <= 1'b0;
      else turn_q <= (host_next || sweep_next) && next.ctx == CtxBits'(c);
      if ((host_next || sweep_next) && next.ctx == CtxBits'(c)) at_q <= next.counter;
    end

    prim_regfile_1r1w #(.Width(64 - Bits), .Depth(Counters)) u_words (
      .clk_i, .rst_ni,
      .rd_addr_i(at_q), .rd_data_o(stored),
      .wr_valid_i(write_q[c]), .wr_addr_i(sum_index_q.counter), .wr_data_i(sum_q)
    );

    assign ram_word[c] = (turn_q && known_q[c][at_q]) ? stored : '0;
    assign top[c]      = turn_q && top_q[c][at_q];
    always_comb begin
      ctx_low[c] = '0;
      if (turn_q) begin
        unique case (at_q)
          5'(Macs):    ctx_low[c] = macs_q[c];
          5'(Read):    ctx_low[c][AmountBits+Bits-1:0] = bytes_q[c][0];
          5'(Written): ctx_low[c][AmountBits+Bits-1:0] = bytes_q[c][1];
          default: begin
            for (int unsigned k = 0; k < Bits; k++) ctx_low[c][k] = ones_q[c][k][at_q];
          end
        endcase
      end
    end

    // ---- counting ----
    // All counters of single events count at once, bit by bit.
    always_comb begin
      carry = events_q;
      for (int unsigned k = 0; k < Bits; k++) begin
        ones[k] = ones_q[c][k] ^ carry;
        carry   = ones_q[c][k] & carry;
      end
      macs           = (MacBits+Bits+1)'(macs_q[c]) + (MacBits+Bits+1)'(amount_q);
      read           = (AmountBits+Bits+1)'(bytes_q[c][0]) + (AmountBits+Bits+1)'(read_q);
      written        = (AmountBits+Bits+1)'(bytes_q[c][1]) + (AmountBits+Bits+1)'(written_q);
      carry[Macs]    = events_q[Retired] && macs[MacBits+Bits];
      carry[Read]    = read[AmountBits+Bits];
      carry[Written] = written[AmountBits+Bits];
    end

    assign here = write_q[c] ? here_q : '0;

    // Without an event a sum is what it was: nothing is gated.
    always_ff @(posedge clk_i) begin
      if (wipe_q) ones_q[c] <= '{default: '0};
      else ones_q[c] <= ones;
      if (!keep_q) begin
        bytes_q[c] <= '{default: '0};
        macs_q[c]  <= '0;
        top_q[c]   <= '0;
        known_q[c] <= '0;
        tops_q[c]  <= 1'b0;
      end else begin
        bytes_q[c] <= '{read[AmountBits+Bits-1:0], written[AmountBits+Bits-1:0]};
        if (events_q[Retired]) macs_q[c] <= macs[MacBits+Bits-1:0];
        top_q[c]   <= (top_q[c] & ~here) | carry;
        known_q[c] <= known_q[c] | (here & top_q[c]);     // a counter cleared meanwhile stays unknown
        tops_q[c]  <= top_q[c] != '0;
      end
    end

    `ASSERT(NoCarryIsLost, (carry & top_q[c] & ~here) == '0)
    `COVER(TwoReadsAtOnce, bytes(read_i[0]) != '0 && bytes(read_i[1]) != '0)
    `COVER(CarryMeetsSweep, (carry & top_q[c] & here) != '0)
    `COVER(ClearMeetsTurn, (here & ~top_q[c]) != '0)
    `COVER(ClearsTops, !keep_q && tops_q[c])
  end

  // ---- the host ---------------------------------------------------------------------------------
  typedef struct packed {
    logic valid, high;
  } ask_t;
  ask_t        word_ask_q, sum_ask_q;
  logic [63:0] looked_at;
  logic [31:0] high_q, data_q;

  assign looked_at   = {sum_q, {Bits{1'b0}}} | 64'(sum_low_q);
  assign host_data_o = data_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      word_ask_q <= '0;
      sum_ask_q  <= '0;
    end else begin
      word_ask_q <= '{valid: host_valid_i && host_ready_o, high: host_word_i[0]};
      sum_ask_q  <= word_ask_q;
    end
    if (sum_ask_q.valid) begin
      data_q <= sum_ask_q.high ? high_q : looked_at[31:0];
      if (!sum_ask_q.high) high_q <= looked_at[63:32];
    end
  end

  `ASSERT(HostWordExists, !host_valid_i || host_word_i < 6'(2 * Counters))
  `ASSERT_STABLE(HostStable, host_valid_i, host_ready_o, {host_ctx_i, host_word_i})
  `COVER(HostWaits, host_valid_i && !host_ready_o)
  `COVER(HostMeetsCarry, host_turn_q && |top)

endmodule
