// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// One memory port for the three sources: who has asked keeps it until granted, else a before b before c.
// Data are broadcast, each source knows its own grants. No latency of its own.

`include "prim_assert.svh"

module vec_share #(
  parameter int unsigned Clients = 3,
  parameter int unsigned Width   = 20
) (
  input  logic               clk_i,
  input  logic               rst_ni,

  input  logic [Clients-1:0] valid_i,           // stays until granted, like place_i
  input  logic [Width-1:0]   place_i [Clients],
  output logic [Clients-1:0] gnt_o,

  output logic               valid_o,
  output logic [Width-1:0]   place_o,
  input  logic               gnt_i
);

  typedef logic [$clog2(Clients)-1:0] index_t;

  logic   asking_q;
  index_t who;
  (* fsm_encoding = "none" *) index_t who_q;     // not reset: a client's number, not a state

  always_comb begin
    who = '0;
    for (int c = int'(Clients) - 1; c >= 0; c--) if (valid_i[c]) who = index_t'(c);
    if (asking_q) who = who_q;
  end

  assign valid_o = valid_i != '0;
  assign place_o = place_i[who];

  always_comb begin
    for (int c = 0; c < int'(Clients); c++) gnt_o[c] = gnt_i && valid_i[c] && who == index_t'(c);
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) asking_q <= 1'b0;
    else asking_q <= valid_o && !gnt_i;
  end
  always_ff @(posedge clk_i) if (valid_o) who_q <= who;

  `ASSERT_STABLE(RequestStable, valid_o, gnt_i, place_o)
  `ASSERT(OneGrant, $onehot0(gnt_o))
  `COVER(Contended, !$onehot0(valid_i))

endmodule
