// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// The windows of all contexts: storage of the `windows` ranges of girih.rdl, which the generated
// register block leaves to us (flip-flops of a table this size cost it much simulation time).
// One access at a time; read data is combinational, writes take effect in the next cycle.
//
//        word  0..7 base page   8..15 pages   16..23 permission (bit 0 read, bit 1 write)

`include "prim_assert.svh"

module csr_windows
  import girih_pkg::*;
  import girih_ctrl_pkg::*;
#(
  parameter int unsigned Contexts = 4,
  localparam int unsigned CtxBits = $clog2(Contexts)
) (
  input  logic               clk_i,
  input  logic               rst_ni,

  input  logic               valid_i,
  input  logic               write_i,
  input  logic [CtxBits-1:0] ctx_i,
  input  logic [4:0]         word_i,
  input  logic [31:0]        wdata_i,
  input  logic [31:0]        wmask_i,
  output logic [31:0]        rdata_o,

  output window_t            window_o [Contexts][Windows]
);

  window_t     window_q [Contexts][Windows];
  window_t     old;
  logic [31:0] merged;
  assign window_o = window_q;
  assign old      = window_q[ctx_i][word_i[2:0]];
  assign merged   = (wdata_i & wmask_i) | (rdata_o & ~wmask_i);

  always_comb begin
    unique case (word_i[4:3])
      2'd0:    rdata_o = {4'b0, old.base};
      2'd1:    rdata_o = {11'b0, old.pages};
      2'd2:    rdata_o = {30'b0, old.write, old.read};
      default: rdata_o = '0;
    endcase
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      for (int unsigned c = 0; c < Contexts; c++) begin
        for (int unsigned w = 0; w < Windows; w++) window_q[c][w] <= '0;
      end
    end else if (valid_i && write_i) begin
      unique case (word_i[4:3])
        2'd0:    window_q[ctx_i][word_i[2:0]].base  <= merged[27:0];
        2'd1:    window_q[ctx_i][word_i[2:0]].pages <= merged[20:0];
        2'd2:    {window_q[ctx_i][word_i[2:0]].write, window_q[ctx_i][word_i[2:0]].read} <= merged[1:0];
        default: ;
      endcase
    end
  end

  `ASSERT(WordExists, !valid_i || word_i < 5'd24)

endmodule
