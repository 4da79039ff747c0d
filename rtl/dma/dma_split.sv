// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Joins rows that follow each other on both sides into runs, and cuts runs into pieces that fit a burst:
// at most MaxBurst bytes of whole beats, never across 4 KiB. Any nest of contiguous dimensions so
// becomes long bursts, without a multiplication.
//
//   row --> follows the row before it? fits a burst? --> register --> run --> piece_o
//
//   latency       1 cycle, then a piece leaves when it is full, or when the row after it (or the
//                 instruction's end) shows that it does not grow
//   throughput    a row taken and a piece sent every cycle; three cycles for a piece cut from a longer run
//   back-pressure piece_ready_i; piece_o depends on the next row in the same cycle, so register it behind

`include "prim_assert.svh"

module dma_split
  import dma_pkg::*;
#(
  parameter girih_pkg::cfg_t Cfg = girih_presets_pkg::Default
) (
  input  logic   clk_i,
  input  logic   rst_ni,

  input  logic   row_valid_i,
  output logic   row_ready_o,
  input  row_t   row_i,

  output logic   piece_valid_o,
  input  logic   piece_ready_i,
  output piece_t piece_o
);

  localparam int unsigned MaxBurst  = max_burst(Cfg.BusBytes);
  localparam int unsigned BurstBits = $clog2(MaxBurst);
  localparam int unsigned LaneWidth = $clog2(Cfg.BusBytes);

  // Bytes up to the longest burst's end, or to the page's end: that comes first only in the page's
  // last stretch of a burst's length.
  function automatic length_t cap_of(input kind_e kind, input logic [11:0] offset);
    automatic logic [BurstBits-1:0] used = (&offset[11:BurstBits]) ? offset[BurstBits-1:0]
                                                                   : BurstBits'(offset[LaneWidth-1:0]);
    return length_t'(MaxBurst) - ((kind == KindData) ? length_t'(used) : '0);
  endfunction

  function automatic logic is_small(input length_t len);       // keeps a run's length in its type
    return len < length_t'(2 * MaxBurst);
  endfunction

  // ---------------------------------------------------------------- a row beside the row before it
  typedef struct packed {
    row_t    row;
    length_t cap;
    logic    big;                   // longer than that
    logic    follows;               // the row before it, locally: of the same instruction
    logic    grows;                 // and on the other side: both are one run
  } judged_t;

  girih_pkg::spm_addr_t local_end_q;
  offset_t              offset_end_q;
  kind_e                kind_q;
  logic                 last_q;
  judged_t              judged_d, next_q;
  logic                 next_valid_q, next_ready;

  assign row_ready_o = !next_valid_q || next_ready;

  always_comb begin
    judged_d.row     = row_i;
    judged_d.cap     = cap_of(row_i.kind, row_i.offset[11:0]);
    judged_d.big     = row_i.len > judged_d.cap;
    judged_d.follows = !last_q && row_i.local_addr == local_end_q;
    judged_d.grows   = judged_d.follows && row_i.kind == kind_q && kind_q != KindBad &&
                       (kind_q == KindPad || row_i.offset == offset_end_q);
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      next_valid_q <= 1'b0;
      last_q       <= 1'b1;
    end else if (row_ready_o) begin
      next_valid_q <= row_valid_i;
      if (row_valid_i) last_q <= row_i.last;
    end
  end
  always_ff @(posedge clk_i) begin
    if (row_valid_i && row_ready_o) begin
      next_q       <= judged_d;
      kind_q       <= row_i.kind;
      local_end_q  <= row_i.local_addr + girih_pkg::spm_addr_t'(row_i.len);
      offset_end_q <= row_i.offset + offset_t'(row_i.len);
    end
  end

  // ---------------------------------------------------------------- the run
  // Behind a cut it takes two cycles to know how long the next piece may be, and whether it is cut too.
  logic    valid_q, cont_q, was_cut_q, known_q, big_q, small_q;
  row_t    run_q;
  length_t cap_q;

  logic alone, cut, emit, merge, load;
  assign alone = next_valid_q && !next_q.grows;

  assign piece_valid_o = valid_q && known_q && (big_q || run_q.last || alone);
  assign emit          = piece_valid_o && piece_ready_i;
  assign cut           = valid_q && known_q && big_q && piece_ready_i;
  assign merge         = next_valid_q && next_q.grows && small_q;
  assign load          = alone && (!valid_q || (known_q && !big_q && piece_ready_i));
  assign next_ready    = merge || load;

  assign piece_o = '{
    kind:       run_q.kind,
    offset:     run_q.offset,
    local_addr: run_q.local_addr,
    len:        big_q ? piece_len_t'(cap_q) : piece_len_t'(run_q.len),
    cont:       cont_q,
    joins:      big_q || (next_valid_q && next_q.follows),
    last:       run_q.last && !big_q
  };

  length_t len;                     // of the run in the next cycle, when no row takes its place
  assign len = run_q.len - (cut ? cap_q : '0) + (merge ? next_q.row.len : '0);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      valid_q   <= 1'b0;
      was_cut_q <= 1'b0;
      known_q   <= 1'b1;
    end else begin
      if (load) valid_q <= 1'b1;
      else if (emit && !cut) valid_q <= 1'b0;
      was_cut_q <= cut;
      known_q   <= !cut && !was_cut_q;
    end
  end

  always_ff @(posedge clk_i) begin
    if (load) begin
      run_q   <= next_q.row;
      cap_q   <= next_q.cap;
      big_q   <= next_q.big;
      small_q <= is_small(next_q.row.len);
      cont_q  <= 1'b0;
    end else begin
      if (cut) begin
        if (run_q.kind == KindData) run_q.offset <= run_q.offset + offset_t'(cap_q);
        run_q.local_addr <= run_q.local_addr + girih_pkg::spm_addr_t'(cap_q);
        cont_q           <= 1'b1;
      end
      if (merge) run_q.last <= next_q.row.last;
      if (cut || merge) begin
        run_q.len <= len;
        small_q   <= is_small(len);
      end
      if (was_cut_q)     cap_q <= cap_of(run_q.kind, run_q.offset[11:0]);
      if (merge)         big_q <= run_q.len + next_q.row.len > cap_q;
      else if (!known_q) big_q <= run_q.len > cap_q;
    end
  end

  `ASSERT(GrowsOnRun, !(next_valid_q && next_q.grows) || (valid_q && !run_q.last))
  `ASSERT(BigIsTrue, !valid_q || !known_q || big_q == (run_q.len > cap_of(run_q.kind, run_q.offset[11:0])))
  `ASSERT(PieceFitsBurst, !piece_valid_o || (piece_o.len != '0 && piece_o.len <= piece_len_t'(MaxBurst)))
  `ASSERT(PieceInPage, !piece_valid_o || piece_o.kind != KindData ||
          13'(piece_o.offset[11:0]) + 13'(piece_o.len) <= 13'd4096)
  `COVER(MergeWhileCutting, merge && cut)

endmodule
