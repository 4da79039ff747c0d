// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// The 64-bit counters of all contexts, in the order of girih.rdl (`counters`): four per engine (busy,
// stalled for tokens, for memory, for the bus), MACs, bytes read, bytes written, cycles, retired.
//
//   latency   an event is counted two cycles after it happened
//   read      a low word latches the counter's high word, which the read of the high word returns:
//             one latch, so read low and high of a counter one after the other. Combinational.

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
  input  logic [CtxBits-1:0]  host_ctx_i,
  input  logic [5:0]          host_word_i,        // word of the register block
  output logic [31:0]         host_data_o
);

  localparam int unsigned Macs     = 16;
  localparam int unsigned Read     = 17;
  localparam int unsigned Written  = 18;
  localparam int unsigned Cycles   = 19;
  localparam int unsigned Retired  = 20;

  logic [63:0] count_q [Contexts][Counters];

  for (genvar c = 0; c < int'(Contexts); c++) begin : gen_ctx
    activity_flags_t flags_q;
    logic            retired_q;
    logic [47:0]     macs_q;
    logic [12:0]     read_q, written_q;

    function automatic logic [12:0] bytes(input traffic_t t);
      return (t.valid && t.ctx == ctx_t'(c)) ? {1'b0, t.bytes} : 13'd0;
    endfunction

    always_ff @(posedge clk_i) begin
      if (!rst_ni || clear_i[c]) begin
        flags_q   <= '0;
        retired_q <= 1'b0;
        read_q    <= '0;
        written_q <= '0;
      end else begin
        flags_q   <= flags_i[c];
        retired_q <= retired_valid_i && retired_ctx_i == ctx_t'(c);
        read_q    <= bytes(read_i[0]) + bytes(read_i[1]);
        written_q <= bytes(write_i[0]) + bytes(write_i[1]);
      end
      if (retired_valid_i) macs_q <= retired_macs_i;
    end

    // All of a context's counters together, where one of them moves: the others stand still.
    logic moves;
    assign moves = flags_q != '0 || retired_q || read_q != '0 || written_q != '0;

    always_ff @(posedge clk_i) begin
      if (!rst_ni || clear_i[c]) begin
        count_q[c] <= '{default: '0};
      end else if (moves) begin
        automatic logic [63:0] next [Counters] = count_q[c];
        for (int unsigned e = 0; e < Engines; e++) begin
          next[4*e]     += 64'(flags_q.busy[e]);
          next[4*e + 1] += 64'(flags_q.stall_token[e]);
          next[4*e + 2] += 64'(flags_q.stall_mem[e]);
          next[4*e + 3] += 64'(flags_q.stall_bus[e]);
        end
        if (retired_q) next[Macs] += {16'b0, macs_q};
        next[Read]    += 64'(read_q);
        next[Written] += 64'(written_q);
        next[Cycles]  += 64'(flags_q.cycle);
        next[Retired] += 64'(retired_q);
        count_q[c] <= next;
      end
    end

    `COVER(TwoReadsAtOnce, bytes(read_i[0]) != '0 && bytes(read_i[1]) != '0)
  end

  logic [31:0] high_q;
  logic [63:0] looked_at;
  assign looked_at   = count_q[host_ctx_i][host_word_i[5:1]];
  assign host_data_o = host_word_i[0] ? high_q : looked_at[31:0];
  always_ff @(posedge clk_i) begin
    if (host_valid_i && !host_word_i[0]) high_q <= looked_at[63:32];
  end

  `ASSERT(HostWordExists, !host_valid_i || host_word_i < 6'(2 * Counters))

endmodule
