// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// FP32 addition (docs/numerics.md): nearest even, subnormals are zeros, one NaN, exact cancellation
// gives +0. The caller subtracts by flipping a sign.
//
//   latency 4, one a cycle; stage k loads when en_i[k]. No reset: data only.
//
//      a,b -> [larger, smaller moved by 16] -> [align, add] -> [to its nibble]
//          -> [to its bit, round, pack] -> result

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

  // Beyond 31 nothing changes any more.
  function automatic logic [4:0] clamp(input logic [7:0] distance);
    return distance[4:0] | {5{distance[7:5] != '0}};
  endfunction

  // The smaller significand, with room for two bits below, moved down by 16 if it is that far, and
  // whether ones went below that. From 26 on all of it does.
  typedef struct packed {
    logic [25:0] value;
    logic        sticky;
    logic [3:0]  distance;                     // that is left
  } far_t;

  function automatic far_t align_far(input logic [23:0] mant, input logic [4:0] distance);
    automatic logic far = distance[4];
    return '{value: far ? {16'b0, mant[23:14]} : {mant, 2'b00}, sticky: far && mant[13:0] != '0,
             distance: distance[3:0]};
  endfunction

  // With three bits below, the last one sticky.
  function automatic logic [26:0] align(input far_t x);
    return {x.value >> x.distance, x.sticky || (x.value[14:0] & ~(15'h7fff << x.distance)) != '0};
  endfunction

  // Exponent and significand are one number to the rounding one: a carry out of the significand leaves it
  // zero and the exponent one higher, from the largest exponent too, which gives infinity.
  function automatic logic [31:0] finish(input logic sign, input logic [8:0] exp,
                                         input coarse_t coarse);
    automatic logic [1:0]        zeros = nibble_zeros(coarse.value[31:29]);
    automatic logic [26:0]       moved = 27'(coarse.value[31:4] << zeros);
    automatic logic signed [9:0] e     = 10'(exp) - 10'({coarse.nibbles, zeros});
    automatic logic              up    = moved[3] && (moved[4] || moved[2:0] != '0);
    automatic logic [30:0]       value = {e[7:0], moved[26:4]} + 31'(up);
    // Whether the significand's zeros are the result's is known before the sum: with e = 0 a carry leaves
    // zeros too, and makes the exponent 1.
    automatic logic              none  = coarse.value[31:28] == '0 || e < 0;
    automatic logic              over  = e >= 255;
    return {sign, none ? 8'h00 : over ? 8'hff : value[30:23],
            (none || over || e == 0) ? 23'b0 : value[22:0]};
  endfunction

  logic [23:0]       large_q;
  far_t              small_q;
  logic [7:0]        exp1_q, exp2_q;
  logic [8:0]        exp3_q;
  logic              minus_q, sign1_q, sign2_q, sign3_q, zero_sign1_q, zero_sign2_q;
  class_e            class1_q, class2_q, class3_q;
  logic [27:0]       sum_q;
  coarse_t           coarse_q;
  logic [31:0]       result_q;

  always_ff @(posedge clk_i) begin
    if (en_i[0]) begin
      // Both ways beside the comparison, which only chooses.
      automatic logic        swap   = a_i[30:0] < b_i[30:0];
      automatic logic [23:0] mant_a = mantissa(a_i[30:0]);
      automatic logic [23:0] mant_b = mantissa(b_i[30:0]);
      automatic logic [7:0]  a_by_b = a_i[30:23] - b_i[30:23];
      automatic logic [7:0]  b_by_a = b_i[30:23] - a_i[30:23];
      large_q      <= swap ? mant_b : mant_a;
      small_q      <= swap ? align_far(mant_a, clamp(b_by_a)) : align_far(mant_b, clamp(a_by_b));
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
                           {{1'b0, align(small_q)} ^ {28{minus_q}}, minus_q}) >> 1);
      exp2_q       <= exp1_q;
      sign2_q      <= sign1_q;
      zero_sign2_q <= zero_sign1_q;
      class2_q     <= class1_q;
    end
  end

  always_ff @(posedge clk_i) begin
    if (en_i[2]) begin
      coarse_q <= norm_coarse({sum_q, 4'b0}, 1'b0);
      exp3_q   <= 9'(exp2_q) + 9'd1;
      sign3_q  <= (sum_q == '0) ? zero_sign2_q : sign2_q;
      class3_q <= class2_q;
    end
  end

  always_ff @(posedge clk_i) begin
    if (en_i[3]) begin
      unique case (class3_q)
        Inf:     result_q <= {sign3_q, 8'hff, 23'b0};
        Nan:     result_q <= FpNan;
        default: result_q <= finish(sign3_q, exp3_q, coarse_q);
      endcase
    end
  end

  assign result_o = result_q;

endmodule
