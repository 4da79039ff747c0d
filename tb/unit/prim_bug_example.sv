// SPDX-License-Identifier: Apache-2.0
//
// The smallest module with a seeded bug, for the test of the macro.

`include "prim_bug.svh"

module prim_bug_example (
  input  logic [7:0] a_i,
  input  logic [7:0] b_i,
  output logic [7:0] sum_o
);
  assign sum_o = `SEEDED_BUG(7, a_i + b_i, a_i + b_i + 8'd1);
endmodule
