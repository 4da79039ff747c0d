// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// ECP5: joins two functions of five (six) inputs into one of six (seven).

module L6MUX21 (
  input  logic D0,
  input  logic D1,
  input  logic SD,                              // 1 selects D1
  output logic Z
);

  assign Z = SD ? D1 : D0;

endmodule
