// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Finds contexts that can never go on, exactly: nothing is in flight, some instruction waits for
// tokens, every queue head waits for tokens, and the frontend cannot bring anything new. Such a state
// does not change by itself, so that looking at one context at a time finds it, and the record may be
// put together at leisure. What is looked at comes from registers of different age (`Skew` cycles at
// most): a state that is seen for longer than that was there at one time.
//
//   latency   at most Contexts + Skew + 20 cycles (others being recorded meanwhile: Skew + 20 more each)
//
//        StScan --stuck for Skew cycles--> StRead --> (StName --> StAge --> StOldest) x5 --> StReport
//                                                     each queue's head: the oldest that waits

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

  localparam int unsigned Skew = 7;               // registers on the way here, and some to spare

  typedef enum logic [2:0] {
    StScan,       // one context a cycle, until one seems stuck
    StRead,       // its heads' names are read
    StName,       // one queue's
    StAge,        // how long ago was it fetched
    StOldest,     // longest of those that wait?
    StReport
  } state_e;
  state_e state_q;

  logic [CtxBits-1:0]    ctx_q;
  logic [2:0]            seen_q;                  // cycles that the context has been stuck
  logic [SourceBits-1:0] source_q;
  logic                  found_q;
  logic [31:0]           age_q, oldest_q;
  name_t                 name_q;
  error_record_t         error_q;

  logic [Contexts-1:0] stuck_q;
  for (genvar c = 0; c < int'(Contexts); c++) begin : gen_ctx
    logic all_wait, one_waits, flying;
    always_comb begin
      flying    = 1'b0;
      one_waits = 1'b0;
      all_wait  = 1'b1;
      for (int unsigned s = 0; s < Sources; s++) begin
        flying    = flying || !quiet_i[s][c];
        one_waits = one_waits || waits_i[s][c];
        if (s != Own) all_wait = all_wait && (empty_i[s][c] || waits_i[s][c]);
      end
    end
    always_ff @(posedge clk_i) begin
      if (!rst_ni) stuck_q[c] <= 1'b0;
      else stuck_q[c] <= !blocked_i[c] && !flying && one_waits && all_wait && starved_i[c];
    end
  end

  logic stuck, better;
  assign stuck      = stuck_q[ctx_q];
  assign better     = waits_i[source_q][ctx_q] && (!found_q || age_q > oldest_q);
  assign look_o     = state_q == StRead;          // the heads of a stuck context stay
  assign look_ctx_o = ctx_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q  <= StScan;
      ctx_q    <= '0;
      seen_q   <= '0;
      source_q <= '0;
      found_q  <= 1'b0;
    end else begin
      unique case (state_q)
        StScan: begin
          source_q <= '0;
          found_q  <= 1'b0;
          seen_q   <= stuck ? seen_q + 1'b1 : '0;
          if (!stuck) ctx_q <= ctx_q + 1'b1;
          else if (seen_q == 3'(Skew)) state_q <= StRead;
        end
        StRead: state_q <= StName;
        StName: state_q <= StAge;
        StAge:  state_q <= StOldest;
        StOldest: begin
          source_q <= source_q + 1'b1;
          found_q  <= found_q || better;
          state_q  <= (source_q == SourceBits'(Sources - 1)) ? StReport : StName;
        end
        StReport: begin
          ctx_q   <= ctx_q + 1'b1;
          seen_q  <= '0;
          state_q <= StScan;
        end
        default: state_q <= StScan;
      endcase
      if (!stuck && state_q != StScan) begin      // a reset or a doorbell came meanwhile
        seen_q  <= '0;
        state_q <= StScan;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (state_q == StName) name_q <= look_name_i[source_q];
    if (state_q == StAge) age_q <= fetched_i[ctx_q] - name_q.index;
    if (state_q == StOldest && better) begin
      oldest_q <= age_q;
      error_q  <= '{code: girih_isa_pkg::ErrDeadlock, index: name_q.index, tag: name_q.tag,
                    detail: {16'b0, head_i[source_q][ctx_q].waits & ~nonzero_i[ctx_q]}};
    end
  end

  assign stuck_o     = state_q == StReport && stuck;
  assign stuck_ctx_o = ctx_q;
  assign error_o     = error_q;

  `ASSERT(ReportHasRecord, !stuck_o || found_q)
  `COVER(Deadlock, stuck_o)
  `COVER(ResetMeanwhile, state_q != StScan && !stuck)

endmodule
