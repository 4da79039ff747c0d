// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Coefficients of the special functions: 5 tables of 128 segments in a read-only memory.
//
//   latency 2, one a cycle; stage k loads when en_i[k]: a block RAM is slow to answer, and its data go
//   through a register of their own. An ASIC's ROM takes the place of the first stage.

module sfu_rom
  import girih_functions_pkg::*;
(
  input  logic          clk_i,
  input  logic [1:0]    en_i,
  input  table_e        table_i,
  input  logic [6:0]    segment_i,
  output coefficients_t word_o
);

  logic [9:0]    row;
  coefficients_t read_q, word_q;

  assign row = {table_i, segment_i};

  // The case of constants becomes block RAM. Verilator would write it out for every unit.
`ifdef SYNTHESIS
  always_ff @(posedge clk_i) if (en_i[0]) read_q <= coefficients(row);
`else
  always_ff @(posedge clk_i) if (en_i[0]) read_q <= Rows[row];
`endif
  always_ff @(posedge clk_i) if (en_i[1]) word_q <= read_q;

  assign word_o = word_q;

endmodule
