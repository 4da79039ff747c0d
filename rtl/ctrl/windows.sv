// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// The windows of all contexts: the `windows` ranges of girih.rdl, which the register block hands on, in
// a memory small enough for distributed RAM. It reads as zero until written.
//
//   host      one access at a time; read data is combinational, a write is seen in the next cycle
//   looks     each asks for one window of one context, combinationally
//
//        word  0..7 base page   8..15 pages   16..23 permission (bit 0 read, bit 1 write)

`include "prim_assert.svh"

module windows
  import girih_pkg::*;
  import girih_ctrl_pkg::*;
#(
  parameter int unsigned Contexts = 4,
  parameter int unsigned Looks    = 5,
  localparam int unsigned CtxBits   = $clog2(Contexts),
  localparam int unsigned PlaceBits = CtxBits + $clog2(Windows)
) (
  input  logic               clk_i,
  input  logic               rst_ni,

  input  window_access_t     host_i,
  output logic [31:0]        host_rdata_o,

  input  logic [CtxBits-1:0] look_ctx_i    [Looks],
  input  logic [2:0]         look_window_i [Looks],
  output window_t            look_o        [Looks]
);

  typedef logic [PlaceBits-1:0] place_t;

  logic [$bits(window_t)-1:0]  table_q [Contexts * Windows];
  logic [Contexts*Windows-1:0] known_q;         // written since reset

  for (genvar l = 0; l < int'(Looks); l++) begin : gen_look
    place_t at;
    assign at        = {look_ctx_i[l], look_window_i[l]};
    assign look_o[l] = known_q[at] ? table_q[at] : '0;
  end

  place_t      at;
  window_t     old, merged;
  logic [31:0] word;
  assign at   = {CtxBits'(host_i.ctx), host_i.word[2:0]};
  assign old  = known_q[at] ? table_q[at] : '0;
  assign word = (host_i.wdata & host_i.wmask) | (host_rdata_o & ~host_i.wmask);

  always_comb begin
    merged = old;
    unique case (host_i.word[4:3])
      2'd0: begin
        host_rdata_o = {4'b0, old.base};
        merged.base  = word[27:0];
      end
      2'd1: begin
        host_rdata_o = {11'b0, old.pages};
        merged.pages = word[20:0];
      end
      default: begin
        host_rdata_o = {30'b0, old.write, old.read};
        {merged.write, merged.read} = word[1:0];
      end
    endcase
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) known_q <= '0;
    else if (host_i.valid && host_i.write) known_q[at] <= 1'b1;
  end
  always_ff @(posedge clk_i) begin
    if (host_i.valid && host_i.write) table_q[at] <= merged;
  end

  `ASSERT(WordExists, !host_i.valid || host_i.word < 5'd24)
  `ASSERT(ContextExists, !host_i.valid || {1'b0, host_i.ctx} < (CtxWidth + 1)'(Contexts))

endmodule
