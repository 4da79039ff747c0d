// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Middle part of a special function: g = c0 + (c1 + c2 * d) * d of a segment.
//
//   latency 7, one a cycle; stage k loads when en_i[k]. No reset: data only. A register stands before and
//   directly behind each product.
//
//      table, segment -> [read] -> [word] -> [c2 * d] -> [q = c1 +] -> [q * d, low bits] -> [sum] -> [c0 +] -> g

`include "prim_bug.svh"

module sfu_poly
  import girih_functions_pkg::*;
(
  input  logic               clk_i,
  input  logic [6:0]         en_i,
  input  table_e             table_i,
  input  logic [6:0]         segment_i,
  input  logic signed [17:0] d2_i,       // from its segment's middle; of what the word register holds
  input  logic signed [17:0] d4_i,       // of what q holds
  output logic [28:0]        g_o         // 28 fraction bits, below 2
);

  coefficients_t       word;
  logic signed [33:0]  first_q;          // c2 * d
  logic signed [19:0]  c1_q, q_q;
  logic signed [35:0]  second_q, sum_q;  // q * d without its two low bits, which decide nothing
  logic signed [19:0]  low_q;
  logic signed [29:0]  c0_q [4];
  logic [28:0]         g_q;

  sfu_rom u_rom (.clk_i, .en_i(en_i[1:0]), .table_i, .segment_i, .word_o(word));

  always_ff @(posedge clk_i) begin
    if (en_i[2]) begin
      first_q <= 34'(word.c2) * 34'(d2_i);
      c1_q    <= word.c1;
      c0_q[0] <= word.c0;
    end
  end

  // A one below the last place of one addend and the rounding bit below that of the other: a carry.
  always_ff @(posedge clk_i) begin
    if (en_i[3]) begin
      q_q     <= 20'(({c1_q, 1'b1} + {{5{first_q[33]}}, first_q[33:19],
                                      `SEEDED_BUG(41, first_q[18], 1'b0)}) >> 1);
      c0_q[1] <= c0_q[0];
    end
  end

  // 20 x 18 bits as 18 x 18 in a multiplier and 2 x 18 beside it.
  always_ff @(posedge clk_i) begin
    if (en_i[4]) begin
      automatic logic signed [17:0] high = q_q[19:2];
      second_q <= 36'(high) * 36'(d4_i);
      low_q    <= (q_q[1] ? {d4_i[17], d4_i, 1'b0} : 20'sd0) + (q_q[0] ? 20'(d4_i) : 20'sd0);
      c0_q[2]  <= c0_q[1];
    end
  end

  always_ff @(posedge clk_i) begin
    if (en_i[5]) begin
      sum_q   <= second_q + 36'(low_q >>> 2);
      c0_q[3] <= c0_q[2];
    end
  end

  always_ff @(posedge clk_i) begin
    if (en_i[6]) g_q <= 29'(({c0_q[3], 1'b1} + {{7{sum_q[35]}}, sum_q[35:12]}) >> 1);
  end

  assign g_o = g_q;

  logic unused;
  assign unused = ^{first_q[17:0], sum_q[11:0]};

endmodule
