// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// The front of the array: issues one row a cycle, and everything behind it has a fixed latency.
// It asks the scratchpad for the activation segment (ports that never wait) and sends the row's tag.
//
// A row waits here, and only here, for
//   - the weight tile of its pass (first row of a pass);
//   - an accumulator row that a row before it has yet to write (Hazard rows back): passes shorter
//     than Hazard + 1 rows are stretched to that many cycles.
//
//   latency       1 cycle from issue to request; 1 cycle from the last row of a pass to the next pass
//   throughput    a row a cycle, across passes and instructions
//   back-pressure push_ready_o from state alone: fewer than two instructions held

`include "prim_assert.svh"

module matrix_rows #(
  parameter girih_pkg::cfg_t Cfg = girih_presets_pkg::Default,
  parameter int unsigned Hazard = 4           // issues in which an accumulator row is on its way
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  input  logic                   push_valid_i,
  output logic                   push_ready_o,
  input  logic                   push_slot_i,
  input  matrix_pkg::rows_t      push_i,

  input  logic                   pass_valid_i,
  input  matrix_pkg::pass_t      pass_i,
  output logic                   pass_next_o,

  input  logic                   tile_full_i,   // the weights of the next pass are there ...
  output logic                   tile_take_o,   // ... and are taken by its first row

  output logic [1:0]             spm_valid_o,   // low and high word of the segment
  output girih_pkg::spm_addr_t   spm_word_o [2],
  output matrix_pkg::segment_t   segment_o,     // with the request

  input  matrix_pkg::row_tag_t   flight_i [1:Hazard],   // rows issued 1..Hazard cycles ago
  output matrix_pkg::row_tag_t   tag_o,         // one cycle after issue, with the request
  output logic                   stall_o        // a row is there and waits
);

  import matrix_pkg::*;

  localparam int unsigned WordBits = $clog2(Cfg.SpmWordBytes);
  localparam int unsigned AddrBits = $clog2(Cfg.SpmKiB * 1024);
  localparam int unsigned RowBits  = $clog2(Cfg.AccKiB * 1024 / (4 * Cfg.NDim));

  // ---------------------------------------------------------------- instructions in waiting
  rows_t      slot_q [2];
  logic [1:0] count_q;
  logic       finish;

  assign push_ready_o = !count_q[1];

  always_ff @(posedge clk_i) begin
    if (push_valid_i && push_ready_o) slot_q[push_slot_i] <= push_i;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) count_q <= '0;
    else if ((push_valid_i && push_ready_o) != finish) count_q <= finish ? count_q - 2'd1 : count_q + 2'd1;
  end

  // ---------------------------------------------------------------- the row to issue
  logic        busy_q, first_row_q, first_k_q, last_pass_q, slot_q_q;
  logic [4:0]  k_last_q, n_last_q;
  spm_addr_t   addr_q, addr1_q, addr2_q;      // this row, and where the loops of a level began
  logic [15:0] m0_left_q, m1_left_q, m2_left_q;
  row_t        row_q, tile_row_q, bias_row_q;
  logic        start_zero_q, start_bias_q;

  logic last_m0, last_m1, last_row;
  assign last_m0  = m0_left_q == '0;
  assign last_m1  = m1_left_q == '0;
  assign last_row = last_m0 && last_m1 && m2_left_q == '0;

  // Rows of the first pass take the bias row, read once with the first of them and kept by the port.
  logic bias, read, hazard, issue;
  logic [RowBits-1:0] read_row;
  assign bias     = first_k_q && start_bias_q;
  assign read     = bias ? first_row_q : !(first_k_q && start_zero_q);
  assign read_row = RowBits'(bias ? bias_row_q : row_q);

  always_comb begin
    hazard = 1'b0;
    for (int unsigned i = 1; i <= Hazard; i++) begin
      if (flight_i[i].valid && flight_i[i].row == row_t'(read_row)) hazard = 1'b1;
    end
  end

  assign issue       = busy_q && (!first_row_q || tile_full_i) && !(read && hazard);
  assign tile_take_o = issue && first_row_q;
  assign stall_o     = busy_q && !issue;
  assign finish      = issue && last_row && last_pass_q;

  logic load;
  assign load        = pass_valid_i && (!busy_q || (issue && last_row));
  assign pass_next_o = load;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) busy_q <= 1'b0;
    else if (load) busy_q <= 1'b1;
    else if (issue && last_row) busy_q <= 1'b0;
  end

  always_ff @(posedge clk_i) begin
    if (load) begin
      automatic row_t tile_row = pass_i.first   ? slot_q[pass_i.slot].acc :
                                 pass_i.first_k ? tile_row_q + slot_q[pass_i.slot].acc_n : tile_row_q;
      first_row_q  <= 1'b1;
      first_k_q    <= pass_i.first_k;
      last_pass_q  <= pass_i.last;
      slot_q_q     <= pass_i.slot;
      k_last_q     <= pass_i.k_last;
      n_last_q     <= pass_i.n_last;
      addr_q       <= pass_i.addr;
      addr1_q      <= pass_i.addr;
      addr2_q      <= pass_i.addr;
      m0_left_q    <= slot_q[pass_i.slot].m0_last;
      m1_left_q    <= slot_q[pass_i.slot].m1_last;
      m2_left_q    <= slot_q[pass_i.slot].m2_last;
      start_zero_q <= slot_q[pass_i.slot].start_zero;
      start_bias_q <= slot_q[pass_i.slot].start_bias;
      row_q        <= tile_row;
      tile_row_q   <= tile_row;
      if (pass_i.first)        bias_row_q <= slot_q[pass_i.slot].bias;
      else if (pass_i.first_k) bias_row_q <= bias_row_q + slot_q[pass_i.slot].bias_n;
    end else if (issue) begin
      first_row_q <= 1'b0;
      row_q       <= row_q + row_t'(1);
      if (!last_m0) begin
        addr_q    <= addr_q + slot_q[slot_q_q].m0;
        m0_left_q <= m0_left_q - 16'd1;
      end else begin
        automatic spm_addr_t addr = last_m1 ? addr2_q + slot_q[slot_q_q].m2
                                            : addr1_q + slot_q[slot_q_q].m1;
        addr_q    <= addr;
        addr1_q   <= addr;
        m0_left_q <= slot_q[slot_q_q].m0_last;
        if (!last_m1) begin
          m1_left_q <= m1_left_q - 16'd1;
        end else begin
          addr2_q   <= addr;
          m1_left_q <= slot_q[slot_q_q].m1_last;
          m2_left_q <= m2_left_q - 16'd1;
        end
      end
    end
  end

  // ---------------------------------------------------------------- request and tag
  logic [1:0] spm_valid_q;
  logic       tag_valid_q;
  row_tag_t   tag_q;

  logic [WordBits-1:0] offset;
  assign offset = addr_q[WordBits-1:0];

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      spm_valid_q <= '0;
      tag_valid_q <= 1'b0;
    end else begin
      spm_valid_q <= {issue && 32'(offset) + 32'(k_last_q) >= Cfg.SpmWordBytes, issue};
      tag_valid_q <= issue;
    end
  end

  always_ff @(posedge clk_i) begin
    if (issue) begin
      spm_word_o[0] <= spm_addr_t'(addr_q[AddrBits-1:WordBits]);
      spm_word_o[1] <= spm_addr_t'(addr_q[AddrBits-1:WordBits]) + spm_addr_t'(1);
      segment_o     <= '{offset: 6'(offset), k_last: k_last_q, op: slot_q[slot_q_q].op};
      tag_q         <= '{
        valid:    1'b1,
        swap:     first_row_q,
        last:     last_row && last_pass_q,
        zero:     first_k_q && start_zero_q,
        read:     read,
        read_row: row_t'(read_row),
        row:      row_t'(RowBits'(row_q)),
        n_last:   n_last_q,
        ctx:      slot_q[slot_q_q].ctx
      };
    end
  end

  assign spm_valid_o = spm_valid_q;

  always_comb begin
    tag_o       = tag_q;
    tag_o.valid = tag_valid_q;
  end

  `ASSERT(RowsHaveTheirInstruction, !busy_q || count_q != '0)
  `COVER(WaitsForWeights, busy_q && first_row_q && !tile_full_i)
  `COVER(WaitsForAccumulators, busy_q && read && hazard)
  `COVER(Straddles, spm_valid_q == 2'b11)
  `COVER(NextPassAtOnce, load && busy_q)

endmodule
