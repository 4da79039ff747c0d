// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// The clock of one engine: stands still while the engine has nothing to do (docs/blocks/top.md).
//
//   opens    with the command: wake_i before an edge lets that edge through, no cycle is lost
//   closes   Hold cycles after the engine has become idle, so that its last pulses end
//   always open in reset and while test_en_i

`include "prim_assert.svh"

module engine_clock #(
  parameter int unsigned Hold = 8
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic wake_i,                          // a command is offered
  input  logic idle_i,                          // the engine has none
  input  logic silent_i,                        // the engine's outputs ask for nothing
  input  logic test_en_i,
  output logic clk_o
);

  localparam int unsigned Bits = $clog2(Hold + 1);

  logic [Bits-1:0] hold_q;
  logic            busy, open;

  assign busy = wake_i || !idle_i || !rst_ni;
  assign open = busy || hold_q != '0;

  always_ff @(posedge clk_i) begin
    if (busy) hold_q <= Bits'(Hold);
    else if (hold_q != '0) hold_q <= hold_q - 1'b1;
  end

  prim_clk_gate u_gate (.clk_i, .en_i(open), .test_en_i, .clk_o);

  logic unused_silent;
  assign unused_silent = silent_i;
  // A pulse or request that stood when the clock stops would stand for ever.
  `ASSERT(SilentWhenStopped, open || silent_i)
  `COVER(Stopped, !open)
  `COVER(WokenWhileHeld, wake_i && idle_i && hold_q != '0)

endmodule
