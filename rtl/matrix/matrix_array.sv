// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// The weight tile, double-buffered, and NDim dot products of KDim values.
//
//   weights --> shadow tile --swap--> active tile
//                                        |
//   activations (broadcast) ---------> a*b + c*d --> sum --> dot_o
//                          register:            ^       ^
//
//   latency       2 cycles from the activations to dot_o (3 with the fan-out stage)
//   throughput    a row a cycle; the tile may change between any two rows
//   back-pressure none
// With NDim = 32 the activations get a register for every 8 lanes. A product and one addition, or the
// sum of the pairs, lie between two registers; each product is one 9 x 9 bit multiplier.
//
// Room: depthwise gives each lane an operand multiplexer in front of its multipliers.

module matrix_array #(
  parameter girih_pkg::cfg_t Cfg = girih_presets_pkg::Default,
  parameter int unsigned FanOut = 0           // 1: a register stage for the activations
) (
  input  logic              clk_i,

  input  matrix_pkg::beat_t beat_i,           // into the shadow tile
  input  matrix_pkg::diff_t weight_i [Cfg.WeightPort],
  input  logic              swap_i,           // shadow becomes active in the next cycle

  input  logic              segment_valid_i,  // with segment_i; pair and dot follow it
  input  matrix_pkg::diff_t segment_i [Cfg.KDim],
  input  logic              pair_valid_i,
  input  logic              dot_valid_i,
  output logic signed [31:0] dot_o [Cfg.NDim]
);

  import matrix_pkg::*;

  localparam int unsigned K = Cfg.KDim;
  localparam int unsigned N = Cfg.NDim;
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

  always_ff @(posedge clk_i) begin
    if (swap_i) active_q <= shadow_q;
  end

  // ---------------------------------------------------------------- broadcast
  localparam int unsigned Groups = (FanOut != 0) ? N / 8 : 1;
  diff_t operand [Groups][K];

  if (FanOut != 0) begin : gen_fan_out
    diff_t operand_q [Groups][K];
    always_ff @(posedge clk_i) begin
      if (segment_valid_i) begin
        for (int unsigned g = 0; g < Groups; g++) operand_q[g] <= segment_i;
      end
    end
    assign operand = operand_q;
  end else begin : gen_direct
    logic unused_valid;
    assign unused_valid = segment_valid_i;
    assign operand[0] = segment_i;
  end

  // ---------------------------------------------------------------- dot products
  logic signed [31:0] pair_q [N][K/2];
  logic signed [31:0] dot_q [N];

  // Read as a whole: an array that is only read and written element by element is a memory to Yosys.
  logic signed [31:0] pair [N][K/2];
  assign pair = pair_q;

  always_ff @(posedge clk_i) begin
    if (pair_valid_i) begin
      for (int unsigned n = 0; n < N; n++) begin
        for (int unsigned i = 0; i < K / 2; i++) begin
          pair_q[n][i] <= 32'(active_q[n][2*i])     * 32'(operand[n * Groups / N][2*i])
                        + 32'(active_q[n][2*i + 1]) * 32'(operand[n * Groups / N][2*i + 1]);
        end
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (dot_valid_i) begin
      for (int unsigned n = 0; n < N; n++) begin
        automatic logic signed [31:0] sum = '0;
        for (int unsigned i = 0; i < K / 2; i++) sum += pair[n][i];
        dot_q[n] <= sum;
      end
    end
  end

  assign dot_o = dot_q;

endmodule
