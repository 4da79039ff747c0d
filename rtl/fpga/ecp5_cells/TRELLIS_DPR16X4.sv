// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// ECP5: slices as memory, 16 words of 4 bits, one write port and one read port.
//
//   write    at the edge of WCK that WCKMUX chooses ("WCK" rising, "INV" falling), when WRE
//            (WREMUX "WRE", "INV", "1", "0")
//   read     combinational; a word that is written changes with the edge
//   INITVAL  contents after configuration, word 0 in the low bits. Where it is not given the first
//            contents are the simulator's

module TRELLIS_DPR16X4 #(
  parameter string WCKMUX = "WCK",
  parameter string WREMUX = "WRE",
  parameter logic [63:0] INITVAL = {64{1'bx}}
) (
  input  logic       WCK,
  input  logic       WRE,
  input  logic [3:0] WAD,
  input  logic [3:0] DI,
  input  logic [3:0] RAD,
  output logic [3:0] DO
);

  if (WCKMUX != "WCK" && WCKMUX != "INV") begin : gen_bad_wckmux
    $fatal(1, "TRELLIS_DPR16X4: WCKMUX must be WCK or INV");
  end
  if (WREMUX != "WRE" && WREMUX != "INV" && WREMUX != "1" && WREMUX != "0") begin : gen_bad_wremux
    $fatal(1, "TRELLIS_DPR16X4: WREMUX must be WRE, INV, 1 or 0");
  end

  logic       clock, enable;
  logic [3:0] word_q [16];

  assign clock  = (WCKMUX == "INV") ? !WCK : WCK;
  assign enable = (WREMUX == "WRE") ? WRE : (WREMUX == "INV") ? !WRE : (WREMUX == "1");

  if (^INITVAL !== 1'bx) begin : gen_init
    initial begin
      for (int unsigned i = 0; i < 16; i++) word_q[i] = INITVAL[4*i +: 4];
    end
  end

  always_ff @(posedge clock) begin
    if (enable) word_q[WAD] <= DI;
  end

  assign DO = word_q[RAD];

endmodule
