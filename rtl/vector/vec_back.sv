// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Second half of a lane: d = convert(r * scale), the element's bits in the low end. The scale is the
// instruction's or the element's own (c).
//
//   latency 8 cycles, one element a cycle; every stage has its enable in ctrl_i (see back_t).
//   Without a scale the multiplication is by 1.0, which changes nothing.
//
//   stage 0    1..4        5..6          7
//      r [ ][ * scale ][ to INT32  ][ zero point, clamp, saturate ] -> d
//                      [ or waits  ]

`include "prim_bug.svh"

module vec_back
  import vec_pkg::*;
(
  input  logic        clk_i,
  input  back_t       ctrl_i,
  input  logic [31:0] r_i,
  input  logic [31:0] c_i,
  output logic [31:0] d_o
);

  // The limits are compared without the zero point, beside its addition.
  function automatic logic [31:0] convert(input convert_t what, input logic [31:0] fp,
                                          input logic up, input logic [31:0] rounded);
    logic               far, below, above;
    logic signed [10:0] near;
    logic [7:0]         x;
    // Beyond 1,024 no zero point brings a value back between the limits.
    far   = rounded[31:10] != {22{rounded[31]}};
    near  = signed'(rounded[10:0]);
    x     = rounded[7:0] + what.zd;
    below = far ? rounded[31] : near < signed'(what.low);
    above = far ? !rounded[31] : near > signed'(what.high);
    unique case (what.elem)
      girih_isa_pkg::TypeInt8, girih_isa_pkg::TypeUint8:
        return below ? 32'(`SEEDED_BUG(40, what.lo, 8'h00)) : above ? 32'(what.hi) : {24'b0, x};
      girih_isa_pkg::TypeInt16: begin
        if (rounded[31:15] != {17{rounded[31]}}) return rounded[31] ? 32'h0000_8000 : 32'h0000_7fff;
        return {16'b0, rounded[15:0]};
      end
      girih_isa_pkg::TypeFp32: return fp;
      girih_isa_pkg::TypeBf16: return 32'(fp[31:16] + 16'(up));
      default:                 return rounded;
    endcase
  endfunction

  logic [31:0] r_q, scale_q, scaled, rounded, d_q;

  always_ff @(posedge clk_i) begin
    if (ctrl_i.in_en) begin
      r_q     <= r_i;
      scale_q <= `SEEDED_BUG(43, ctrl_i.factor, 1'b0) ? c_i : ctrl_i.scale;
    end
  end

  logic [31:0] fp5_q, fp6_q;
  logic        up6_q;                  // BF16 rounds up; NaN and infinities have no bits for it

  fp32_mul u_scale (
    .clk_i, .en_i(ctrl_i.mul_en), .a_i(r_q), .b_i(scale_q), .result_o(scaled)
  );
  fp32_to_int u_to_int (.clk_i, .en_i(ctrl_i.int_en), .value_i(scaled), .result_o(rounded));

  always_ff @(posedge clk_i) begin
    if (ctrl_i.int_en[0]) fp5_q <= scaled;
    if (ctrl_i.int_en[1]) begin
      fp6_q <= fp5_q;
      up6_q <= fp5_q[15] && (`SEEDED_BUG(44, fp5_q[16], 1'b1) || fp5_q[14:0] != '0);
    end
    if (ctrl_i.out_en) d_q <= convert(ctrl_i.what, fp6_q, up6_q, rounded);
  end

  assign d_o = d_q;

endmodule
