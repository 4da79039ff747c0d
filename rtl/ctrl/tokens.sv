// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Sixteen token counters per context, 8 bit. At most one instruction starts (takes) and one retires
// (gives) in a cycle; both may meet in one counter.
//
//   latency   a token given in one cycle is seen by nonzero_o in the next
//   errors    overflow_o one cycle after the give: a counter stood at 255 (and was not taken from).
//             Counters that overflow stay at 255.

`include "prim_assert.svh"

module tokens
  import girih_pkg::*;
#(
  parameter int unsigned Contexts = 4,
  localparam int unsigned CtxBits = $clog2(Contexts)
) (
  input  logic                clk_i,
  input  logic                rst_ni,
  input  logic [Contexts-1:0] clear_i,

  input  logic                take_valid_i,
  input  logic [CtxBits-1:0]  take_ctx_i,
  input  logic [Tokens-1:0]   take_mask_i,

  input  logic                give_valid_i,
  input  logic [CtxBits-1:0]  give_ctx_i,
  input  logic [Tokens-1:0]   give_mask_i,
  output logic                overflow_o,
  output logic [3:0]          overflow_token_o,   // the lowest that overflows

  output logic [Tokens-1:0]   nonzero_o [Contexts]
);

  logic [Tokens-1:0][7:0] count_q [Contexts];
  logic [Tokens-1:0] nonzero_q [Contexts];
  assign nonzero_o = nonzero_q;

  logic [Tokens-1:0] spills_q;
  always_ff @(posedge clk_i) begin
    for (int unsigned t = 0; t < Tokens; t++) begin
      spills_q[t] <= rst_ni && give_valid_i && give_mask_i[t] && count_q[give_ctx_i][t] == 8'hff &&
                     !(take_valid_i && take_ctx_i == give_ctx_i && take_mask_i[t]);
    end
  end
  assign overflow_o = spills_q != '0;
  always_comb begin
    overflow_token_o = '0;
    for (int unsigned t = Tokens; t > 0; t--) if (spills_q[t-1]) overflow_token_o = 4'(t - 1);
  end

  for (genvar c = 0; c < int'(Contexts); c++) begin : gen_ctx
    logic              take, give;
    logic [Tokens-1:0] down, up;
    assign take = take_valid_i && take_ctx_i == CtxBits'(c);
    assign give = give_valid_i && give_ctx_i == CtxBits'(c);
    assign down = take ? take_mask_i : '0;
    assign up   = give ? give_mask_i : '0;

    always_ff @(posedge clk_i) begin
      if (!rst_ni || clear_i[c]) begin
        nonzero_q[c] <= '0;
        count_q[c]   <= '0;
      end else if (take || give) begin
        automatic logic [Tokens-1:0][7:0] count   = count_q[c];
        automatic logic [Tokens-1:0]      nonzero = nonzero_q[c];
        for (int unsigned t = 0; t < Tokens; t++) begin
          if (up[t] && !down[t]) begin
            nonzero[t] = 1'b1;
            if (count[t] != 8'hff) count[t] += 8'd1;
          end else if (down[t] && !up[t]) begin
            nonzero[t] = count[t] != 8'd1;
            count[t]  -= 8'd1;
          end
        end
        count_q[c]   <= count;
        nonzero_q[c] <= nonzero;
      end
    end

    `ASSERT(TakenTokensExist, (down & ~nonzero_q[c]) == '0)
    `COVER(TakeMeetsGive, (down & up) != '0)
  end

  `COVER(Overflow, overflow_o)

endmodule
