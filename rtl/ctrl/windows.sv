// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// The windows of all contexts: the `windows` ranges of girih.rdl, which the register block hands on. A
// table for each field, small enough for distributed RAM; a field reads as zero until it is written.
//
//   host      one access at a time; read data in the next cycle, a write is seen then
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

  localparam int unsigned Places = Contexts * Windows;

  logic [27:0] base_q  [Places];
  logic [20:0] pages_q [Places];
  logic [1:0]  perm_q  [Places];
  logic [Places-1:0] base_known_q, pages_known_q, perm_known_q;   // written since reset

  function automatic window_t window_at(input place_t at);
    window_at.base  = base_known_q[at] ? base_q[at] : '0;
    window_at.pages = pages_known_q[at] ? pages_q[at] : '0;
    {window_at.write, window_at.read} = perm_known_q[at] ? perm_q[at] : '0;
  endfunction

  for (genvar l = 0; l < int'(Looks); l++) begin : gen_look
    assign look_o[l] = window_at({look_ctx_i[l], look_window_i[l]});
  end

  place_t      at;
  window_t     old;
  logic [31:0] word, rdata;
  assign at   = {CtxBits'(host_i.ctx), host_i.word[2:0]};
  assign old  = window_at(at);
  assign word = (host_i.wdata & host_i.wmask) | (rdata & ~host_i.wmask);
  always_ff @(posedge clk_i) if (host_i.valid) host_rdata_o <= rdata;

  logic write_base, write_pages, write_perm;
  always_comb begin
    write_base  = 1'b0;
    write_pages = 1'b0;
    write_perm  = 1'b0;
    unique case (host_i.word[4:3])
      2'd0: begin
        rdata        = {4'b0, old.base};
        write_base   = host_i.valid && host_i.write;
      end
      2'd1: begin
        rdata        = {11'b0, old.pages};
        write_pages  = host_i.valid && host_i.write;
      end
      default: begin
        rdata        = {30'b0, old.write, old.read};
        write_perm   = host_i.valid && host_i.write;
      end
    endcase
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      base_known_q  <= '0;
      pages_known_q <= '0;
      perm_known_q  <= '0;
    end else begin
      if (write_base)  base_known_q[at]  <= 1'b1;
      if (write_pages) pages_known_q[at] <= 1'b1;
      if (write_perm)  perm_known_q[at]  <= 1'b1;
    end
  end
  always_ff @(posedge clk_i) begin
    if (write_base)  base_q[at]  <= word[27:0];
    if (write_pages) pages_q[at] <= word[20:0];
    if (write_perm)  perm_q[at]  <= word[1:0];
  end

  `ASSERT(WordExists, !host_i.valid || host_i.word < 5'd24)
  `ASSERT(ContextExists, !host_i.valid || {1'b0, host_i.ctx} < (CtxWidth + 1)'(Contexts))

endmodule
