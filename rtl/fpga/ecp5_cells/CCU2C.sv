// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// ECP5: a slice in ripple mode, two bits of an adder. Each bit has a LUT4 that says whether the carry is
// propagated, and the lower quarter of the same table, a LUT2 of A and B, that says what the carry is
// when it is not. INJECT1 = "YES" cuts the bit from its carry in: sum and generated carry see a 0.
//
//   CIN --> [bit 0: INIT0, A0..D0] --> [bit 1: INIT1, A1..D1] --> COUT
//                  |                          |
//                  S0                         S1

module CCU2C #(
  parameter logic [15:0] INIT0 = 16'h0000,
  parameter logic [15:0] INIT1 = 16'h0000,
  parameter string INJECT1_0 = "YES",                  // "YES" or "NO"
  parameter string INJECT1_1 = "YES"
) (
  input  logic CIN,
  input  logic A0, B0, C0, D0,
  input  logic A1, B1, C1, D1,
  output logic S0,
  output logic S1,
  output logic COUT
);

  if ((INJECT1_0 != "YES" && INJECT1_0 != "NO") ||
      (INJECT1_1 != "YES" && INJECT1_1 != "NO")) begin : gen_bad_inject
    $fatal(1, "CCU2C: INJECT1_0 and INJECT1_1 must be YES or NO");
  end

  localparam logic Cut0 = INJECT1_0 == "YES";
  localparam logic Cut1 = INJECT1_1 == "YES";

  logic propagate0, propagate1, generate0, generate1, middle;

  assign propagate0 = INIT0[{D0, C0, B0, A0}];
  assign generate0  = !Cut0 && INIT0[{2'b00, B0, A0}];
  assign S0         = propagate0 ^ (CIN && !Cut0);
  assign middle     = propagate0 ? CIN : generate0;

  assign propagate1 = INIT1[{D1, C1, B1, A1}];
  assign generate1  = !Cut1 && INIT1[{2'b00, B1, A1}];
  assign S1         = propagate1 ^ (middle && !Cut1);
  assign COUT       = propagate1 ? middle : generate1;

endmodule
