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

  output logic [Contexts-1:0] quiet_o [Sources]   // nothing of the context in flight there
);

  typedef struct packed {
    logic [3:0]  error;
    logic [31:0] detail;
  } result_t;

  localparam int unsigned CountWidth = $clog2(InFlight + 1);

  logic [Sources-1:0]    result_valid, pop;
  flight_t               flight [Sources];
  result_t               result [Sources];
  logic [SourceBits-1:0] source;

  for (genvar s = 0; s < int'(Sources); s++) begin : gen_source
    logic start, flight_valid;
    logic [CountWidth-1:0] in_flight_q [Contexts];
    assign start  = start_valid_i && start_source_i == SourceBits'(s);
    assign pop[s] = result_valid[s] && source == SourceBits'(s);

    prim_fifo #(.T(flight_t), .Depth(InFlight)) u_flight (
      .clk_i, .rst_ni,
      .push_valid_i(start), .push_ready_o(room_o[s]), .push_data_i(start_flight_i),
      .pop_valid_o(flight_valid), .pop_ready_i(pop[s]), .pop_data_o(flight[s]), .count_o()
    );

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
    `ASSERT(DoneWasStarted, !result_valid[s] || flight_valid)
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
    `ASSERT(DoneInOrder, !pop[s] || (name_q[name_read_q].ctx == flight[s].ctx &&
                                     name_q[name_read_q].index == flight[s].index))
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
      book_flight_o <= flight[source];
      book_error_o  <= result[source].error;
      book_detail_o <= result[source].detail;
    end
  end

endmodule
