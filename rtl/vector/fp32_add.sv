// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// FP32 addition (docs/numerics.md): nearest even, subnormals are zeros, one NaN, exact cancellation
// gives +0. The caller subtracts by flipping a sign.
//
//   latency 4, one a cycle; stage k loads when en_i[k]. No reset: data only.
//
//      a,b -> [larger, smaller, distance] -> [align, add] -> [normalise] -> [round, pack] -> result

module fp32_add
  import vec_pkg::*;
(
  input  logic        clk_i,
  input  logic [3:0]  en_i,
  input  logic [31:0] a_i,
  input  logic [31:0] b_i,
  output logic [31:0] result_o
);

  typedef enum logic [1:0] {Finite, Inf, Nan} class_e;

  function automatic class_e classify(input logic [31:0] a, input logic [31:0] b);
    logic a_top, b_top;
    a_top = a[30:23] == '1;
    b_top = b[30:23] == '1;
    if (fp_is_nan(a[30:0]) || fp_is_nan(b[30:0]) || (a_top && b_top && a[31] != b[31])) return Nan;
    return (a_top || b_top) ? Inf : Finite;
  endfunction

  // Significand, 0 for subnormals.
  function automatic logic [23:0] mantissa(input logic [30:0] x);
    return (x[30:23] == '0) ? 24'b0 : {1'b1, x[22:0]};
  endfunction

  // The smaller significand with three bits below, the last one sticky: what was shifted out. From 26 on
  // all of it is sticky.
  function automatic logic [26:0] align(input logic [23:0] mant, input logic [7:0] distance);
    logic [25:0] wide;
    wide = {mant, 2'b00};
    if (distance[7:5] != '0) return {26'b0, mant != '0};
    return {wide >> distance[4:0], (wide & ~(26'h3ff_ffff << distance[4:0])) != '0};
  endfunction

  logic [23:0]       large_q, small_q;
  logic [7:0]        distance_q, exp1_q, exp2_q;
  logic              minus_q, sign1_q, sign2_q, sign3_q, zero_sign1_q, zero_sign2_q;
  class_e            class1_q, class2_q, class3_q;
  logic [27:0]       sum_q;
  logic [26:0]       norm_q;
  logic signed [9:0] exp3_q;
  logic [31:0]       result_q;

  function automatic logic [24:0] round(input logic [26:0] norm);
    return 25'(norm[26:3]) + 25'(norm[2] && (norm[3] || norm[1:0] != '0));
  endfunction

  always_ff @(posedge clk_i) begin
    if (en_i[0]) begin
      // Both ways beside the comparison, which only chooses.
      automatic logic        swap   = a_i[30:0] < b_i[30:0];
      automatic logic [23:0] mant_a = mantissa(a_i[30:0]);
      automatic logic [23:0] mant_b = mantissa(b_i[30:0]);
      automatic logic [7:0]  a_by_b = a_i[30:23] - b_i[30:23];
      automatic logic [7:0]  b_by_a = b_i[30:23] - a_i[30:23];
      large_q      <= swap ? mant_b : mant_a;
      small_q      <= swap ? mant_a : mant_b;
      distance_q   <= swap ? b_by_a : a_by_b;
      exp1_q       <= swap ? b_i[30:23] : a_i[30:23];
      sign1_q      <= swap ? b_i[31] : a_i[31];
      minus_q      <= a_i[31] != b_i[31];
      zero_sign1_q <= a_i[31] && b_i[31];
      class1_q     <= classify(a_i, b_i);
    end
  end

  always_ff @(posedge clk_i) begin
    if (en_i[1]) begin
      // One carry chain for both: the lowest bit makes the carry of a subtraction.
      sum_q        <= 28'(({1'b0, large_q, 3'b0, minus_q} +
                           {{1'b0, align(small_q, distance_q)} ^ {28{minus_q}}, minus_q}) >> 1);
      exp2_q       <= exp1_q;
      sign2_q      <= sign1_q;
      zero_sign2_q <= zero_sign1_q;
      class2_q     <= class1_q;
    end
  end

  always_ff @(posedge clk_i) begin
    if (en_i[2]) begin
      // The leading one goes to bit 27; the bit below the last one kept is sticky.
      automatic coarse_t     coarse = norm_coarse({sum_q, 4'b0}, 1'b0);
      automatic logic [1:0]  zeros  = nibble_zeros(coarse.value[31:29]);
      automatic logic [27:0] moved  = coarse.value[31:4] << zeros;
      norm_q   <= {moved[27:2], moved[1:0] != '0};
      exp3_q   <= 10'(exp2_q) + 10'sd1 - 10'({coarse.nibbles, zeros});
      sign3_q  <= (sum_q == '0) ? zero_sign2_q : sign2_q;
      class3_q <= class2_q;
    end
  end

  always_ff @(posedge clk_i) begin
    if (en_i[3]) begin
      unique case (class3_q)
        Inf:     result_q <= {sign3_q, 8'hff, 23'b0};
        Nan:     result_q <= FpNan;
        default: begin
          if (norm_q[26]) result_q <= fp_pack(sign3_q, exp3_q, round(norm_q));
          else result_q <= {sign3_q, 31'b0};
        end
      endcase
    end
  end

  assign result_o = result_q;

endmodule
