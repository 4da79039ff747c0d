// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// The 64-bit counters of all contexts, in the order of girih.rdl (`counters`): four per engine (busy,
// stalled for tokens, for memory, for the bus), MACs, bytes read, bytes written, cycles, retired.
//
// A counter's low bits stand in flip-flops and take an event every cycle; its high bits are a word of the
// context's RAM. The low bits' carry is kept in one bit, `top`, until the sweep, which looks at one counter a cycle,
// adds it to the word. So a counter is at any time   word + top + low bits.
//
//   latency   an event is counted two cycles after it happened
//   read      exact to the cycle of host_ready_o; the data come a cycle later and stay. A low word takes
//             the sweep's turn at the RAM and latches the counter's high word, which the read of the high
//             word returns: one latch, so read low and high of a counter one after the other.
//   pace      a low word waits for a cycle, and until two have passed since the last one, for the sweep's sake
//   clear     a context's counters, in one cycle: words are not known until they are written again

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
  // and the one between choice and turn a carry is in the RAM, before the next one or with it.
  localparam int unsigned Words      = Contexts * Counters;
  localparam int unsigned Gap        = 3;
  localparam int unsigned Bits       = $clog2((Words * Gap + Gap - 2) / (Gap - 1));
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
  index_t              sweep_q, index_q;
  logic                host_next, host_turn_q;
  logic [Contexts-1:0] tops;
  logic [1:0]          wait_q;                    // cycles until the host may be chosen

  assign host_next    = host_valid_i && !host_word_i[0] && wait_q == '0;
  assign host_ready_o = host_word_i[0] || host_turn_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      sweep_q     <= '0;
      index_q     <= '0;
      host_turn_q <= 1'b0;
      wait_q      <= '0;
    end else begin
      if (tops != '0 && !host_next) begin
        sweep_q <= (sweep_q == index_t'(Words - 1)) ? '0 : sweep_q + 1'b1;
      end
      index_q     <= host_next ? '{counter: host_word_i[5:1], ctx: host_ctx_i} : sweep_q;
      host_turn_q <= host_next;
      if (host_next) wait_q <= 2'(Gap - 1);
      else if (wait_q != '0) wait_q <= wait_q - 1'b1;
    end
  end

  // ---- the high bits ----------------------------------------------------------------------------
  logic           top, known;
  logic [63:Bits] ram_word [Contexts], one, word;
  assign top   = top_q[index_q.ctx][index_q.counter];
  assign known = known_q[index_q.ctx][index_q.counter];
  always_comb begin
    one = '0;
    unique case (index_q.counter)
      5'(Macs):                one[MacBits+Bits]    = top;
      5'(Read), 5'(Written):   one[AmountBits+Bits] = top;
      default:                 one[Bits]            = top;
    endcase
  end
  assign word = (known ? ram_word[index_q.ctx] : '0) + one;

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
    logic                       traffic_q, moves;
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

    always_ff @(posedge clk_i) begin
      if (!rst_ni || clear_i[c]) begin
        events_q  <= '0;
        traffic_q <= 1'b0;
        read_q    <= '0;
        written_q <= '0;
      end else begin
        events_q  <= events;
        traffic_q <= mine(read_i[0]) || mine(read_i[1]) || mine(write_i[0]) || mine(write_i[1]);
        read_q    <= bytes(read_i[0]) + bytes(read_i[1]);
        written_q <= bytes(write_i[0]) + bytes(write_i[1]);
      end
    end

    prim_regfile_1r1w #(.Width(64 - Bits), .Depth(Counters)) u_words (
      .clk_i, .rst_ni,
      .rd_addr_i(index_q.counter), .rd_data_o(ram_word[c]),
      .wr_valid_i(top && index_q.ctx == CtxBits'(c)), .wr_addr_i(index_q.counter), .wr_data_i(word)
    );

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

    assign here    = (index_q.ctx == CtxBits'(c)) ? set_t'(1) << index_q.counter : '0;
    assign moves   = events_q != '0 || traffic_q;
    assign tops[c] = top_q[c] != '0;

    always_ff @(posedge clk_i) begin
      if (!rst_ni || clear_i[c]) begin
        ones_q[c]  <= '{default: '0};
        bytes_q[c] <= '{default: '0};
        macs_q[c]  <= '0;
        top_q[c]   <= '0;
        known_q[c] <= '0;
      end else begin
        if (moves) begin
          ones_q[c]  <= ones;
          bytes_q[c] <= '{read[AmountBits+Bits-1:0], written[AmountBits+Bits-1:0]};
        end
        if (events_q[Retired]) macs_q[c] <= macs[MacBits+Bits-1:0];
        if (moves || tops[c]) begin
          top_q[c]   <= (top_q[c] & ~here) | carry;
          known_q[c] <= known_q[c] | (top_q[c] & here);
        end
      end
    end

    `ASSERT(NoCarryIsLost, (carry & top_q[c] & ~here) == '0)
    `COVER(TwoReadsAtOnce, bytes(read_i[0]) != '0 && bytes(read_i[1]) != '0)
    `COVER(CarryMeetsSweep, (carry & top_q[c] & here) != '0)
    `COVER(ClearsTops, clear_i[c] && tops[c])
  end

  // ---- the host ---------------------------------------------------------------------------------
  logic [63:0] low, looked_at;
  logic [31:0] high_q, data_q;
  always_comb begin
    low = '0;
    unique case (host_word_i[5:1])
      5'(Macs):    low[MacBits+Bits-1:0]    = macs_q[host_ctx_i];
      5'(Read):    low[AmountBits+Bits-1:0] = bytes_q[host_ctx_i][0];
      5'(Written): low[AmountBits+Bits-1:0] = bytes_q[host_ctx_i][1];
      default: begin
        for (int unsigned k = 0; k < Bits; k++) low[k] = ones_q[host_ctx_i][k][host_word_i[5:1]];
      end
    endcase
  end
  assign looked_at   = {word, {Bits{1'b0}}} | low;
  assign host_data_o = data_q;
  always_ff @(posedge clk_i) begin
    if (host_valid_i && host_ready_o) data_q <= host_word_i[0] ? high_q : looked_at[31:0];
    if (host_turn_q) high_q <= looked_at[63:32];
  end

  `ASSERT(HostWordExists, !host_valid_i || host_word_i < 6'(2 * Counters))
  `ASSERT_STABLE(HostStable, host_valid_i, host_ready_o, {host_ctx_i, host_word_i})
  `COVER(HostWaits, host_valid_i && !host_ready_o)
  `COVER(HostSweeps, host_turn_q && top)

endmodule
