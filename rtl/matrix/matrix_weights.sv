// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Fetches weight tiles ahead of the array: one tile waits in the array's shadow while another works.
//
//   packed rows   rows lie side by side from a word's start: P words (WeightPort values) a beat
//   other rows    one row a beat, at any byte: low and high word through the first two ports
// A beat is done when all its words are granted; a port keeps its data until its next grant's, so the
// words of a beat may be granted in different cycles. Words without a used byte are never read.
//
//   latency       5 cycles from a beat's last grant to the tile; tile_full_o rises the cycle after the
//                 last beat's last grant: rows are that much slower on their way to the multipliers
//   throughput    a beat a cycle when ports are granted at once
//   back-pressure waits while the shadow is full; push_ready_o from state alone
//
// Room: INT4 weights are decoded between alignment and difference, in beat order.

`include "prim_assert.svh"

module matrix_weights #(
  parameter girih_pkg::cfg_t Cfg = girih_presets_pkg::Default,
  localparam int unsigned P        = Cfg.WeightPort / Cfg.SpmWordBytes,
  localparam int unsigned WordSize = 8 * Cfg.SpmWordBytes
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,

  input  logic                 push_valid_i,
  output logic                 push_ready_o,
  input  matrix_pkg::passes_t  push_i,
  input  matrix_pkg::layout_t  push_layout_i,

  output logic                 tile_full_o,
  input  logic                 tile_take_i,

  output logic [P-1:0]         spm_valid_o,
  output girih_pkg::spm_addr_t spm_word_o [P],
  input  logic [P-1:0]         spm_gnt_i,
  input  logic [WordSize-1:0]  spm_data_i [P],

  output matrix_pkg::beat_t    beat_o,                    // with the differences
  output matrix_pkg::diff_t    weight_o [Cfg.WeightPort]
);

  import matrix_pkg::*;

  localparam int unsigned WordBits = $clog2(Cfg.SpmWordBytes);
  localparam int unsigned AddrBits = $clog2(Cfg.SpmKiB * 1024);
  localparam int unsigned KBits    = $clog2(Cfg.KDim);
  localparam int unsigned NBits    = $clog2(Cfg.NDim);

  if (P < 2 || Cfg.WeightPort > Cfg.KDim * Cfg.NDim) begin : gen_illegal
    $fatal(1, "matrix_weights: WeightPort must be at least two scratchpad words and at most a tile");
  end

  // ---------------------------------------------------------------- tiles in order
  logic  pass_valid, start, passes_ready;
  pass_t pass;

  matrix_passes #(.Cfg(Cfg)) u_passes (
    .clk_i, .rst_ni,
    .push_valid_i(push_valid_i && push_ready_o), .push_ready_o(passes_ready), .push_i,
    .valid_o(pass_valid), .pass_o(pass), .next_i(start)
  );

  // The layout of the instruction after the one whose tiles are fetched; it leaves with its first tile.
  layout_t layout_q;
  logic    layout_valid_q;

  assign push_ready_o = passes_ready && !layout_valid_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) layout_valid_q <= 1'b0;
    else if (push_valid_i && push_ready_o) layout_valid_q <= 1'b1;
    else if (start && pass.first) layout_valid_q <= 1'b0;
  end
  always_ff @(posedge clk_i) begin
    if (push_valid_i && push_ready_o) layout_q <= push_layout_i;
  end

  // ---------------------------------------------------------------- beats of a tile
  logic         fetching_q, full_q;
  logic [P-1:0] pending_q;
  spm_addr_t    word_q [P];
  spm_addr_t    addr_q;                // byte address of the row, when not packed
  layout_t      now_q;                 // of the tile being fetched
  logic [4:0]   row_q, row_last_q;     // first row of the beat; last used row of the tile
  logic [4:0]   col_last_q;            // last used byte of a row
  logic [9:0]   words_left_q;          // of the tile, from the beat's first on, less one

  logic beat_done, tile_done;
  assign beat_done = fetching_q && (pending_q & ~spm_gnt_i) == '0;
  assign tile_done = beat_done && (now_q.packed_rows ? words_left_q < 10'(P) : row_q == row_last_q);
  assign start     = pass_valid && !fetching_q && (!full_q || tile_take_i);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      fetching_q <= 1'b0;
      full_q     <= 1'b0;
    end else begin
      if (start) fetching_q <= 1'b1;
      else if (tile_done) fetching_q <= 1'b0;
      if (tile_done) full_q <= 1'b1;
      else if (tile_take_i) full_q <= 1'b0;
    end
  end

  // The next tile's first beat and this tile's next one. `start` comes late: it only chooses.
  function automatic logic [P-1:0] words_of(input logic packed_rows, input logic [9:0] words_left,
                                            input logic [WordBits-1:0] offset, input logic [4:0] col_last);
    for (int unsigned p = 0; p < P; p++) words_of[p] = 10'(p) <= words_left;
    if (!packed_rows) begin
      words_of    = P'(1);
      words_of[1] = 32'(offset) + 32'(col_last) >= Cfg.SpmWordBytes;
    end
  endfunction

  logic unused_pass;
  assign unused_pass = ^pass;

  layout_t      layout;
  spm_addr_t    step_addr;
  logic [4:0]   row_last, col_last;
  logic [9:0]   tile_words, step_words;
  logic [P-1:0] tile_pending, step_pending;
  assign layout       = pass.first ? layout_q : now_q;
  assign row_last     = layout.columns ? pass.k_last : pass.n_last;
  assign col_last     = layout.columns ? pass.n_last : pass.k_last;
  assign tile_words   = 10'(((32'(row_last) << (layout.columns ? NBits : KBits)) | 32'(col_last)) >> WordBits);
  assign tile_pending = words_of(layout.packed_rows, tile_words, pass.addr[WordBits-1:0], col_last);
  assign step_addr    = addr_q + now_q.row;
  assign step_words   = words_left_q - 10'(P);
  assign step_pending = words_of(now_q.packed_rows, step_words, step_addr[WordBits-1:0], col_last_q);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) pending_q <= '0;
    else if (start) pending_q <= tile_pending;
    else if (beat_done && !tile_done) pending_q <= step_pending;
    else pending_q <= pending_q & ~spm_gnt_i;
  end

  always_ff @(posedge clk_i) begin
    if (start) begin
      now_q        <= layout;
      row_q        <= '0;
      row_last_q   <= row_last;
      col_last_q   <= col_last;
      words_left_q <= tile_words;
      addr_q       <= pass.addr;
      for (int unsigned p = 0; p < P; p++) begin
        word_q[p] <= spm_addr_t'(pass.addr[AddrBits-1:WordBits]) + spm_addr_t'(p);
      end
    end else if (beat_done) begin
      row_q        <= row_q + (!now_q.packed_rows ? 5'd1 : now_q.columns ? 5'(Cfg.WeightPort >> NBits)
                                                                         : 5'(Cfg.WeightPort >> KBits));
      words_left_q <= step_words;
      addr_q       <= step_addr;
      for (int unsigned p = 0; p < P; p++) begin
        word_q[p] <= now_q.packed_rows ? word_q[p] + spm_addr_t'(P)
                                       : spm_addr_t'(step_addr[AddrBits-1:WordBits]) + spm_addr_t'(p);
      end
    end
  end

  assign spm_valid_o = pending_q;
  assign spm_word_o  = word_q;
  assign tile_full_o = full_q;

  // ---------------------------------------------------------------- data, three cycles after the grant
  localparam int unsigned Wait = girih_pkg::SpmReadLatency;
  beat_t beat_q [1:Wait+1];              // [i]: i cycles after the grant

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      for (int unsigned i = 1; i <= Wait + 1; i++) beat_q[i].valid <= 1'b0;
    end else begin
      beat_q[1].valid <= beat_done;
      for (int unsigned i = 2; i <= Wait + 1; i++) beat_q[i].valid <= beat_q[i-1].valid;
    end
    if (beat_done) begin
      beat_q[1].columns     <= now_q.columns;
      beat_q[1].packed_rows <= now_q.packed_rows;
      beat_q[1].row         <= row_q;
      beat_q[1].offset      <= 6'(addr_q[WordBits-1:0]);
      beat_q[1].op          <= now_q.op;
    end
    for (int unsigned i = 2; i <= Wait + 1; i++) begin
      if (beat_q[i-1].valid) begin
        beat_q[i].columns     <= beat_q[i-1].columns;
        beat_q[i].packed_rows <= beat_q[i-1].packed_rows;
        beat_q[i].row         <= beat_q[i-1].row;
        beat_q[i].offset      <= beat_q[i-1].offset;
        beat_q[i].op          <= beat_q[i-1].op;
      end
    end
  end

  // A single row is repeated wherever a packed beat may hold one, so the tile sees one layout only.
  diff_t weight_q [Cfg.WeightPort];

  always_ff @(posedge clk_i) begin
    if (beat_q[Wait].valid) begin
      automatic logic [WordSize-1:0] row;
      row = WordSize'({spm_data_i[1], spm_data_i[0]} >> {beat_q[Wait].offset[WordBits-1:0], 3'b0});
      for (int unsigned i = 0; i < Cfg.WeightPort; i++) begin
        weight_q[i] <= diff(
          beat_q[Wait].packed_rows ? spm_data_i[i / Cfg.SpmWordBytes][8 * (i % Cfg.SpmWordBytes) +: 8] :
          beat_q[Wait].columns     ? row[8 * (i % Cfg.NDim) +: 8] : row[8 * (i % Cfg.KDim) +: 8],
          beat_q[Wait].op);
      end
    end
  end

  assign beat_o   = beat_q[Wait+1];
  assign weight_o = weight_q;

  `ASSERT(TakenOnlyWhenFull, !tile_take_i || full_q)
  `ASSERT(NeverOverwritten, !beat_done || !full_q)
  `ASSERT(GrantOnlyOnRequest, (spm_gnt_i & ~pending_q) == '0)
  `COVER(PartlyGranted, fetching_q && !beat_done && (pending_q & spm_gnt_i) != '0)
  `COVER(PackedRows, tile_done && now_q.packed_rows && !now_q.columns)
  `COVER(PackedColumns, tile_done && now_q.packed_rows && now_q.columns)
  `COVER(StraddlingRow, beat_done && !now_q.packed_rows && pending_q[1])

endmodule
