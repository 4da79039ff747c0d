// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Keeps the books of what is in flight: from a start to the bookkeeping of its retirement. The five
// sources (LOAD, STORE, MATRIX, VECTOR, own) may report in the same cycle; they are booked one per
// cycle, lower source first, so that tokens, counters and errors need one port only.
//
//   latency       2 cycles from done to book_o
//   throughput    one booking a cycle; dones wait in queues as deep as what may be in flight, so the
//                 engines are never held up
//   back-pressure room_o[s] = 0: source s must not start another instruction
//
// One start and one booking a cycle: what is in flight stands in one RAM, a ring of places per source.
// Its output register is book_flight_o.
//
//   start ---> [ LOAD: f3 f2 f1 f0 | STORE: .. f0 | ... ] ---> book_flight_o
//   done[s] -> u_result[s] ---> lower source first ---^ address
//
// Side-band: ram_cfg_i goes to the RAM, ram_err_o is its error.

`include "prim_assert.svh"

module retire
  import girih_pkg::*;
  import girih_ctrl_pkg::*;
#(
  parameter int unsigned Contexts = 4,
  localparam int unsigned SourceBits = $clog2(Sources)
) (
  input  logic              clk_i,
  input  logic              rst_ni,

  input  logic              start_valid_i,
  input  logic [SourceBits-1:0] start_source_i,
  input  flight_t           start_flight_i,
  output logic [Sources-1:0] room_o,

  input  logic [Sources-1:0] done_valid_i,
  input  done_t             done_i [Sources],

  output logic              book_valid_o,         // registered
  output logic [SourceBits-1:0] book_source_o,
  output flight_t           book_flight_o,
  output logic [3:0]        book_error_o,
  output logic [31:0]       book_detail_o,

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

  for (genvar s = 0; s < int'(Sources); s++) begin : gen_source
    logic start;
    place_t                write_q, read_q;
    logic [CountWidth-1:0] count_q;
    logic [CountWidth-1:0] in_flight_q [Contexts];
    assign start  = start_valid_i && start_source_i == SourceBits'(s);
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
      assign up   = start && start_flight_i.ctx == ctx_t'(c);
      assign down = book_valid_o && book_source_o == SourceBits'(s) &&
                    book_flight_o.ctx == ctx_t'(c);
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
    `ASSERT(DoneInOrder, !popped_q || (popped_name_q.ctx == book_flight_o.ctx &&
                                       popped_name_q.index == book_flight_o.index))
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

  always_ff @(posedge clk_i) begin
    if (!rst_ni) book_valid_o <= 1'b0;
    else book_valid_o <= |result_valid;
  end
  always_ff @(posedge clk_i) begin
    if (|result_valid) begin
      book_source_o <= source;
      book_error_o  <= result[source].error;
      book_detail_o <= result[source].detail;
    end
  end

  prim_ram_1r1w #(
    .Width($bits(flight_t)), .Depth(Sources * InFlight), .LaneWidth($bits(flight_t))
  ) u_flights (
    .clk_i, .rst_ni,
    .rd_valid_i(|result_valid), .rd_addr_i({source, book_place[source]}), .rd_data_o(book_flight_o),
    .wr_valid_i(start_valid_i), .wr_addr_i({start_source_i, start_place[start_source_i]}),
    .wr_data_i(start_flight_i), .wr_be_i(1'b1), .cfg_i(ram_cfg_i), .err_o(ram_err_o)
  );

endmodule
