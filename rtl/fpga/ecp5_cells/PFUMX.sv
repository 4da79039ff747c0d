// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// ECP5: joins the two LUT4 of a slice into a function of five inputs.

module PFUMX (
  input  logic ALUT,
  input  logic BLUT,
  input  logic C0,                              // 1 selects ALUT
  output logic Z
);

  assign Z = C0 ? ALUT : BLUT;

endmodule
