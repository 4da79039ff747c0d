// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Joins rows that follow each other on both sides into runs, and cuts runs into pieces that fit a burst:
// at most MaxBurst bytes of whole beats, never across 4 KiB. Any nest of contiguous dimensions so
// becomes long bursts, without a multiplication.
//
//   latency       a piece leaves when it is full, or when the row after it (or the instruction's end)
//                 shows that it does not grow
//   throughput    a row taken and a piece sent every cycle
//   back-pressure piece_ready_i; piece_o depends on row_i in the same cycle, so register it behind

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
  localparam int unsigned LaneWidth = $clog2(Cfg.BusBytes);

  logic                 valid_q, cont_q;
  row_t                 run_q;
  girih_pkg::spm_addr_t local_end_q;
  offset_t              offset_end_q;

  // Bytes up to the longest burst's end, or to the page's end.
  logic [12:0] to_burst, to_page;
  length_t     cap;
  assign to_burst = 13'(MaxBurst) - 13'(run_q.offset[LaneWidth-1:0]);
  assign to_page  = 13'd4096 - 13'(run_q.offset[11:0]);
  always_comb begin
    if (run_q.kind != KindData)   cap = length_t'(MaxBurst);
    else if (to_burst <= to_page) cap = length_t'(to_burst);
    else                          cap = length_t'(to_page);
  end

  logic big, follows, grows, small_run, emit, merge, load;
  assign big       = run_q.len > cap;
  assign small_run = run_q.len < length_t'(2 * MaxBurst);       // keeps the length in its type
  assign follows   = row_valid_i && !run_q.last && row_i.local_addr == local_end_q;
  assign grows     = valid_q && follows && row_i.kind == run_q.kind && run_q.kind != KindBad &&
                     (run_q.kind == KindPad || row_i.offset == offset_end_q);

  assign piece_valid_o = valid_q && (big || run_q.last || (row_valid_i && !grows));
  assign emit          = piece_valid_o && piece_ready_i;
  assign merge         = grows && small_run;
  assign load          = row_valid_i && !grows && (!valid_q || (emit && !big));
  assign row_ready_o   = merge || load;

  assign piece_o = '{
    kind:       run_q.kind,
    offset:     run_q.offset,
    local_addr: run_q.local_addr,
    len:        big ? piece_len_t'(cap) : piece_len_t'(run_q.len),
    cont:       cont_q,
    joins:      big || follows,
    last:       run_q.last && !big
  };

  always_ff @(posedge clk_i) begin
    if (!rst_ni) valid_q <= 1'b0;
    else if (load) valid_q <= 1'b1;
    else if (emit && !big) valid_q <= 1'b0;
  end

  always_ff @(posedge clk_i) begin
    if (load) begin
      run_q  <= row_i;
      cont_q <= 1'b0;
    end else begin
      if (emit && big) begin
        if (run_q.kind == KindData) run_q.offset <= run_q.offset + offset_t'(cap);
        run_q.local_addr <= run_q.local_addr + girih_pkg::spm_addr_t'(cap);
        cont_q           <= 1'b1;
      end
      if (merge) run_q.last <= row_i.last;
      if ((emit && big) || merge) begin
        run_q.len <= run_q.len - (emit ? cap : '0) + (merge ? row_i.len : '0);
      end
    end
    if (load || merge) begin
      local_end_q  <= row_i.local_addr + girih_pkg::spm_addr_t'(row_i.len);
      offset_end_q <= row_i.offset + offset_t'(row_i.len);
    end
  end

  `ASSERT(PieceFitsBurst, !piece_valid_o || (piece_o.len != '0 && piece_o.len <= piece_len_t'(MaxBurst)))
  `ASSERT(PieceInPage, !piece_valid_o || piece_o.kind != KindData ||
          13'(piece_o.offset[11:0]) + 13'(piece_o.len) <= 13'd4096)
  `COVER(MergeWhileCutting, merge && emit)

endmodule
