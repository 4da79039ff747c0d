// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Cuts an activation segment of KDim bytes out of two successive scratchpad words, at any byte, takes
// the zero point off, and masks what lies behind the row's end: it contributes nothing.
//
//   low, high word --> shift by offset --> - zero, mask --> diff_o (register)
//
//   latency 1 cycle, throughput a segment a cycle, no back-pressure.
// Room: straddling segments (two independent halves) shift each half with its own offset.

`include "prim_bug.svh"

module matrix_segment #(
  parameter girih_pkg::cfg_t Cfg = girih_presets_pkg::Default,
  localparam int unsigned WordSize = 8 * Cfg.SpmWordBytes
) (
  input  logic                 clk_i,

  input  logic                 valid_i,
  input  matrix_pkg::segment_t segment_i,
  input  logic [WordSize-1:0]  low_i,
  input  logic [WordSize-1:0]  high_i,

  output matrix_pkg::diff_t    diff_o [Cfg.KDim]
);

  localparam int unsigned WordBits = $clog2(Cfg.SpmWordBytes);

  always_ff @(posedge clk_i) begin
    if (valid_i) begin
      automatic logic [WordSize-1:0] bytes;
      bytes = WordSize'({`SEEDED_BUG(30, high_i, low_i), low_i} >>
                        {segment_i.offset[WordBits-1:0], 3'b0});
      for (int unsigned k = 0; k < Cfg.KDim; k++) begin
        diff_o[k] <= (5'(k) <= segment_i.k_last) ? matrix_pkg::diff(bytes[8*k +: 8], segment_i.op) : '0;
      end
    end
  end

endmodule
