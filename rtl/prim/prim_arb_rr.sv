// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Round-robin arbiter: the requester after the last one served goes first.
//
//   latency   none: grant_o follows request_i in the same cycle
//   fairness  a request that stays is granted within Count accepted grants
//   memory    the turn moves on only when accept_i takes the grant; until then a grant may change when
//             a requester with an earlier turn comes up (hold requests and accept at once if that hurts)
//
//        request_i = 1 0 1 1      turn_q masks the ones that stand before the next turn
//        after_turn= 1 0 0 0      lowest set bit of the masked, else lowest set bit of all
//        grant_o   = 1 0 0 0

`include "prim_assert.svh"

module prim_arb_rr #(
  parameter int unsigned Count = 4,
  localparam int unsigned IndexWidth = (Count == 1) ? 1 : $clog2(Count)
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,

  input  logic [Count-1:0]      request_i,
  output logic [Count-1:0]      grant_o,        // one bit, of a requester; none without requests
  output logic [IndexWidth-1:0] index_o,        // that bit's number; 0 without requests
  output logic                  valid_o,        // some request stands
  input  logic                  accept_i        // the grant is used in this cycle
);

  if (Count == 0) begin : gen_no_count
    $fatal(1, "prim_arb_rr: Count must be at least 1");
  end

  logic [Count-1:0] turn_q;                     // 1 for the requesters after the last one served

  logic [Count-1:0] after_turn, candidates;
  assign after_turn = request_i & turn_q;
  assign candidates = (after_turn != '0) ? after_turn : request_i;

  assign grant_o = candidates & (~candidates + 1'b1);       // lowest set bit
  assign valid_o = request_i != '0;

  always_comb begin
    index_o = '0;
    for (int unsigned i = 0; i < Count; i++) begin
      if (grant_o[i]) index_o |= IndexWidth'(i);
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni)                  turn_q <= '1;
    else if (valid_o && accept_i) turn_q <= ~(grant_o | (grant_o - 1'b1));
  end

  `ASSERT(GrantsARequest, (grant_o & ~request_i) == '0)
  `ASSERT(GrantsOne, (grant_o & (grant_o - 1'b1)) == '0 && (grant_o != '0) == valid_o)
  `COVER(Wraps, valid_o && after_turn == '0)

endmodule
