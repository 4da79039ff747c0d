// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Read data in the order in which they were asked for: a slot of one burst for each AXI ID. Beats land
// in any order between slots (and may interleave); they leave slot by slot.
//
//   alloc ---> slot n: [beat 0 | beat 1 | ... ]  <--- R, slot = ID - 4
//                          \---> read, 1 cycle ---> data_o
//   latency       a beat can be asked for two cycles after it came; data one cycle later
//   throughput    one beat in, one beat out every cycle
//   back-pressure none for R: a slot is allocated before its burst is asked for

`include "prim_assert.svh"

module load_buffer #(
  parameter girih_pkg::cfg_t Cfg = girih_presets_pkg::Default,
  localparam int unsigned Slots     = Cfg.ReadsInFlight,
  localparam int unsigned Beats     = dma_pkg::max_burst(Cfg.BusBytes) / Cfg.BusBytes,
  localparam int unsigned BusBits   = 8 * Cfg.BusBytes,
  localparam int unsigned SlotWidth = $clog2(Slots),
  localparam int unsigned BeatWidth = $clog2(Beats)
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,

  output logic                 alloc_ready_o,
  output logic [SlotWidth-1:0] alloc_slot_o,
  input  logic                 alloc_i,          // takes the slot
  input  logic [31:0]          alloc_detail_i,   // what an error of this burst reports

  input  logic                 r_valid_i,
  input  logic [SlotWidth-1:0] r_slot_i,
  input  logic [BusBits-1:0]   r_data_i,
  input  logic [1:0]           r_resp_i,
  input  logic                 r_last_i,

  output logic                 get_ready_o,      // the oldest slot's next beat has come
  input  logic                 get_i,
  input  logic                 get_last_i,       // with get_i: and the slot is free
  output logic [BusBits-1:0]   data_o,           // one cycle after get_i, stays until the next
  output logic [1:0]           resp_o,
  output logic [31:0]          detail_o,

  input  logic [7:0]           ram_cfg_i,        // side band of prim_ram_1r1w
  output logic                 ram_error_o
);

  typedef logic [SlotWidth-1:0] slot_t;
  typedef logic [BeatWidth-1:0] beat_t;

  logic [31:0]        detail_q [Slots];
  logic [31:0]        detail_out_q;
  logic [BeatWidth:0] came_q [Slots];            // beats that have come
  slot_t              alloc_q, get_q;
  logic [SlotWidth:0] used_q;
  logic               room_q;                    // used_q is less than Slots

  assign alloc_ready_o = room_q;
  assign alloc_slot_o  = alloc_q;
  assign detail_o      = detail_out_q;

  logic free;
  assign free = get_i && get_last_i;

  // Whether the next beat has come: known a cycle ahead for all that may happen to this one, and chosen
  // behind registers.
  beat_t beat_q;
  slot_t get_next;
  logic  stays_q, follows_q, begins_q, got_q, freed_q;
  assign get_next    = get_q + slot_t'(1);
  assign get_ready_o = !got_q ? stays_q : freed_q ? begins_q : follows_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      stays_q   <= 1'b0;
      follows_q <= 1'b0;
      begins_q  <= 1'b0;
      got_q     <= 1'b0;
      freed_q   <= 1'b0;
      beat_q    <= '0;
    end else begin
      stays_q   <= used_q != '0 && came_q[get_q] > (BeatWidth + 1)'(beat_q);
      follows_q <= used_q != '0 && came_q[get_q] > (BeatWidth + 1)'(beat_q) + 1'b1;
      begins_q  <= used_q > (SlotWidth + 1)'(1) && came_q[get_next] != '0;
      got_q     <= get_i;
      freed_q   <= free;
      if (get_i) beat_q <= get_last_i ? '0 : beat_q + beat_t'(1);
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      alloc_q <= '0;
      get_q   <= '0;
      used_q  <= '0;
      room_q  <= 1'b1;
    end else begin
      if (alloc_i) alloc_q <= alloc_q + slot_t'(1);
      if (free) get_q <= get_q + slot_t'(1);
      if (alloc_i != free) begin
        used_q <= alloc_i ? used_q + 1'b1 : used_q - 1'b1;
        room_q <= free || used_q != (SlotWidth + 1)'(Slots - 1);
      end
    end
  end

  for (genvar s = 0; s < Slots; s++) begin : gen_came
    always_ff @(posedge clk_i) begin
      if (alloc_i && alloc_q == slot_t'(s)) came_q[s] <= '0;
      else if (r_valid_i && r_slot_i == slot_t'(s)) came_q[s] <= came_q[s] + 1'b1;
    end
  end

  beat_t r_beat;
  assign r_beat = came_q[r_slot_i][BeatWidth-1:0];

  always_ff @(posedge clk_i) begin
    if (get_i) detail_out_q <= detail_q[get_q];
    if (alloc_i) detail_q[alloc_q] <= alloc_detail_i;
  end

  localparam int unsigned Width = BusBits + 2;   // data and response
  prim_ram_1r1w #(.Width(Width), .Depth(Slots * Beats), .LaneWidth(Width)) u_beats (
    .clk_i, .rst_ni,
    .rd_valid_i(get_i), .rd_addr_i({get_q, beat_q}), .rd_data_o({resp_o, data_o}),
    .wr_valid_i(r_valid_i), .wr_addr_i({r_slot_i, r_beat}), .wr_data_i({r_resp_i, r_data_i}),
    .wr_be_i(1'b1), .cfg_i(ram_cfg_i), .err_o(ram_error_o)
  );

`ifndef SYNTHESIS
  // What each burst was to bring.
  logic [Slots-1:0] busy_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      busy_q <= '0;
    end else begin
      if (r_valid_i && r_last_i) busy_q[r_slot_i] <= 1'b0;
      if (alloc_i) busy_q[alloc_q] <= 1'b1;
    end
  end
  `ASSERT(DataAskedFor, !r_valid_i || busy_q[r_slot_i])
  `ASSERT(NoFreeBeforeLast, !free || !busy_q[get_q])
`else
  logic unused_last;
  assign unused_last = r_last_i;
`endif
  `ASSERT(RoomIsTrue, room_q == (used_q != (SlotWidth + 1)'(Slots)))
  `ASSERT(AllocHasRoom, !alloc_i || alloc_ready_o)
  `ASSERT(GetReady, !get_i || get_ready_o)
  `COVER(AllSlotsUsed, !alloc_ready_o)
  `COVER(OutOfOrder, r_valid_i && r_slot_i != get_q)

endmodule
