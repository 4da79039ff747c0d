// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// FP32 to INT32, nearest even; what lies beyond saturates, NaN gives 0.
//
//   latency 2, one a cycle; stage k loads when en_i[k]. No reset: data only.
//
//      value -> [to its byte] -> [to its bit, round, sign] -> result

module fp32_to_int
  import vec_pkg::*;
(
  input  logic        clk_i,
  input  logic [1:0]  en_i,
  input  logic [31:0] value_i,
  output logic [31:0] result_o
);

  // Magnitudes below 2^31 only: integer part and half, moved down by whole bytes, and whether ones went
  // below that.
  typedef struct packed {
    logic [32:0] value;
    logic        sticky;
  } coarse_down_t;

  function automatic coarse_down_t down(input logic [30:0] value, input logic [2:0] bytes);
    automatic logic [23:0]  mant = {1'b1, value[22:0]};
    automatic coarse_down_t r;
    if (value[30:23] < 8'd125) return '0;       // below a quarter
    unique case (bytes)
      3'd0:    r = '{value: {mant, 9'b0}, sticky: 1'b0};
      3'd1:    r = '{value: {8'b0, mant, 1'b0}, sticky: 1'b0};
      3'd2:    r = '{value: {16'b0, mant[23:7]}, sticky: mant[6:0] != '0};
      3'd3:    r = '{value: {24'b0, mant[23:15]}, sticky: mant[14:0] != '0};
      default: r = '{value: {32'b0, mant[23]}, sticky: mant[22:0] != '0};
    endcase
    return r;
  endfunction

  coarse_down_t coarse_q;
  logic [2:0]  bits_q;                 // still to be moved
  logic        sign_q, beyond_q, nan_q;
  logic [31:0] result_q;

  // The one of a negation and the one of rounding are one carry: -(m + up) = ~m + !up.
  function automatic logic [31:0] round(input coarse_down_t coarse, input logic [2:0] bits,
                                        input logic negative);
    automatic logic [39:0] moved = {coarse.value, 7'b0} >> bits;
    automatic logic        up = moved[7] && (moved[8] || coarse.sticky || moved[6:0] != '0);
    return (moved[39:8] ^ {32{negative}}) + 32'(up ^ negative);
  endfunction

  always_ff @(posedge clk_i) begin
    if (en_i[0]) begin
      automatic logic [5:0] distance = 6'(8'd158 - value_i[30:23]);
      coarse_q <= down(value_i[30:0], distance[5:3]);
      bits_q   <= distance[2:0];
      sign_q   <= value_i[31];
      beyond_q <= value_i[30:23] >= 8'd158;
      nan_q    <= fp_is_nan(value_i[30:0]);
    end
  end

  always_ff @(posedge clk_i) begin
    if (en_i[1]) begin
      if (nan_q) result_q <= '0;
      else if (beyond_q) result_q <= sign_q ? 32'h8000_0000 : 32'h7fff_ffff;
      else result_q <= round(coarse_q, bits_q, sign_q);
    end
  end

  assign result_o = result_q;

endmodule
