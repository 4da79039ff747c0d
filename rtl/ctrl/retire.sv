// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Keeps the books of what is in flight: from a start to the bookkeeping of its retirement. The five
// sources (LOAD, STORE, MATRIX, VECTOR, own) may report in the same cycle; they are booked one per
// cycle, lower source first, so that tokens, counters and errors need one port only.
//
//   latency       3 cycles from done to give_*_o (its tokens), 5 to book_*_o (everything else). All are
//                 registers, and so is what is kept of the instruction: the RAM is read one cycle before
//   throughput    one booking a cycle; dones wait in queues as deep as what may be in flight, so the
//                 engines are never held up
//   back-pressure room_o[s] = 0: source s must not start another instruction
//
// One start and one booking a cycle: what is in flight stands in one RAM, a ring of places per source.
//
//   start ---> [ LOAD: f3 f2 f1 f0 | STORE: .. f0 | ... ] ---> [ give ] -> [ ] -> [ book ]
//   done[s] -> u_result[s] ---> lower source first ---^ address      ^ tokens: overflow
//
// Side-band: ram_cfg_i goes to the RAM, ram_err_o is its error.

`include "prim_assert.svh"

module retire
  import girih_pkg::*;
  import girih_ctrl_pkg::*;
  import girih_isa_pkg::*;
#(
  parameter int unsigned Contexts = 4,
  localparam int unsigned SourceBits = $clog2(Sources)
) (
  input  logic              clk_i,
  input  logic              rst_ni,

  input  logic [Sources-1:0] start_i,              // one of them at most
  input  ctx_t              start_ctx_i [Sources],
  input  note_t             note_i [Sources],     // of what starts, in the next cycle too
  output logic [Sources-1:0] room_o,

  input  logic [Sources-1:0] done_valid_i,
  input  done_t             done_i [Sources],

  output logic              give_valid_o,         // it ended without an error
  output ctx_t              give_ctx_o,
  output logic [Tokens-1:0] give_mask_o,
  input  logic              overflow_i,           // one cycle after that: a token counter was full
  input  logic [3:0]        overflow_token_i,

  output logic              book_valid_o,
  output logic [SourceBits-1:0] book_source_o,
  output ctx_t              book_ctx_o,
  output logic [47:0]       book_macs_o,
  output error_record_t     book_record_o,        // code ErrNone: all went well
  output logic [Contexts-1:0] book_fault_o,       // an instruction of this context did not end well

  output logic [Contexts-1:0] quiet_o [Sources],  // nothing of the context in flight there

  input  logic [7:0]        ram_cfg_i,
  output logic              ram_err_o
);

  typedef struct packed {
    logic [3:0]  error;
    logic [31:0] detail;
  } result_t;

  localparam int unsigned CountWidth = $clog2(InFlight + 1);
  localparam int unsigned PlaceWidth = $clog2(InFlight);         // InFlight is a power of two

  typedef logic [PlaceWidth-1:0] place_t;

  place_t                start_place [Sources];
  place_t                book_place  [Sources];
  logic [Sources-1:0]    result_valid, pop;
  result_t               result [Sources];
  logic [SourceBits-1:0] source;
  flight_t               read_flight;             // of the read: there one cycle after it

  for (genvar s = 0; s < int'(Sources); s++) begin : gen_source
    logic start;
    place_t                write_q, read_q;
    logic [CountWidth-1:0] count_q;
    logic [CountWidth-1:0] in_flight_q [Contexts];
    assign start  = start_i[s];
    assign pop[s] = result_valid[s] && source == SourceBits'(s);

    assign room_o[s]      = count_q != CountWidth'(InFlight);
    assign start_place[s] = write_q;
    assign book_place[s]  = read_q;

    always_ff @(posedge clk_i) begin
      if (!rst_ni) begin
        write_q <= '0;
        read_q  <= '0;
        count_q <= '0;
      end else begin
        if (start)  write_q <= write_q + 1'b1;
        if (pop[s]) read_q  <= read_q + 1'b1;
        if (start != pop[s]) count_q <= start ? count_q + 1'b1 : count_q - 1'b1;
      end
    end

    logic result_ready;
    prim_fifo #(.T(result_t), .Depth(InFlight)) u_result (
      .clk_i, .rst_ni,
      .push_valid_i(done_valid_i[s]), .push_ready_o(result_ready),
      .push_data_i('{error: done_i[s].error, detail: done_i[s].detail}),
      .pop_valid_o(result_valid[s]), .pop_ready_i(pop[s]), .pop_data_o(result[s]), .count_o()
    );

    for (genvar c = 0; c < int'(Contexts); c++) begin : gen_ctx
      logic up, down;
      assign up   = start && start_ctx_i[s] == ctx_t'(c);
      assign down = book_valid_o && book_source_o == SourceBits'(s) && book_ctx_o == ctx_t'(c);
      assign quiet_o[s][c] = in_flight_q[c] == '0;
      always_ff @(posedge clk_i) begin
        if (!rst_ni) in_flight_q[c] <= '0;
        else if (up != down) in_flight_q[c] <= up ? in_flight_q[c] + 1'b1 : in_flight_q[c] - 1'b1;
      end
      `ASSERT(BookedWasInFlight, !down || in_flight_q[c] != '0)
    end

    `ASSERT(StartHasRoom, !start || room_o[s])
    `ASSERT(DoneWasStarted, !result_valid[s] || count_q != '0)
    `ASSERT(DoneHasRoom, !done_valid_i[s] || result_ready)
    `ifndef SYNTHESIS
    // What an engine says about whose instruction is done must be what was started.
    logic    named_q;
    done_t   name_q [InFlight];
    logic [$clog2(InFlight)-1:0] name_write_q, name_read_q;
    always_ff @(posedge clk_i) begin
      named_q <= rst_ni;
      if (!rst_ni || !named_q) begin
        name_write_q <= '0;
        name_read_q  <= '0;
      end else begin
        if (done_valid_i[s]) begin
          name_q[name_write_q] <= done_i[s];
          name_write_q         <= name_write_q + 1'b1;
        end
        if (pop[s]) name_read_q <= name_read_q + 1'b1;
      end
    end
    logic  popped_q;
    done_t popped_name_q;
    always_ff @(posedge clk_i) begin
      popped_q      <= rst_ni && pop[s];
      popped_name_q <= name_q[name_read_q];
    end
    `ASSERT(DoneInOrder, !popped_q || (popped_name_q.ctx == read_flight.ctx &&
                                       popped_name_q.index == read_flight.index))
    `endif
    `COVER(FlightFull, !room_o[s])
    `COVER(BookingWaits, result_valid[s] && !pop[s])
  end

  always_comb begin
    source = '0;
    for (int unsigned s = Sources; s > 0; s--) begin
      if (result_valid[s-1]) source = SourceBits'(s - 1);
    end
  end

  // ---- start: chosen, gathered, written. The instruction cannot be done before that ---------------
  typedef struct packed {
    logic [SourceBits-1:0] source;
    place_t                place;
  } where_t;
  logic [Sources-1:0] started_q;
  where_t             started, started_at_q, write_at_q;
  ctx_t               started_ctx, started_ctx_q;
  note_t              started_note;
  logic               write_valid_q;
  flight_t            write_flight_q;
  always_comb begin
    started      = '0;
    started_ctx  = '0;
    started_note = '0;
    for (int unsigned s = 0; s < Sources; s++) begin
      if (start_i[s]) begin
        started     |= {SourceBits'(s), start_place[s]};
        started_ctx |= start_ctx_i[s];
      end
      if (started_q[s]) started_note |= note_i[s];
    end
  end
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      started_q     <= '0;
      write_valid_q <= 1'b0;
    end else begin
      started_q     <= start_i;
      write_valid_q <= started_q != '0;
    end
    if (start_i != '0) begin
      started_at_q  <= started;
      started_ctx_q <= started_ctx;
    end
    if (started_q != '0) begin
      write_at_q     <= started_at_q;
      write_flight_q <= '{ctx: started_ctx_q, index: started_note.name.index, tag: started_note.name.tag,
                          give: started_note.give, macs: started_note.macs};
    end
  end

  // ---- read, give, book -------------------------------------------------------------------------
  logic                  read_valid_q, flight_valid_q;
  (* fsm_encoding = "none" *) logic [SourceBits-1:0] read_source_q, flight_source_q;   // numbers, not states
  result_t               read_result_q, flight_result_q;
  flight_t               flight_q;
  logic                  last_valid_q;            // its tokens are given, whether one overflows is known
  (* fsm_encoding = "none" *) logic [SourceBits-1:0] last_source_q;
  flight_t               last_q;
  result_t               last_result_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      read_valid_q   <= 1'b0;
      flight_valid_q <= 1'b0;
      give_valid_o   <= 1'b0;
      last_valid_q   <= 1'b0;
      book_valid_o   <= 1'b0;
      book_fault_o   <= '0;
    end else begin
      read_valid_q   <= |result_valid;
      flight_valid_q <= read_valid_q;
      give_valid_o   <= read_valid_q && read_result_q.error == ErrNone;
      last_valid_q   <= flight_valid_q;
      book_valid_o   <= last_valid_q;
      for (int unsigned c = 0; c < Contexts; c++) begin
        book_fault_o[c] <= last_valid_q && last_q.ctx == ctx_t'(c) &&
                           (overflow_i || last_result_q.error != ErrNone);
      end
    end
  end
  always_ff @(posedge clk_i) begin
    if (|result_valid) begin
      read_source_q <= source;
      read_result_q <= result[source];
    end
    if (read_valid_q) begin
      flight_source_q <= read_source_q;
      flight_result_q <= read_result_q;
      flight_q        <= read_flight;
    end
    if (flight_valid_q) begin
      last_source_q <= flight_source_q;
      last_result_q <= flight_result_q;
      last_q        <= flight_q;
    end
    if (last_valid_q) begin
      book_source_o <= last_source_q;
      book_ctx_o    <= last_q.ctx;
      book_macs_o   <= last_q.macs;
      book_record_o <= '{code: overflow_i ? ErrTokenOverflow : last_result_q.error,
                         index: last_q.index, tag: last_q.tag,
                         detail: overflow_i ? {28'b0, overflow_token_i} : last_result_q.detail};
    end
  end
  assign give_ctx_o    = flight_q.ctx;
  assign give_mask_o   = flight_q.give;

  prim_ram_1r1w #(
    .Width($bits(flight_t)), .Depth(Sources * InFlight), .LaneWidth($bits(flight_t))
  ) u_flights (
    .clk_i, .rst_ni,
    .rd_valid_i(|result_valid), .rd_addr_i({source, book_place[source]}), .rd_data_o(read_flight),
    .wr_valid_i(write_valid_q), .wr_addr_i(write_at_q), .wr_data_i(write_flight_q), .wr_be_i(1'b1),
    .cfg_i(ram_cfg_i), .err_o(ram_err_o)
  );

  `ASSERT(FaultIsBooked, (book_fault_o != '0) == (book_valid_o && book_record_o.code != ErrNone))
  `ASSERT(OneStart, (start_i & (start_i - 1'b1)) == '0)
  `ASSERT(ReadsWhatIsWritten, !(|result_valid && write_valid_q && {source, book_place[source]} == write_at_q))

endmodule
