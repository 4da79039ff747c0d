// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// ECP5: any function of four inputs. INIT bit i is the output for {D, C, B, A} = i.

module LUT4 #(
  parameter logic [15:0] INIT = 16'h0000
) (
  input  logic A,
  input  logic B,
  input  logic C,
  input  logic D,
  output logic Z
);

  assign Z = INIT[{D, C, B, A}];

endmodule
