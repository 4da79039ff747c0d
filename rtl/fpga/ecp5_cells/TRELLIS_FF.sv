// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// ECP5: a flip-flop of a slice.
//
//   CLKMUX   "CLK" rising edge, "INV" falling
//   CEMUX    "CE", "INV", "1", "0": what enables the clock
//   LSRMUX   "LSR", "INV": what sets or resets
//   SRMODE   "LSR_OVER_CE": synchronous, whether enabled or not; "CE_OVER_LSR": synchronous, when
//            enabled; "ASYNC": at once
//   REGSET   "SET", "RESET": the value then, and after configuration
//   LSRMODE  "LSR" as above; "PRLD": M is loaded instead of a constant
//   GSR      global set/reset, which nothing drives in simulation: without effect
//
// After configuration the device holds REGSET. Here the first value is the simulator's, random by its
// seed: nothing may depend on configuration. What a mode does not use stays open.

module TRELLIS_FF #(
  parameter string GSR     = "ENABLED",
  parameter string CEMUX   = "CE",
  parameter string CLKMUX  = "CLK",
  parameter string LSRMUX  = "LSR",
  parameter string LSRMODE = "LSR",
  parameter string SRMODE  = "LSR_OVER_CE",
  parameter string REGSET  = "RESET"
) (
  input  logic CLK,
  input  logic CE,
  input  logic LSR,
  input  logic DI,
  input  logic M,
  output logic Q
);

  if (CEMUX != "CE" && CEMUX != "INV" && CEMUX != "1" && CEMUX != "0") begin : gen_bad_cemux
    $fatal(1, "TRELLIS_FF: CEMUX must be CE, INV, 1 or 0");
  end
  if (CLKMUX != "CLK" && CLKMUX != "INV") begin : gen_bad_clkmux
    $fatal(1, "TRELLIS_FF: CLKMUX must be CLK or INV");
  end
  if (LSRMUX != "LSR" && LSRMUX != "INV") begin : gen_bad_lsrmux
    $fatal(1, "TRELLIS_FF: LSRMUX must be LSR or INV");
  end
  if (SRMODE != "LSR_OVER_CE" && SRMODE != "CE_OVER_LSR" && SRMODE != "ASYNC") begin : gen_bad_srmode
    $fatal(1, "TRELLIS_FF: SRMODE must be LSR_OVER_CE, CE_OVER_LSR or ASYNC");
  end
  if ((LSRMODE != "LSR" && LSRMODE != "PRLD") || (REGSET != "SET" && REGSET != "RESET")) begin : gen_bad_value
    $fatal(1, "TRELLIS_FF: LSRMODE must be LSR or PRLD, REGSET must be SET or RESET");
  end

  logic clock, enable, set_reset, value;

  assign clock     = (CLKMUX == "INV") ? !CLK : CLK;
  assign enable    = (CEMUX == "CE") ? CE : (CEMUX == "INV") ? !CE : (CEMUX == "1");
  assign set_reset = (LSRMUX == "INV") ? !LSR : LSR;
  assign value     = (LSRMODE == "PRLD") ? M : (REGSET == "SET");

  if (SRMODE == "ASYNC") begin : gen_async
    always_ff @(posedge clock or posedge set_reset) begin
      if (set_reset)   Q <= value;
      else if (enable) Q <= DI;
    end
  end else if (SRMODE == "LSR_OVER_CE") begin : gen_over_enable
    always_ff @(posedge clock) begin
      if (set_reset)   Q <= value;
      else if (enable) Q <= DI;
    end
  end else begin : gen_when_enabled
    always_ff @(posedge clock) begin
      if (enable) Q <= set_reset ? value : DI;
    end
  end

endmodule
