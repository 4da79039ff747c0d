// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// The loop over passes (nt, q2, q1, kt) of one operand: an address and a tile's used size per pass.
// Holds two instructions, so that the first pass of the next one follows the last without a gap.
// Addresses are made by one adder: base of the loop that steps, plus its step.
//
//   latency       2 cycles from a push into the empty walker to the first pass; 1 cycle from next_i
//   throughput    a pass a cycle
//   back-pressure push_ready_o from state alone: fewer than two instructions held

`include "prim_assert.svh"

module matrix_passes #(
  parameter girih_pkg::cfg_t Cfg = girih_presets_pkg::Default
) (
  input  logic                clk_i,
  input  logic                rst_ni,

  input  logic                push_valid_i,
  output logic                push_ready_o,
  input  matrix_pkg::passes_t push_i,
  output logic                push_slot_o,      // where the push goes

  output logic                valid_o,
  output matrix_pkg::pass_t   pass_o,
  input  logic                next_i
);

  import matrix_pkg::*;

  localparam int unsigned KBits = $clog2(Cfg.KDim);
  localparam int unsigned NBits = $clog2(Cfg.NDim);

  passes_t    slot_q [2];
  logic [1:0] count_q;             // instructions held
  logic       head_q, tail_q;

  // State of the pass at the output. addr*_q: where the loops of a level began.
  logic        valid_q, first_k_q, first_q;
  spm_addr_t   addr_q, addr1_q, addr2_q, addr3_q;
  logic [15:0] k_left_q, k1_left_q, k2_left_q, n_left_q;

  logic last_k0, last_k1, last_k2, last_n, last;
  assign last_k0 = k_left_q[15:KBits] == '0;
  assign last_k1 = k1_left_q == '0;
  assign last_k2 = k2_left_q == '0;
  assign last_n  = n_left_q[15:NBits] == '0;
  assign last    = last_k0 && last_k1 && last_k2 && last_n;

  logic push, finish, load, load_slot;
  assign push         = push_valid_i && push_ready_o;
  assign push_ready_o = !count_q[1];
  assign push_slot_o  = tail_q;
  assign finish       = next_i && last;
  assign load         = finish ? count_q[1] : (!valid_q && count_q != '0);
  assign load_slot    = head_q ^ finish;

  always_ff @(posedge clk_i) begin
    if (push) slot_q[tail_q] <= push_i;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      count_q <= '0;
      head_q  <= 1'b0;
      tail_q  <= 1'b0;
      valid_q <= 1'b0;
    end else begin
      if (push) tail_q <= !tail_q;
      if (finish) head_q <= !head_q;
      if (push != finish) count_q <= push ? count_q + 2'd1 : count_q - 2'd1;
      if (load) valid_q <= 1'b1;
      else if (finish) valid_q <= 1'b0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (load) begin
      addr_q    <= slot_q[load_slot].base;
      addr1_q   <= slot_q[load_slot].base;
      addr2_q   <= slot_q[load_slot].base;
      addr3_q   <= slot_q[load_slot].base;
      k_left_q  <= slot_q[load_slot].k0_last;
      k1_left_q <= slot_q[load_slot].k1_last;
      k2_left_q <= slot_q[load_slot].k2_last;
      n_left_q  <= slot_q[load_slot].n_last;
      first_k_q <= 1'b1;
      first_q   <= 1'b1;
    end else if (next_i) begin
      automatic spm_addr_t from = !last_k0 ? addr_q  : !last_k1 ? addr1_q : !last_k2 ? addr2_q : addr3_q;
      automatic spm_addr_t step = !last_k0 ? slot_q[head_q].k0 : !last_k1 ? slot_q[head_q].k1 :
                                  !last_k2 ? slot_q[head_q].k2 : slot_q[head_q].n;
      automatic spm_addr_t addr = from + step;
      addr_q    <= addr;
      first_q   <= 1'b0;
      first_k_q <= last_k0 && last_k1 && last_k2;
      k_left_q  <= last_k0 ? slot_q[head_q].k0_last : k_left_q - 16'(Cfg.KDim);
      if (last_k0) begin
        addr1_q   <= addr;
        k1_left_q <= last_k1 ? slot_q[head_q].k1_last : k1_left_q - 16'd1;
        if (last_k1) begin
          addr2_q   <= addr;
          k2_left_q <= last_k2 ? slot_q[head_q].k2_last : k2_left_q - 16'd1;
          if (last_k2) begin
            addr3_q  <= addr;
            n_left_q <= n_left_q - 16'(Cfg.NDim);
          end
        end
      end
    end
  end

  assign valid_o = valid_q;
  assign pass_o  = '{
    addr:    addr_q,
    k_last:  5'(last_k0 ? k_left_q[KBits-1:0] : KBits'(Cfg.KDim - 1)),
    n_last:  5'(last_n  ? n_left_q[NBits-1:0] : NBits'(Cfg.NDim - 1)),
    first_k: first_k_q,
    first:   first_q,
    last:    last,
    slot:    head_q
  };

  `ASSERT(NextOnlyWhenValid, !next_i || valid_q)
  `ASSERT(AtMostTwo, count_q <= 2'd2)
  `COVER(NextInstructionAtOnce, finish && load)
  `COVER(RaggedK, valid_q && last_k0 && k_left_q[KBits-1:0] != KBits'(Cfg.KDim - 1))
  `COVER(RaggedN, valid_q && last_n && n_left_q[NBits-1:0] != NBits'(Cfg.NDim - 1))

endmodule
