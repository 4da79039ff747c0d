// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// The place of a clock gate. This body lets every edge pass: it is right everywhere, since a gated
// register must also have its own enable, and it has no latch. An ASIC flow puts its library's
// integrated clock gate here: clk_o rises with clk_i when en_i or test_en_i was high before the edge.

module prim_clk_gate (
  input  logic clk_i,
  input  logic en_i,
  input  logic test_en_i,                       // scan: always let through
  output logic clk_o
);

  logic unused_enable;
  assign unused_enable = en_i ^ test_en_i;
  assign clk_o         = clk_i;

endmodule
