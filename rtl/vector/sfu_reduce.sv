// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// First part of a special function: operand to fraction F, table, and what becomes of the exponent.
//
//   latency 3, one a cycle; stage k loads when en_i[k]. No reset: data only.
//
//      x -> [mantissa to its byte] -> [to its bit; class, exponent] -> [round, sign] -> whole, F
//
//   exp2 needs floor(x * 2^25 + 1/2). The others take the same way as if their exponent were 0: then F is
//   the mantissa, and nothing is rounded.

module sfu_reduce
  import sfu_pkg::*;
(
  input  logic                           clk_i,
  input  logic [2:0]                     en_i,
  input  op_e                            op_i,
  input  logic [31:0]                    x_i,
  output meta_t                          meta_o,      // of exp2 without its exponent, which is whole_o
  output girih_functions_pkg::table_e    table_o,
  output logic signed [8:0]              whole_o,     // n of exp2
  output logic [FractionBits-1:0]        fraction_o
);

  // 8 bits before the point, 25 and a half one behind it; and whether ones went below that.
  typedef struct packed {
    logic [33:0] value;
    logic        sticky;
  } fixed_t;

  function automatic fixed_t down(input logic [22:0] mantissa, input logic [4:0] bytes);
    automatic logic [23:0] mant = {1'b1, mantissa};
    unique case (bytes)
      5'd0:    return '{value: {mant, 10'b0}, sticky: 1'b0};
      5'd1:    return '{value: {8'b0, mant, 2'b0}, sticky: 1'b0};
      5'd2:    return '{value: {16'b0, mant[23:6]}, sticky: mant[5:0] != '0};
      5'd3:    return '{value: {24'b0, mant[23:14]}, sticky: mant[13:0] != '0};
      5'd4:    return '{value: {32'b0, mant[23:22]}, sticky: mant[21:0] != '0};
      default: return '0;                              // below a quarter of the last place
    endcase
  endfunction

  // `some`: the mantissa is not zero.
  function automatic kind_e classify(input op_e op, input logic negative, input logic [7:0] e,
                                     input logic some);
    automatic logic zero = e == '0;
    automatic logic top  = e == '1;
    if (top && some) return Nan;
    unique case (op)
      Exp2:    return e < 8'd135 ? Value : negative ? Zero : Inf;            // beyond 256
      Recip:   return zero ? Inf : top ? Zero : Value;
      Rsqrt:   return zero ? Inf : negative ? Nan : top ? Zero : Value;
      default: return zero ? Inf : negative ? Nan : top ? Inf : (e == 8'd127 && !some) ? Zero : Value;
    endcase
  endfunction

  // Of what is no sum: that of log2 has its own.
  function automatic logic sign(input op_e op, input logic negative, input logic [7:0] e);
    unique case (op)
      Exp2:    return 1'b0;
      Log2:    return e == '0;
      default: return negative;
    endcase
  endfunction

  // Where the table begins at 1 and the sum has its one in bit 50, eight below bit 58.
  function automatic logic signed [9:0] exponent(input op_e op, input logic [7:0] e, input logic upper);
    unique case (op)
      Rsqrt:   return 10'sd198 - 10'((9'(e) + 9'd1) >> 1);
      Log2:    return 10'(e) - 10'sd127 + 10'(upper);
      default: return 10'sd261 - 10'(e);
    endcase
  endfunction

  fixed_t      coarse_q, fine_q;
  logic [2:0]  bits_q;                                 // still to be moved
  logic        negative1_q, negative2_q, upper1_q, some1_q, odd2_q;
  logic [7:0]  e1_q;
  op_e         op1_q;
  meta_t       meta2_q, meta3_q;
  logic [33:0] whole_q;
  girih_functions_pkg::table_e table_q;

  always_ff @(posedge clk_i) begin
    if (en_i[0]) begin
      automatic logic [7:0] distance = (op_i == Exp2) ? 8'd134 - x_i[30:23] : 8'd7;
      coarse_q    <= down(x_i[22:0], distance[7:3]);
      bits_q      <= distance[2:0];
      negative1_q <= x_i[31];
      upper1_q    <= x_i[22];
      some1_q     <= x_i[22:0] != '0;
      e1_q        <= x_i[30:23];
      op1_q       <= op_i;
    end
  end

  always_ff @(posedge clk_i) begin
    if (en_i[1]) begin
      automatic logic [40:0] moved = {coarse_q.value, 7'b0} >> bits_q;
      fine_q      <= '{value: moved[40:7], sticky: coarse_q.sticky || moved[6:0] != '0};
      negative2_q <= op1_q == Exp2 && negative1_q;
      odd2_q      <= !e1_q[0];                         // the bias is odd
      meta2_q     <= '{
        kind: classify(op1_q, negative1_q, e1_q, some1_q), sign: sign(op1_q, negative1_q, e1_q),
        op: op1_q, exp: exponent(op1_q, e1_q, upper1_q)
      };
    end
  end

  // Halves up. The one of a negation and the one of rounding are one carry: floor(1/2 - y) is -ceil(y - 1/2).
  always_ff @(posedge clk_i) begin
    if (en_i[2]) begin
      automatic logic half = fine_q.value[0];
      whole_q <= ({1'b0, fine_q.value[33:1]} ^ {34{negative2_q}}) +
                 34'(negative2_q ? !(half && fine_q.sticky) : half);
      meta3_q <= meta2_q;
      unique case (meta2_q.op)
        Exp2:    table_q <= girih_functions_pkg::TableExp2;
        Recip:   table_q <= girih_functions_pkg::TableRecip;
        Rsqrt:   table_q <= odd2_q ? girih_functions_pkg::TableRsqrt1 : girih_functions_pkg::TableRsqrt0;
        default: table_q <= girih_functions_pkg::TableLog2;
      endcase
    end
  end

  assign meta_o     = meta3_q;
  assign table_o    = table_q;
  assign whole_o    = whole_q[33:25];
  assign fraction_o = whole_q[24:0];

endmodule
