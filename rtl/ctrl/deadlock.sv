// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Finds contexts that can never go on, exactly: nothing is in flight, some instruction waits for
// tokens, every queue head waits for tokens, and the frontend cannot bring anything new. Such a state
// does not change by itself, so that looking at one context per cycle finds it, and the record may be
// put together at leisure.
//
//   latency   at most Contexts + 7 cycles (others being recorded meanwhile: 7 more each)
//
//        StScan --stuck--> StOldest (each queue's head: the oldest that waits) --> StReport

`include "prim_assert.svh"

module deadlock
  import girih_pkg::*;
  import girih_ctrl_pkg::*;
#(
  parameter int unsigned Contexts = 4,
  localparam int unsigned CtxBits = $clog2(Contexts),
  localparam int unsigned SourceBits = $clog2(Sources)
) (
  input  logic                clk_i,
  input  logic                rst_ni,

  input  logic [Contexts-1:0] blocked_i,
  input  logic [Contexts-1:0] starved_i,          // the frontend cannot bring anything new
  input  logic [Contexts-1:0] quiet_i  [Sources], // nothing in flight
  input  logic [Contexts-1:0] empty_i  [Sources],
  input  logic [Contexts-1:0] waits_i  [Sources], // the head lacks a token
  input  head_t               head_i   [Sources][Contexts],
  input  logic [Tokens-1:0]   nonzero_i [Contexts],
  input  logic [31:0]         fetched_i [Contexts],

  output logic                look_o,             // whose heads' names are wanted: there in the next cycle
  output logic [CtxBits-1:0]  look_ctx_o,
  input  name_t               look_name_i [Sources],

  output logic                stuck_o,            // one cycle
  output logic [CtxBits-1:0]  stuck_ctx_o,
  output error_record_t       error_o
);

  typedef enum logic [1:0] {
    StScan,       // one context a cycle
    StOldest,     // one queue a cycle
    StReport
  } state_e;
  state_e state_q;

  logic [CtxBits-1:0]    ctx_q;
  logic [SourceBits-1:0] source_q;
  logic                  found_q;
  logic [31:0]           age_q;
  error_record_t         error_q;

  logic stuck, all_wait, one_waits, flying;
  always_comb begin
    flying    = 1'b0;
    one_waits = 1'b0;
    all_wait  = 1'b1;
    for (int unsigned s = 0; s < Sources; s++) begin
      flying    = flying || !quiet_i[s][ctx_q];
      one_waits = one_waits || waits_i[s][ctx_q];
      if (s != Own) all_wait = all_wait && (empty_i[s][ctx_q] || waits_i[s][ctx_q]);
    end
    stuck = !blocked_i[ctx_q] && !flying && one_waits && all_wait && starved_i[ctx_q];
  end

  logic [31:0] age;
  assign age        = fetched_i[ctx_q] - look_name_i[source_q].index;
  assign look_o     = state_q == StScan && stuck;       // the heads of a stuck context stay
  assign look_ctx_o = ctx_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q  <= StScan;
      ctx_q    <= '0;
      source_q <= '0;
      found_q  <= 1'b0;
    end else begin
      unique case (state_q)
        StScan: begin
          source_q <= '0;
          found_q  <= 1'b0;
          if (stuck) state_q <= StOldest;
          else ctx_q <= ctx_q + 1'b1;
        end
        StOldest: begin
          source_q <= source_q + 1'b1;
          if (waits_i[source_q][ctx_q] && (!found_q || age > age_q)) found_q <= 1'b1;
          if (source_q == SourceBits'(Sources - 1)) state_q <= StReport;
        end
        StReport: begin
          ctx_q   <= ctx_q + 1'b1;
          state_q <= StScan;
        end
        default: state_q <= StScan;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    if (state_q == StOldest && waits_i[source_q][ctx_q] && (!found_q || age > age_q)) begin
      age_q   <= age;
      error_q <= '{code: girih_isa_pkg::ErrDeadlock,
                   index: look_name_i[source_q].index, tag: look_name_i[source_q].tag,
                   detail: {16'b0, head_i[source_q][ctx_q].waits & ~nonzero_i[ctx_q]}};
    end
  end

  // A reset may have come meanwhile.
  assign stuck_o     = state_q == StReport && stuck;
  assign stuck_ctx_o = ctx_q;
  assign error_o     = error_q;

  `ASSERT(StuckStays, state_q == StScan || stuck || blocked_i[ctx_q] || !found_q ||
                      state_q == StOldest)
  `COVER(Deadlock, stuck_o)
  `COVER(ResetMeanwhile, state_q == StReport && !stuck)

endmodule
