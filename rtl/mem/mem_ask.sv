// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Where an ask waits for its bank: one at the arbitration, one behind it. As in prim_stream_reg, but where
// no ask is there `fetch` and `want` are zero, so that an arbitration needs to look at nothing else.
//
//   latency        1 cycle
//   throughput     an ask a cycle
//   back-pressure  room_o is a register
//   served_i       the ask got its bank and stays (it goes together with others): it wants none any more

`include "prim_assert.svh"

module mem_ask #(
  parameter int unsigned Banks    = 8,
  parameter int unsigned RowWidth = 8
) (
  input  logic                clk_i,
  input  logic                rst_ni,

  input  logic                push_i,           // taken where it meets room_o
  output logic                room_o,
  input  logic                fetch_i,          // zero where nothing is asked, like want_i
  input  logic [Banks-1:0]    want_i,           // the bank, one hot; zero for none
  input  logic [RowWidth-1:0] row_i,

  output logic                full_o,
  output logic                fetch_o,
  output logic [Banks-1:0]    want_o,
  output logic [RowWidth-1:0] row_o,
  input  logic                served_i,
  input  logic                pop_i             // it goes
);

  logic                full_q, room_q, push, stuck;
  logic                fetch_q, skid_fetch_q;
  logic [Banks-1:0]    want_q, skid_want_q;
  logic [RowWidth-1:0] row_q, skid_row_q;       // never reset, like the skid

  assign room_o  = room_q;
  assign full_o  = full_q;
  assign fetch_o = fetch_q;
  assign want_o  = want_q;
  assign row_o   = row_q;
  assign push    = push_i && room_q;
  assign stuck   = full_q && !pop_i;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      full_q  <= 1'b0;
      room_q  <= 1'b1;
      fetch_q <= 1'b0;
      want_q  <= '0;
    end else if (stuck) begin
      if (push) room_q <= 1'b0;
      if (served_i) begin
        fetch_q <= 1'b0;
        want_q  <= '0;
      end
    end else if (full_q || push) begin
      full_q  <= push || !room_q;
      room_q  <= 1'b1;
      fetch_q <= room_q ? fetch_i : skid_fetch_q;
      want_q  <= room_q ? want_i : skid_want_q;
    end
  end
  always_ff @(posedge clk_i) begin
    if (!stuck && (push || !room_q)) row_q <= room_q ? row_i : skid_row_q;
    if (push && full_q) begin                     // counts when `stuck`; that is known late
      skid_fetch_q <= fetch_i;
      skid_want_q  <= want_i;
      skid_row_q   <= row_i;
    end
  end

  `ASSERT(WantsWhereThere, full_q || (!fetch_q && want_q == '0))
  `ASSERT(NothingIsZero, push_i || (!fetch_i && want_i == '0))
  `ASSERT(RoomBehindOne, room_q || full_q)
  `COVER(BothFull, !room_q)

endmodule
