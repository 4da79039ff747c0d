// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Walks the loops of a LOAD or STORE and sends its rows: runs of pad bytes and runs of data, in the
// order of the loops. Adders only; the products of a gather come from dma_index_list.
//
//   latency       3 cycles from start to the first row, then one run a cycle: a row without padding in
//                 dimension 0 is one run, with padding two or three; a row outside is one
//   back-pressure row_ready_i, which ends in a stream register; the next start is taken when the last row
//                 has been made
//
//   i3 --> i2 --> i1 --> [before0 | n0 | after0] --> row_o          (off_i, one for each row of a gather)

`include "prim_assert.svh"

module dma_walker
  import dma_pkg::*;
(
  input  logic    clk_i,
  input  logic    rst_ni,

  input  logic    start_valid_i,
  output logic    start_ready_o,
  input  copy_t   start_i,

  // Gather: asks for the list's n1 row offsets, counted from list_base_o; fields of copy_o stay meanwhile.
  output logic    list_valid_o,
  input  logic    list_ready_i,
  output offset_t list_base_o,
  output copy_t   copy_o,
  input  logic    off_valid_i,
  output logic    off_ready_o,
  input  logic    off_bad_i,
  input  offset_t off_i,

  output logic    row_valid_o,
  input  logic    row_ready_i,
  output row_t    row_o
);

  typedef enum logic [1:0] {
    StIdle,      // waits for an instruction
    StSums,      // what holds for the whole instruction
    StFirst,     // and at its first row
    StRow        // sends a run a cycle
  } state_e;

  typedef enum logic [1:0] {PhBefore, PhData, PhAfter} phase_e;

  typedef girih_pkg::spm_addr_t addr_t;

  state_e      state_q, state_d;
  // Not reset: in a code of the mapper's it could wake up in no state at all.
  (* fsm_encoding = "none" *) phase_e phase_q;
  copy_t       c_q;
  length_t     f0_q;                     // bytes of a whole row
  addr_t       after_at_q;               // where after0 begins in a row
  logic [15:0] end1_q, end2_q, last1_q, last2_q, last3_q;
  logic [15:0] i1_q, i2_q, i3_q;         // of the next row of each level, but for the first
  offset_t     o1_q, o2_q, o3_q;
  addr_t       l1_q, l2_q, l3_q;
  logic        listed_q;                 // the list of this i2 has been asked for
  logic        row_free;                 // the register behind takes a row
  row_t        row_d;

  // ---------------------------------------------------------------- where we are
  // Registers, as the next ones are known a row earlier: what a loop holds at its first step, and now.
  logic begins_in1_q, begins_in2_q, once1_q, once2_q;
  logic in1_q, in2_q, at_last1_q, at_last2_q, at_last3_q;
  logic has_before_q, has_after_q;
  logic in_data, last12;
  logic run_ends_row_q, by_list_q;       // of the run that is sent next; by_list: a listed offset is its
  assign last12  = at_last1_q && at_last2_q;
  assign in_data = in1_q && in2_q;

  phase_e first_phase;
  assign first_phase = has_before_q ? PhBefore : PhData;

  // ---------------------------------------------------------------- the run
  always_comb begin
    row_d.kind       = KindPad;
    row_d.offset     = o1_q;
    row_d.local_addr = l1_q;
    row_d.len        = f0_q;
    if (in_data) begin
      unique case (phase_q)
        PhBefore: row_d.len = length_t'(c_q.before0);
        PhAfter: begin
          row_d.local_addr = l1_q + after_at_q;
          row_d.len        = length_t'(c_q.after0);
        end
        default: begin
          row_d.kind       = (c_q.gather && off_bad_i) ? KindBad : KindData;
          if (c_q.gather) row_d.offset = off_i;
          row_d.local_addr = l1_q + addr_t'(c_q.before0);
          row_d.len        = c_q.n0;
        end
      endcase
    end
    row_d.last = run_ends_row_q && last12 && at_last3_q;
  end

  logic emit, row_done, done1, done2;      // done1: the last row of i1 as well, done2: of i2
  logic may_emit;
  assign may_emit = state_q == StRow && (!by_list_q || off_valid_i);
  assign emit     = may_emit && row_free;
  assign row_done = emit && run_ends_row_q;
  assign done1    = emit && (run_ends_row_q && at_last1_q);
  assign done2    = emit && (run_ends_row_q && last12);

  assign off_ready_o   = emit && by_list_q;
  assign list_valid_o  = state_q == StRow && c_q.gather && in2_q && !listed_q;
  assign list_base_o   = o2_q;
  assign copy_o        = c_q;
  assign start_ready_o = state_q == StIdle;

  // Whether a row is taken depends on the run and the pieces before it: none of that reaches the sums.
  prim_stream_reg #(.T(row_t)) u_row (
    .clk_i, .rst_ni,
    .in_valid_i(may_emit), .in_ready_o(row_free), .in_data_i(row_d),
    .out_valid_o(row_valid_o), .out_ready_i(row_ready_i), .out_data_o(row_o)
  );

  // ---------------------------------------------------------------- next row
  offset_t o1_next, o2_next, o3_next;
  addr_t   l1_next, l2_next, l3_next;
  assign o1_next = o1_q + (in1_q ? c_q.s1 : '0);
  assign o2_next = o2_q + (in2_q ? c_q.s2 : '0);
  assign o3_next = o3_q + c_q.s3;
  assign l1_next = l1_q + c_q.t1;
  assign l2_next = l2_q + c_q.t2;
  assign l3_next = l3_q + c_q.t3;

  // Whether that row lies inside, and what follows for its first run. The instruction's first row is the one
  // that comes next when all counters are 0.
  logic in1_next, in2_next, next_in_data, first;
  assign first = state_q == StFirst;
  always_comb begin
    in1_next = i1_q >= c_q.before1 && i1_q < end1_q;
    in2_next = i2_q >= c_q.before2 && i2_q < end2_q;
    if (at_last1_q) in1_next = begins_in1_q;
    if (at_last2_q) in2_next = begins_in2_q;
    next_in_data = in1_next && ((at_last1_q || first) ? in2_next : in2_q);
  end

  always_comb begin
    state_d = state_q;
    unique case (state_q)
      StIdle:  if (start_valid_i) state_d = StSums;
      StSums:  state_d = StFirst;
      StFirst: state_d = StRow;
      StRow:   if (emit && row_d.last) state_d = StIdle;
      default: state_d = StIdle;
    endcase
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q  <= StIdle;
      listed_q <= 1'b0;
    end else begin
      state_q <= state_d;
      if (state_q == StSums || done1) listed_q <= 1'b0;
      else if (list_valid_o && list_ready_i) listed_q <= 1'b1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (start_valid_i && start_ready_o) begin
      c_q  <= start_i;
      o1_q <= start_i.offset;
      o2_q <= start_i.offset;
      o3_q <= start_i.offset;
      l1_q <= start_i.local_addr;
      l2_q <= start_i.local_addr;
      l3_q <= start_i.local_addr;
    end
    if (state_q == StSums) begin
      f0_q         <= length_t'(c_q.before0) + c_q.n0 + length_t'(c_q.after0);
      after_at_q   <= addr_t'(c_q.before0) + addr_t'(c_q.n0);
      end1_q       <= c_q.before1 + c_q.n1;
      end2_q       <= c_q.before2 + c_q.n2;
      last1_q      <= c_q.before1 + c_q.n1 + c_q.after1 - 16'd1;
      last2_q      <= c_q.before2 + c_q.n2 + c_q.after2 - 16'd1;
      last3_q      <= c_q.n3 - 16'd1;
      has_before_q <= c_q.before0 != '0;
      has_after_q  <= c_q.after0 != '0;
      i1_q         <= '0;
      i2_q         <= '0;
      i3_q         <= '0;
      at_last1_q   <= 1'b0;
      at_last2_q   <= 1'b0;
      at_last3_q   <= 1'b0;
    end
    if (first) begin
      begins_in1_q <= c_q.before1 == '0 && end1_q != '0;
      begins_in2_q <= c_q.before2 == '0 && end2_q != '0;
      once1_q      <= last1_q == '0;
      once2_q      <= last2_q == '0;
    end
    if (emit) begin
      phase_q        <= (phase_q == PhBefore) ? PhData : PhAfter;
      run_ends_row_q <= phase_q != PhBefore || !has_after_q;
      by_list_q      <= phase_q == PhBefore && c_q.gather;
    end
    if (first || row_done) begin
      phase_q        <= first_phase;
      i1_q           <= at_last1_q ? 16'd1 : i1_q + 16'd1;
      in1_q          <= in1_next;
      at_last1_q     <= at_last1_q ? once1_q : i1_q == last1_q;
      run_ends_row_q <= !next_in_data || (!has_before_q && !has_after_q);
      by_list_q      <= next_in_data && !has_before_q && c_q.gather;
    end
    if (row_done) begin
      o1_q <= !at_last1_q ? o1_next : !at_last2_q ? o2_next : o3_next;
      l1_q <= !at_last1_q ? l1_next : !at_last2_q ? l2_next : l3_next;
    end
    if (first || done1) begin
      i2_q       <= at_last2_q ? 16'd1 : i2_q + 16'd1;
      in2_q      <= in2_next;
      at_last2_q <= at_last2_q ? once2_q : i2_q == last2_q;
    end
    if (done1) begin
      o2_q <= !at_last2_q ? o2_next : o3_next;
      l2_q <= !at_last2_q ? l2_next : l3_next;
    end
    if (first || done2) begin
      i3_q       <= i3_q + 16'd1;
      at_last3_q <= i3_q == last3_q;
    end
    if (done2) begin
      o3_q <= o3_next;
      l3_q <= l3_next;
    end
  end

  `ASSERT_STABLE(RowStable, row_valid_o, row_ready_i, row_o)
  `ASSERT_STABLE(ListStable, list_valid_o, list_ready_i, list_base_o)
  `ASSERT(RunEndsRow, state_q != StRow || run_ends_row_q == (!in_data || phase_q == PhAfter ||
          (phase_q == PhData && !has_after_q)))
  `ASSERT(ByList, state_q != StRow || by_list_q == (c_q.gather && in_data && phase_q == PhData))
  `ASSERT(RowNotEmpty, !row_valid_o || row_o.len != '0)
  `COVER(OutsideRow, emit && !in_data)
  `COVER(AllPhases, emit && in_data && phase_q == PhAfter)

endmodule
