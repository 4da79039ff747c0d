// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Whether each context runs: error record, halt, context reset.
//
//   halt          the first error is recorded, raises the error interrupt, and blocks the context:
//                 nothing more of it is fetched, validated or started; its queues are flushed
//   reset         blocks likewise; waits until nothing of the context is in flight anywhere; then
//                 clear_o for one cycle. Bounded as long as AXI answers.
//   priority      errors of the same context in one cycle: engine result (or token overflow of the
//                 same instruction, ranked below its own error), validation, deadlock
//
//        StRun --error--> StHalted --reset--> StDrain --drained--> StClear --> StRun
//          +------------------------reset------^

`include "prim_assert.svh"

module ctx_control
  import girih_pkg::*;
  import girih_ctrl_pkg::*;
  import girih_isa_pkg::*;
(
  input  logic          clk_i,
  input  logic          rst_ni,

  input  logic          reset_i,            // level: asked for until clear_o
  input  logic          drained_i,          // nothing of the context in flight anywhere

  input  logic          booked_i,           // an instruction of the context is booked with an error
  input  error_record_t booked_error_i,
  input  logic          invalid_i,          // validation refused an instruction
  input  error_record_t invalid_error_i,
  input  logic          stuck_i,            // deadlock
  input  error_record_t stuck_error_i,

  output logic          blocked_o,          // register
  output logic          halted_o,
  output logic          resetting_o,
  output logic          clear_o,            // registered, one cycle
  output logic          error_irq_o,        // one cycle
  output error_record_t error_o
);

  typedef enum logic [1:0] {
    StRun,
    StHalted,     // an error is on record
    StDrain,      // context reset: waits for what is in flight
    StClear       // and wipes
  } state_e;
  state_e state_q, state_next;

  error_record_t record_q, found;
  logic          fault;

  always_comb begin
    fault = 1'b0;
    found = stuck_error_i;
    if (state_q == StRun) begin
      if (booked_i) begin
        fault = 1'b1;
        found = booked_error_i;
      end else if (invalid_i) begin
        fault = 1'b1;
        found = invalid_error_i;
      end else if (stuck_i) begin
        fault = 1'b1;
      end
    end
  end

  always_comb begin
    state_next = state_q;
    unique case (state_q)
      StRun: begin
        if (reset_i) state_next = StDrain;
        else if (fault) state_next = StHalted;
      end
      StHalted: if (reset_i) state_next = StDrain;
      StDrain:  if (drained_i) state_next = StClear;
      StClear:  state_next = StRun;
      default:  state_next = StRun;
    endcase
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q   <= StRun;
      blocked_o <= 1'b0;
      clear_o   <= 1'b0;
      record_q  <= '0;
    end else begin
      state_q   <= state_next;
      blocked_o <= state_next != StRun;
      clear_o   <= state_next == StClear;
      if (state_q == StClear) record_q <= '0;
      else if (fault) record_q <= found;
    end
  end

  assign halted_o    = record_q.code != ErrNone;
  assign resetting_o = state_q == StDrain || state_q == StClear;
  assign error_irq_o = fault && !reset_i;
  assign error_o     = record_q;

  `ASSERT(ClearsDrained, state_q != StClear || drained_i)
  `ASSERT(HaltHasRecord, state_q != StHalted || record_q.code != ErrNone)
  `COVER(ResetWhileRunning, state_q == StRun && reset_i)
  `COVER(ResetMeetsFault, fault && reset_i)
  `COVER(TwoErrors, booked_i && invalid_i)

endmodule
