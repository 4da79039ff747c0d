// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// The loop over passes (nt, q2, q1, kt) of one operand: an address and a tile's used size per pass.
// Holds two instructions, one whose passes come and one that waits, so that the first pass of the next
// one follows the last without a gap. Addresses are made by one adder: base of the loop that steps,
// plus its step. Whether a loop is at its end stands in registers. A stream register cuts next_i off: it
// comes late in its cycle, and loops and a whole instruction hang on it.
//
//   latency       3 cycles from a push into the empty walker to the first pass; 1 cycle from next_i
//   throughput    a pass a cycle
//   back-pressure push_ready_o from state alone: no instruction waits

`include "prim_assert.svh"

module matrix_passes #(
  parameter girih_pkg::cfg_t Cfg = girih_presets_pkg::Default
) (
  input  logic                clk_i,
  input  logic                rst_ni,

  input  logic                push_valid_i,
  output logic                push_ready_o,
  input  matrix_pkg::passes_t push_i,

  output logic                valid_o,
  output matrix_pkg::pass_t   pass_o,
  input  logic                next_i
);

  import matrix_pkg::*;

  localparam int unsigned KBits = $clog2(Cfg.KDim);
  localparam int unsigned NBits = $clog2(Cfg.NDim);

  passes_t wait_q, cur_q;          // the next instruction; the one whose passes come
  logic    wait_valid_q;

  // State of the pass at the stream register. addr*_q: where the loops of a level began.
  logic        valid_q, first_k_q, first_q;
  spm_addr_t   addr_q, addr1_q, addr2_q, addr3_q;
  logic [15:0] k_left_q, k1_left_q, k2_left_q, n_left_q;
  logic        last_k0_q, last_k1_q, last_k2_q, last_n_q;

  logic last_k01, last_k012, last;
  assign last_k01  = last_k0_q && last_k1_q;
  assign last_k012 = last_k01 && last_k2_q;
  assign last      = last_k012 && last_n_q;

  logic push, load, step_on;           // step_on: the pass goes to the stream register
  logic room;
  assign step_on      = valid_q && room;
  assign push         = push_valid_i && push_ready_o;
  assign push_ready_o = !wait_valid_q;
  assign load         = wait_valid_q && (!valid_q || (room && last));

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      wait_valid_q <= 1'b0;
      valid_q      <= 1'b0;
    end else begin
      if (push) wait_valid_q <= 1'b1;
      else if (load) wait_valid_q <= 1'b0;
      if (load) valid_q <= 1'b1;
      else if (step_on && last) valid_q <= 1'b0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (push) wait_q <= push_i;
  end

  logic unused_cur;
  assign unused_cur = ^cur_q;

  spm_addr_t from, step, addr;
  assign from = !last_k0_q ? addr_q : !last_k1_q ? addr1_q : !last_k2_q ? addr2_q : addr3_q;
  assign step = !last_k0_q ? cur_q.k0 : !last_k1_q ? cur_q.k1 : !last_k2_q ? cur_q.k2 : cur_q.n;
  assign addr = from + step;

  // A loop that begins anew is at its end at once if it runs once.
  always_ff @(posedge clk_i) begin
    if (load) begin
      cur_q     <= wait_q;
      addr_q    <= wait_q.base;
      addr1_q   <= wait_q.base;
      addr2_q   <= wait_q.base;
      addr3_q   <= wait_q.base;
      k_left_q  <= wait_q.k0_last;
      k1_left_q <= wait_q.k1_last;
      k2_left_q <= wait_q.k2_last;
      n_left_q  <= wait_q.n_last;
      last_k0_q <= wait_q.k0_last[15:KBits] == '0;
      last_k1_q <= wait_q.k1_last == '0;
      last_k2_q <= wait_q.k2_last == '0;
      last_n_q  <= wait_q.n_last[15:NBits] == '0;
      first_k_q <= 1'b1;
      first_q   <= 1'b1;
    end else if (step_on) begin
      addr_q    <= addr;
      first_q   <= 1'b0;
      first_k_q <= last_k012;
      k_left_q  <= last_k0_q ? cur_q.k0_last : k_left_q - 16'(Cfg.KDim);
      last_k0_q <= last_k0_q ? cur_q.k0_last[15:KBits] == '0 : k_left_q[15:KBits] == (16-KBits)'(1);
      if (last_k0_q) begin
        addr1_q   <= addr;
        k1_left_q <= last_k1_q ? cur_q.k1_last : k1_left_q - 16'd1;
        last_k1_q <= last_k1_q ? cur_q.k1_last == '0 : k1_left_q == 16'd1;
      end
      if (last_k01) begin
        addr2_q   <= addr;
        k2_left_q <= last_k2_q ? cur_q.k2_last : k2_left_q - 16'd1;
        last_k2_q <= last_k2_q ? cur_q.k2_last == '0 : k2_left_q == 16'd1;
      end
      if (last_k012) begin
        addr3_q  <= addr;
        n_left_q <= n_left_q - 16'(Cfg.NDim);
        last_n_q <= n_left_q[15:NBits] == (16-NBits)'(1);
      end
    end
  end

  pass_t pass;
  assign pass = '{
    addr:    addr_q,
    k_last:  5'(last_k0_q ? k_left_q[KBits-1:0] : KBits'(Cfg.KDim - 1)),
    n_last:  5'(last_n_q  ? n_left_q[NBits-1:0] : NBits'(Cfg.NDim - 1)),
    first_k: first_k_q,
    first:   first_q,
    last:    last
  };

  prim_stream_reg #(.T(pass_t)) u_pass (
    .clk_i, .rst_ni,
    .in_valid_i(valid_q), .in_ready_o(room), .in_data_i(pass),
    .out_valid_o(valid_o), .out_ready_i(next_i), .out_data_o(pass_o)
  );

  `ASSERT(NextOnlyWhenValid, !next_i || valid_o)
  `ASSERT(EndsAreTrue, !valid_q || {last_k0_q, last_k1_q, last_k2_q, last_n_q} ==
          {k_left_q[15:KBits] == '0, k1_left_q == '0, k2_left_q == '0, n_left_q[15:NBits] == '0})
  `COVER(NextInstructionAtOnce, valid_q && load)
  `COVER(RaggedK, valid_q && last_k0_q && k_left_q[KBits-1:0] != KBits'(Cfg.KDim - 1))
  `COVER(RaggedN, valid_q && last_n_q && n_left_q[NBits-1:0] != NBits'(Cfg.NDim - 1))

endmodule
