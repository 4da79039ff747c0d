// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// FP32 to INT32, nearest even; what lies beyond saturates, NaN gives 0.
//
//   latency 2, one a cycle; stage k loads when en_i[k]. No reset: data only.
//
//      value -> [shift out the fraction] -> [round, sign] -> result

module fp32_to_int
  import vec_pkg::*;
(
  input  logic        clk_i,
  input  logic [1:0]  en_i,
  input  logic [31:0] value_i,
  output logic [31:0] result_o
);

  // {integer part, half, below half}; magnitudes below 2^31 only.
  function automatic logic [33:0] split(input logic [30:0] value);
    logic [63:0] wide;
    if (value[30:23] < 8'd125) return '0;       // below a quarter
    wide = {1'b1, value[22:0], 40'b0} >> (8'd158 - value[30:23]);
    return {wide[63:31], wide[30:0] != '0};
  endfunction

  logic [33:0] split_q;
  logic        sign_q, beyond_q, nan_q;
  logic [31:0] result_q;

  function automatic logic [31:0] round(input logic [33:0] parts, input logic negative);
    logic [31:0] magnitude;
    magnitude = parts[33:2] + 32'(parts[1] && (parts[0] || parts[2]));
    return negative ? -magnitude : magnitude;
  endfunction

  always_ff @(posedge clk_i) begin
    if (en_i[0]) begin
      split_q  <= split(value_i[30:0]);
      sign_q   <= value_i[31];
      beyond_q <= value_i[30:23] >= 8'd158;
      nan_q    <= fp_is_nan(value_i[30:0]);
    end
  end

  always_ff @(posedge clk_i) begin
    if (en_i[1]) begin
      if (nan_q) result_q <= '0;
      else if (beyond_q) result_q <= sign_q ? 32'h8000_0000 : 32'h7fff_ffff;
      else result_q <= round(split_q, sign_q);
    end
  end

  assign result_o = result_q;

endmodule
