// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Last part of a special function: V = k * 2^52 + t * g, rounded to an FP32 value. log2 has a k; the
// others have k = 0 and t = 2^22, and so share the rounding.
//
//   latency 8, one a cycle; stage k loads when en_i[k]. No reset: data only.
//
//      t, g -> [4 products] -> [middle sum, k] -> [V] -> [magnitude] -> [to its byte] -> [to its bit]
//                                                                         -> [round] -> [pack] -> result

module sfu_finish
  import sfu_pkg::*;
(
  input  logic               clk_i,
  input  logic [7:0]         en_i,
  input  meta_t              meta_i,
  input  logic signed [23:0] t_i,        // 24 fraction bits
  input  logic [28:0]        g_i,        // 28 fraction bits
  output logic [31:0]        result_o
);

  localparam int unsigned VBits = 60;    // 52 behind the point
  localparam logic signed [9:0] LogExp = 10'sd133;   // 127 + 6: bit 58 counts 2^6

  meta_t meta_q [6];

  // ---------------------------------------------------------------- V
  logic signed [26:0]      high_q;       // upper halves; then upper and lower, lower and upper, lower
  logic signed [25:0]      cross_q;
  logic [26:0]             other_q;
  logic [25:0]             low0_q;
  logic [VBits-1:0]        outer_q, v_q;
  logic signed [29:0]      middle_q;

  always_ff @(posedge clk_i) begin
    if (en_i[0]) begin
      automatic logic signed [11:0] th = t_i[23:12];
      automatic logic signed [15:0] gh = {1'b0, g_i[28:14]};
      automatic logic signed [14:0] gl = {1'b0, g_i[13:0]};
      high_q    <= 27'(th) * 27'(gh);
      cross_q   <= 26'(th) * 26'(gl);
      other_q   <= 27'(t_i[11:0]) * 27'(g_i[28:14]);
      low0_q    <= 26'(t_i[11:0]) * 26'(g_i[13:0]);
      meta_q[0] <= meta_i;
    end
  end

  // |t * g| < 2^52: what the outer products have above is their sign.
  always_ff @(posedge clk_i) begin
    if (en_i[1]) begin
      automatic logic [7:0] k = (meta_q[0].op == Log2) ? unsigned'(meta_q[0].exp[7:0]) : 8'd0;
      outer_q       <= {k + {8{high_q[26]}}, high_q[25:0], low0_q};
      middle_q      <= 30'(cross_q) + 30'({1'b0, other_q, 2'b00});
      meta_q[1]     <= meta_q[0];
      meta_q[1].exp <= (meta_q[0].op == Log2) ? LogExp : meta_q[0].exp;
    end
  end

  always_ff @(posedge clk_i) begin
    if (en_i[2]) begin
      v_q       <= {outer_q[VBits-1:12] + 48'(middle_q), outer_q[11:0]};
      meta_q[2] <= meta_q[1];
    end
  end

  // ---------------------------------------------------------------- to 24 bits
  typedef struct packed {
    logic [31:0] value;
    logic        sticky;
  } short_t;

  logic [VBits-2:0] size_q;
  short_t           coarse_q;
  logic [1:0]       bytes_q;
  logic [30:0]      value_q;             // without its first one: mantissa and 8 bits more
  logic             sticky_q;

  always_ff @(posedge clk_i) begin
    if (en_i[3]) begin
      size_q         <= (v_q[VBits-2:0] ^ {(VBits-1){v_q[VBits-1]}}) + (VBits-1)'(v_q[VBits-1]);
      meta_q[3]      <= meta_q[2];
      meta_q[3].sign <= meta_q[2].sign || (meta_q[2].kind == Value && v_q[VBits-1]);
    end
  end

  // The first one is in bits 58 to 28.
  always_ff @(posedge clk_i) begin
    if (en_i[4]) begin
      automatic logic [2:0] some = {size_q[58:51] != '0, size_q[50:43] != '0, size_q[42:35] != '0};
      if (some[2]) begin
        coarse_q <= '{value: size_q[58:27], sticky: size_q[26:0] != '0};
        bytes_q  <= 2'd0;
      end else if (some[1]) begin
        coarse_q <= '{value: size_q[50:19], sticky: size_q[18:0] != '0};
        bytes_q  <= 2'd1;
      end else if (some[0]) begin
        coarse_q <= '{value: size_q[42:11], sticky: size_q[10:0] != '0};
        bytes_q  <= 2'd2;
      end else begin
        coarse_q <= '{value: size_q[34:3], sticky: size_q[2:0] != '0};
        bytes_q  <= 2'd3;
      end
      meta_q[4] <= meta_q[3];
    end
  end

  function automatic logic [2:0] zeros(input logic [7:0] top);
    for (int i = 0; i < 7; i++) if (top[7-i]) return 3'(i);
    return 3'd7;
  endfunction

  always_ff @(posedge clk_i) begin
    if (en_i[5]) begin
      automatic logic [2:0] bits = zeros(coarse_q.value[31:24]);
      value_q       <= 31'(coarse_q.value << bits);
      sticky_q      <= coarse_q.sticky;
      meta_q[5]     <= meta_q[4];
      meta_q[5].exp <= meta_q[4].exp - 10'({bytes_q, bits});
    end
  end

  // A carry out of the mantissa goes into the exponent.
  logic [32:0] rounded_q;
  kind_e       kind_q;
  logic        sign_q;
  logic [31:0] result_q;

  always_ff @(posedge clk_i) begin
    if (en_i[6]) begin
      automatic logic up = value_q[7] && (value_q[8] || value_q[6:0] != '0 || sticky_q);
      rounded_q <= {meta_q[5].exp, value_q[30:8]} + 33'(up);
      kind_q    <= meta_q[5].kind;
      sign_q    <= meta_q[5].sign;
    end
  end

  always_ff @(posedge clk_i) begin
    if (en_i[7]) begin
      automatic logic below = rounded_q[32] || rounded_q[31:23] == '0;
      automatic logic above = !rounded_q[32] && rounded_q[31:23] >= 9'd255;
      if (kind_q == Nan) result_q <= vec_pkg::FpNan;
      else if (kind_q == Zero || (kind_q == Value && below)) result_q <= {sign_q, 31'b0};
      else if (kind_q == Inf || above) result_q <= {sign_q, 8'hff, 23'b0};
      else result_q <= {sign_q, rounded_q[30:0]};
    end
  end

  assign result_o = result_q;

endmodule
