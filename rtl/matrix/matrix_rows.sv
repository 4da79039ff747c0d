// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// The front of the array: issues one row a cycle, and everything behind it has a fixed latency.
// It asks the scratchpad for the activation segment (ports that never wait) and sends the row's tag.
//
//   pass --> row's addresses --> [stream register] --> head: hazards known --> issue --> request, tag
//
// A row waits here, at the head and only there, for
//   - the weight tile of its pass (first row of a pass);
//   - an accumulator row that a row before it has yet to write (Hazard rows back): passes shorter
//     than Hazard + 1 rows are stretched to that many cycles.
// The comparisons are made when a row comes to the head: there a bit each tells how far the row that
// it waits for has come, and the decision is a few gates long. It does not reach the loops in the same
// cycle: the stream register stands between.
//
//   latency       3 cycles from a pass to its first row at the head, 1 cycle from issue to request
//   throughput    a row a cycle, across passes and instructions
//   back-pressure push_ready_o from state alone: no instruction waits

`include "prim_assert.svh"
`include "prim_bug.svh"

module matrix_rows #(
  parameter girih_pkg::cfg_t Cfg = girih_presets_pkg::Default,
  parameter int unsigned Hazard = 4           // issues in which an accumulator row is on its way
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  input  logic                   push_valid_i,
  output logic                   push_ready_o,
  input  matrix_pkg::rows_t      push_i,

  input  logic                   pass_valid_i,
  input  matrix_pkg::pass_t      pass_i,
  output logic                   pass_next_o,

  input  logic                   tile_full_i,   // the weights of the next pass are there ...
  output logic                   tile_take_o,   // ... and are taken by its first row

  output logic [1:0]             spm_valid_o,   // low and high word of the segment
  output girih_pkg::spm_addr_t   spm_word_o [2],
  output matrix_pkg::segment_t   segment_o,     // with the request

  input  matrix_pkg::row_tag_t   flight_i [1:Hazard-1], // rows issued so many cycles ago
  output matrix_pkg::row_tag_t   tag_o,         // one cycle after issue, with the request
  output logic                   stall_o        // a row is there and waits
);

  import matrix_pkg::*;

  localparam int unsigned WordBits = $clog2(Cfg.SpmWordBytes);
  localparam int unsigned AddrBits = $clog2(Cfg.SpmKiB * 1024);
  localparam int unsigned RowBits  = $clog2(Cfg.AccKiB * 1024 / (4 * Cfg.NDim));

  // ---------------------------------------------------------------- instructions
  rows_t wait_q, cur_q;                       // the next one; the one whose rows come
  logic  wait_valid_q, load;

  assign push_ready_o = !wait_valid_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) wait_valid_q <= 1'b0;
    else if (push_valid_i && push_ready_o) wait_valid_q <= 1'b1;
    else if (load && pass_i.first) wait_valid_q <= 1'b0;
  end

  always_ff @(posedge clk_i) begin
    if (push_valid_i && push_ready_o) wait_q <= push_i;
  end

  // ---------------------------------------------------------------- the row to come
  logic        busy_q, first_row_q, first_k_q, last_pass_q;
  logic [4:0]  k_last_q, n_last_q;
  spm_addr_t   addr_q, addr1_q, addr2_q;      // this row, and where the loops of a level began
  logic [15:0] m0_left_q, m1_left_q, m2_left_q;
  logic        last_m0_q, last_m1_q, last_m2_q;
  row_t        row_q, tile_row_q, bias_row_q;

  logic advance, room, last_m01, last_row;
  assign last_m01 = last_m0_q && last_m1_q;
  assign last_row = last_m01 && last_m2_q;

  logic unused_cur;
  assign unused_cur = ^cur_q;

  // Rows of the first pass take the bias row, read once with the first of them and kept by the port.
  logic bias, zero, read;
  row_t read_row;
  assign bias     = first_k_q && cur_q.start_bias;
  assign zero     = first_k_q && cur_q.start_zero;
  assign read     = bias ? first_row_q : !zero;
  assign read_row = row_t'(RowBits'(bias ? bias_row_q : row_q));

  assign load        = pass_valid_i && (!busy_q || (advance && last_row));
  assign pass_next_o = load;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) busy_q <= 1'b0;
    else if (load) busy_q <= 1'b1;
    else if (advance && last_row) busy_q <= 1'b0;
  end

  row_t next_tile_row;
  assign next_tile_row = pass_i.first   ? wait_q.acc :
                         pass_i.first_k ? tile_row_q + cur_q.acc_n : tile_row_q;

  always_ff @(posedge clk_i) begin
    if (load) begin
      first_row_q  <= 1'b1;
      first_k_q    <= pass_i.first_k;
      last_pass_q  <= pass_i.last;
      k_last_q     <= pass_i.k_last;
      n_last_q     <= pass_i.n_last;
      row_q        <= next_tile_row;
      tile_row_q   <= next_tile_row;
      if (pass_i.first) cur_q <= wait_q;
      if (pass_i.first)        bias_row_q <= wait_q.bias;
      else if (pass_i.first_k) bias_row_q <= bias_row_q + cur_q.bias_n;
    end else if (advance) begin
      first_row_q <= 1'b0;
      row_q       <= row_q + row_t'(1);
    end
  end

  // Behind the last row the loops stand where the next pass of the same instruction begins.
  spm_addr_t next_addr;
  assign next_addr = (!last_m0_q ? addr_q : !last_m1_q ? addr1_q : addr2_q) +
                     (!last_m0_q ? cur_q.m0 : !last_m1_q ? cur_q.m1 : cur_q.m2);

  always_ff @(posedge clk_i) begin
    if (load) addr_q <= pass_i.addr;
    else if (advance) addr_q <= next_addr;
    if (load) addr1_q <= pass_i.addr;
    else if (advance && last_m0_q) addr1_q <= next_addr;
    if (load) addr2_q <= pass_i.addr;
    else if (advance && last_m01) addr2_q <= next_addr;
    if (load && pass_i.first) begin
      m0_left_q <= wait_q.m0_last;
      m1_left_q <= wait_q.m1_last;
      m2_left_q <= wait_q.m2_last;
      last_m0_q <= wait_q.m0_last == '0;
      last_m1_q <= wait_q.m1_last == '0;
      last_m2_q <= wait_q.m2_last == '0;
    end else if (advance) begin
      m0_left_q <= last_m0_q ? cur_q.m0_last : m0_left_q - 16'd1;
      last_m0_q <= last_m0_q ? cur_q.m0_last == '0 : m0_left_q == 16'd1;
      if (last_m0_q) begin
        m1_left_q <= last_m1_q ? cur_q.m1_last : m1_left_q - 16'd1;
        last_m1_q <= last_m1_q ? cur_q.m1_last == '0 : m1_left_q == 16'd1;
      end
      if (last_m01) begin
        m2_left_q <= last_m2_q ? cur_q.m2_last : m2_left_q - 16'd1;
        last_m2_q <= last_m2_q ? cur_q.m2_last == '0 : m2_left_q == 16'd1;
      end
    end
  end

  // A row without what follows from its first byte's place in a word.
  typedef struct packed {
    spm_addr_t  addr;
    logic [4:0] k_last;
    operand_t   op;
    row_tag_t   tag;
  } row_step_t;

  row_step_t made, row;
  logic      row_valid, row_ready, unused_row;
  assign unused_row = ^row;

  assign made = '{
    addr:   addr_q,
    k_last: k_last_q,
    op:     cur_q.op,
    tag: '{
      valid:    1'b1,
      swap:     first_row_q,
      last:     last_row && last_pass_q,
      zero:     zero,
      shift:    `SEEDED_BUG(31, cur_q.shift, cur_q.shift && first_k_q),
      read:     read,
      read_row: read_row,
      row:      row_t'(RowBits'(row_q)),
      n_last:   n_last_q,
      ctx:      cur_q.ctx
    }
  };

  prim_stream_reg #(.T(row_step_t)) u_row (
    .clk_i, .rst_ni,
    .in_valid_i(busy_q), .in_ready_o(room), .in_data_i(made),
    .out_valid_o(row_valid), .out_ready_i(row_ready), .out_data_o(row)
  );
  assign advance = busy_q && room;

  // ---------------------------------------------------------------- the row at the head
  logic              head_valid_q, issue, arrive;
  spm_addr_t         head_low_q, head_high_q;
  logic              head_straddles_q;
  segment_t          head_segment_q;
  row_tag_t          head_tag_q;
  logic [Hazard-1:0] waits_q, waits_d;        // [i]: for the row issued i + 1 cycles ago
  logic              held_q;                  // any of them

  assign issue       = head_valid_q && !(head_tag_q.swap && !tile_full_i) && !held_q;
  assign row_ready   = !head_valid_q || issue;
  assign arrive      = row_valid && row_ready;
  assign tile_take_o = issue && head_tag_q.swap;
  assign stall_o     = head_valid_q && !issue;

  // What leaves the head is one row back in the next cycle; what left it, is one further.
  logic [Hazard-1:0] meets;
  always_comb begin
    meets[0] = head_valid_q && head_tag_q.row == row.tag.read_row;
    for (int unsigned i = 1; i < Hazard; i++) meets[i] = flight_i[i].valid && flight_i[i].row == row.tag.read_row;
  end
  assign waits_d = arrive ? meets & {Hazard{row.tag.read}} : waits_q << 1;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      head_valid_q <= 1'b0;
      waits_q      <= '0;
      held_q       <= 1'b0;
    end else begin
      if (row_ready) head_valid_q <= row_valid;
      waits_q <= waits_d;
      held_q  <= waits_d != '0;
    end
  end

  logic [WordBits-1:0] offset;
  assign offset = row.addr[WordBits-1:0];

  always_ff @(posedge clk_i) begin
    if (arrive) begin
      head_low_q       <= spm_addr_t'(row.addr[AddrBits-1:WordBits]);
      head_high_q      <= spm_addr_t'(row.addr[AddrBits-1:WordBits]) + spm_addr_t'(1);
      head_straddles_q <= 32'(offset) + 32'(row.k_last) >= Cfg.SpmWordBytes;
      head_segment_q   <= '{offset: 6'(offset), k_last: row.k_last, op: row.op};
      head_tag_q       <= row.tag;
    end
  end

  // ---------------------------------------------------------------- request and tag
  logic [1:0] spm_valid_q;
  logic       tag_valid_q;
  row_tag_t   tag_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      spm_valid_q <= '0;
      tag_valid_q <= 1'b0;
    end else begin
      spm_valid_q <= {issue && head_straddles_q, issue};
      tag_valid_q <= issue;
    end
  end

  always_ff @(posedge clk_i) begin
    if (issue) begin
      spm_word_o[0] <= head_low_q;
      spm_word_o[1] <= head_high_q;
      segment_o     <= head_segment_q;
      tag_q         <= head_tag_q;
    end
  end

  assign spm_valid_o = spm_valid_q;

  always_comb begin
    tag_o       = tag_q;
    tag_o.valid = tag_valid_q;
  end

  `ASSERT(RowsHaveTheirInstruction, !(load && pass_i.first) || wait_valid_q)
  `ASSERT(EndsAreTrue, !busy_q || {last_m0_q, last_m1_q, last_m2_q} ==
          {m0_left_q == '0, m1_left_q == '0, m2_left_q == '0})
  `COVER(WaitsForWeights, head_valid_q && head_tag_q.swap && !tile_full_i)
  `COVER(WaitsForAccumulators, head_valid_q && held_q)
  `COVER(Straddles, spm_valid_q == 2'b11)
  `COVER(NextPassAtOnce, load && busy_q)

endmodule
