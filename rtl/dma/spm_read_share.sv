// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Several clients of one scratchpad read port, round robin: the index lists of LOAD and STORE, and
// SETPARAM. A chosen client keeps the port until it is granted. Data are broadcast: they come as many
// cycles after the client's own grant, as at the port itself. No latency of its own.

`include "prim_assert.svh"

module spm_read_share #(
  parameter int unsigned Clients = 3
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,

  input  logic [Clients-1:0]   rd_valid_i,
  input  girih_pkg::spm_addr_t rd_word_i [Clients],
  output logic [Clients-1:0]   rd_gnt_o,

  output logic                 rd_valid_o,
  output girih_pkg::spm_addr_t rd_word_o,
  input  logic                 rd_gnt_i
);

  localparam int unsigned IndexWidth = $clog2(Clients);
  typedef logic [IndexWidth-1:0] index_t;

  logic   held_q;             // the choice of the last cycle stands
  index_t chosen_q, chosen;         // without one, the search starts after it

  always_comb begin
    chosen = chosen_q;
    if (!held_q) begin
      // The last assignment wins, so the nearest successor is looked at last. Only constants are divided.
      for (int unsigned h = 0; h < Clients; h++) begin
        for (int unsigned d = Clients; d > 0; d--) begin
          if (chosen_q == index_t'(h) && rd_valid_i[(h + d) % Clients]) chosen = index_t'((h + d) % Clients);
        end
      end
    end
  end

  assign rd_valid_o = rd_valid_i[chosen];
  assign rd_word_o  = rd_word_i[chosen];
  always_comb begin
    rd_gnt_o         = '0;
    rd_gnt_o[chosen] = rd_gnt_i && rd_valid_o;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      held_q <= 1'b0;
      chosen_q  <= '0;
    end else begin
      held_q <= rd_valid_o && !rd_gnt_i;
      if (rd_valid_o) chosen_q <= chosen;
    end
  end

  `ASSERT_STABLE(ReadStable, rd_valid_o, rd_gnt_i, rd_word_o)
  `ASSERT(OneGrant, $onehot0(rd_gnt_o))
  `COVER(Contended, !$onehot0(rd_valid_i))

endmodule
