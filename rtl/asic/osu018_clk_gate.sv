// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// prim_clk_gate in cells of the osu018 library, which has no clock gate of its own: a latch that is open
// while the clock is low, and an AND. scripts/silicon/asic.py reads this file in the place of
// rtl/prim/prim_clk_gate.sv; another library has a file of its own.

module prim_clk_gate (
  input  logic clk_i,
  input  logic en_i,
  input  logic test_en_i,
  output logic clk_o
);

  logic enable, low, open;
  OR2X1   u_enable (.A(en_i), .B(test_en_i), .Y(enable));
  INVX1   u_low    (.A(clk_i), .Y(low));
  LATCH   u_open   (.CLK(low), .D(enable), .Q(open));
  AND2X2  u_gate   (.A(clk_i), .B(open), .Y(clk_o));

endmodule

(* blackbox *) module OR2X1 (input logic A, input logic B, output logic Y); endmodule
(* blackbox *) module INVX1 (input logic A, output logic Y); endmodule
(* blackbox *) module LATCH (input logic CLK, input logic D, output logic Q); endmodule
(* blackbox *) module AND2X2 (input logic A, input logic B, output logic Y); endmodule
