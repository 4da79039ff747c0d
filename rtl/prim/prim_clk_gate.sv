// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Clock gate: clk_o rises with clk_i when en_i or test_en_i was high before the edge.
//
// Two bodies. Simulation has what an ASIC's library has: a latch that is open while the clock is low, and
// an AND. Synthesis for an FPGA lets every edge pass, since its clock network has no room for gates: so
// whatever is gated must do nothing while en_i is low, and what that says is asserted where it is used.
// An ASIC flow puts its library's cell in the place of this module.

module prim_clk_gate (
  input  logic clk_i,
  input  logic en_i,
  input  logic test_en_i,                       // scan: always let through
  output logic clk_o
);

`ifdef SYNTHESIS
  logic unused_enable;
  assign unused_enable = en_i ^ test_en_i;
  assign clk_o         = clk_i;
`else
  logic open;
  always_latch begin
    if (!clk_i) open = en_i || test_en_i;
  end
  assign clk_o = clk_i & open;
`endif

endmodule
