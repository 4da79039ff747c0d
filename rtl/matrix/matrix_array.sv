// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// The weight tile, double-buffered, and NDim dot products of KDim values.
//
//   weights --> shadow tile --swap--> active tile --\
//                                                    a*b --> + of two --> sum, or 256 * sum --> dot_o
//   activations --> a copy for every group of lanes -/
//                          registers:  ^               ^          ^        ^
//
//   latency       4 cycles from the activations to dot_o
//   throughput    a row a cycle; the tile may change between any two rows
//   back-pressure none
// Multipliers lie in columns all over a device. So a product has a register directly before and behind
// it and a cycle for itself, and what all of them wait for (a row is there, the tile changes) stands in
// a register of each lane. Synthesis would take these copies for one: hence `keep`.
//
// Room: depthwise gives each lane an operand multiplexer in front of its copy of the activations.

module matrix_array #(
  parameter girih_pkg::cfg_t Cfg = girih_presets_pkg::Default
) (
  input  logic              clk_i,

  input  matrix_pkg::beat_t beat_i,           // into the shadow tile
  input  matrix_pkg::diff_t weight_i [Cfg.WeightPort],

  input  logic              row_i,            // segment_i is a row's in the next cycle ...
  input  logic              swap_i,           // ... for which the shadow becomes active
  input  matrix_pkg::diff_t segment_i [Cfg.KDim],
  input  logic              shift_i,          // the row summed in the next cycle counts 256 times
  output logic signed [31:0] dot_o [Cfg.NDim]
);

  import matrix_pkg::*;

  localparam int unsigned K = Cfg.KDim;
  localparam int unsigned N = Cfg.NDim;
  localparam int unsigned GroupLanes  = 4;                    // that share a copy of the activations
  localparam int unsigned RowsPerBeat = Cfg.WeightPort / K;   // lanes that a packed beat fills
  localparam int unsigned ColsPerBeat = Cfg.WeightPort / N;   // activations, when transposed

  logic unused_beat;
  assign unused_beat = ^beat_i;

  // ---------------------------------------------------------------- weight tile
  diff_t shadow_q [N][K];
  diff_t active_q [N][K];

  always_ff @(posedge clk_i) begin
    if (beat_i.valid && !beat_i.columns) begin
      for (int unsigned n = 0; n < N; n++) begin
        if (beat_i.packed_rows ? 32'(beat_i.row) / RowsPerBeat == n / RowsPerBeat : 32'(beat_i.row) == n) begin
          for (int unsigned k = 0; k < K; k++) shadow_q[n][k] <= weight_i[(n % RowsPerBeat) * K + k];
        end
      end
    end else if (beat_i.valid) begin
      for (int unsigned k = 0; k < K; k++) begin
        if (beat_i.packed_rows ? 32'(beat_i.row) / ColsPerBeat == k / ColsPerBeat : 32'(beat_i.row) == k) begin
          for (int unsigned n = 0; n < N; n++) shadow_q[n][k] <= weight_i[(k % ColsPerBeat) * N + n];
        end
      end
    end
  end

  // ---------------------------------------------------------------- activations, copied
  diff_t operand_q [N / GroupLanes][K];

  for (genvar g = 0; g < int'(N / GroupLanes); g++) begin : gen_group
    logic row_q;
    (* keep *) always_ff @(posedge clk_i) row_q <= row_i;
    (* keep *) always_ff @(posedge clk_i) if (row_q) operand_q[g] <= segment_i;
  end

  // ---------------------------------------------------------------- dot products
  // Enables are not reset: what they let through before the first row is never written.
  for (genvar n = 0; n < int'(N); n++) begin : gen_lane
    logic row_q, swap_q, shift_q, multiply_q, add_q, sum_q;
    (* keep *) always_ff @(posedge clk_i) row_q <= row_i;
    (* keep *) always_ff @(posedge clk_i) swap_q <= row_i && swap_i;
    (* keep *) always_ff @(posedge clk_i) shift_q <= shift_i;
    always_ff @(posedge clk_i) begin
      multiply_q <= row_q;
      add_q      <= multiply_q;
      sum_q      <= add_q;
    end

    always_ff @(posedge clk_i) if (swap_q) active_q[n] <= shadow_q[n];

    // Read as a whole: an array that is only read and written element by element is a memory to Yosys.
    logic signed [31:0] product_q [K];
    logic signed [31:0] pair_q [K/2];
    logic signed [31:0] product [K];
    logic signed [31:0] pair [K/2];
    assign product = product_q;
    assign pair    = pair_q;

    always_ff @(posedge clk_i) begin
      if (multiply_q) begin
        for (int unsigned k = 0; k < K; k++) begin
          product_q[k] <= 32'(active_q[n][k]) * 32'(operand_q[n / GroupLanes][k]);
        end
      end
    end

    always_ff @(posedge clk_i) begin
      if (add_q) begin
        for (int unsigned i = 0; i < K / 2; i++) pair_q[i] <= product[2*i] + product[2*i + 1];
      end
    end

    always_ff @(posedge clk_i) begin
      if (sum_q) begin
        automatic logic signed [31:0] sum = '0;
        for (int unsigned i = 0; i < K / 2; i++) sum += pair[i];
        dot_o[n] <= shift_q ? sum <<< 8 : sum;
      end
    end
  end

endmodule
