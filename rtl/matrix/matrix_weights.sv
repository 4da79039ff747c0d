// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Fetches weight tiles ahead of the array: one tile waits in the array's shadow while another works.
//
//   packed rows   rows lie side by side from a word's start: P words (WeightPort values) a beat
//   other rows    one row a beat, at any byte: low and high word through the first two ports
// The words of a beat are asked for together and come together. Words without a used byte are never read.
// A tile's beats are counted twice: when they are asked for, and when they come; the next tile is not asked
// for before the last beat of this one has come.
//
//   latency       7 cycles from a beat's taken ask to the tile; tile_full_o rises the cycle after the
//                 last beat came: rows are that much slower on their way to the multipliers.
//                 The next tile is begun the cycle after tile_take_i: that comes too late for more
//   throughput    a beat a cycle when banks are free
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
  input  logic                 spm_ready_i,               // of all ports of the beat
  input  logic                 spm_came_i,
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

  // ---------------------------------------------------------------- beats of a tile: asking
  logic         fetching_q, full_q;    // a tile is on its way; it is there
  logic [P-1:0] ask_q;                 // words of the beat
  logic         asking_q, ask_last_q;  // a beat is asked for; the tile's last
  spm_addr_t    word_q [P];
  spm_addr_t    addr_q;                // byte address of the row, when not packed
  layout_t      now_q;                 // of the tile being fetched
  logic [4:0]   row_q;                 // first row of the beat that comes
  logic [4:0]   col_last_q;            // last used byte of a row
  logic [9:0]   words_left_q;          // of the tile, behind those of the beat that is asked for

  logic asked, came, tile_done;
  assign asked     = asking_q && spm_ready_i;
  assign came      = spm_came_i;
  assign start     = pass_valid && !fetching_q && !full_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      fetching_q <= 1'b0;
      full_q     <= 1'b0;
      asking_q   <= 1'b0;
    end else begin
      if (start) fetching_q <= 1'b1;
      else if (tile_done) fetching_q <= 1'b0;
      if (tile_done) full_q <= 1'b1;
      else if (tile_take_i) full_q <= 1'b0;
      if (start) asking_q <= 1'b1;
      else if (asked && ask_last_q) asking_q <= 1'b0;
    end
  end

  // The next tile's first beat and this tile's next one.
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
  logic [9:0]   tile_beats;            // less one: words / P when packed, rows otherwise
  logic [P-1:0] tile_ask, step_ask;
  assign layout     = pass.first ? layout_q : now_q;
  assign row_last   = layout.columns ? pass.k_last : pass.n_last;
  assign col_last   = layout.columns ? pass.n_last : pass.k_last;
  assign tile_words = 10'(((32'(row_last) << (layout.columns ? NBits : KBits)) | 32'(col_last)) >> WordBits);
  assign tile_beats = layout.packed_rows ? tile_words / 10'(P) : 10'(row_last);
  assign tile_ask   = words_of(layout.packed_rows, tile_words, pass.addr[WordBits-1:0], col_last);
  assign step_addr  = addr_q + now_q.row;
  assign step_words = words_left_q - 10'(P);
  assign step_ask   = words_of(now_q.packed_rows, step_words, step_addr[WordBits-1:0], col_last_q);

  logic [9:0] beats_left_q;            // to be asked for behind this one
  logic [9:0] came_left_q;             // to come behind the next one
  logic       came_last_q;             // the next one is the last

  always_ff @(posedge clk_i) begin
    if (start) begin
      now_q        <= layout;
      col_last_q   <= col_last;
      words_left_q <= tile_words;
      addr_q       <= pass.addr;
      ask_q        <= tile_ask;
      beats_left_q <= tile_beats;
      ask_last_q   <= tile_beats == '0;
      for (int unsigned p = 0; p < P; p++) begin
        word_q[p] <= spm_addr_t'(pass.addr[AddrBits-1:WordBits]) + spm_addr_t'(p);
      end
    end else if (asked) begin
      words_left_q <= step_words;
      addr_q       <= step_addr;
      ask_q        <= step_ask;
      beats_left_q <= beats_left_q - 10'd1;
      ask_last_q   <= beats_left_q == 10'd1;
      for (int unsigned p = 0; p < P; p++) begin
        word_q[p] <= now_q.packed_rows ? word_q[p] + spm_addr_t'(P)
                                       : spm_addr_t'(step_addr[AddrBits-1:WordBits]) + spm_addr_t'(p);
      end
    end
  end

  for (genvar p = 0; p < int'(P); p++) begin : gen_ask
    assign spm_valid_o[p] = asking_q && ask_q[p];
  end
  assign spm_word_o  = word_q;
  assign tile_full_o = full_q;

  // ---------------------------------------------------------------- beats of a tile: coming
  logic [WordBits-1:0] offset_q;       // of the row that comes in its word, when not packed

  assign tile_done = came && came_last_q;

  always_ff @(posedge clk_i) begin
    if (start) begin
      row_q       <= '0;
      offset_q    <= pass.addr[WordBits-1:0];
      came_left_q <= tile_beats;
      came_last_q <= tile_beats == '0;
    end else if (came) begin
      offset_q    <= offset_q + now_q.row[WordBits-1:0];
      came_left_q <= came_left_q - 10'd1;
      came_last_q <= came_left_q == 10'd1;
      row_q       <= row_q + (!now_q.packed_rows ? 5'd1 : now_q.columns ? 5'(Cfg.WeightPort >> NBits)
                                                                        : 5'(Cfg.WeightPort >> KBits));
    end
  end

  // Bytes to their places, then less the zero point. A single row is repeated wherever a packed beat may
  // hold one, so the tile sees one layout only.
  beat_t      placed_q, beat_q;
  operand_t   op_q;
  logic [7:0] byte_q [Cfg.WeightPort];
  diff_t      weight_q [Cfg.WeightPort];

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      placed_q.valid <= 1'b0;
      beat_q.valid   <= 1'b0;
    end else begin
      placed_q.valid <= came;
      beat_q.valid   <= placed_q.valid;
    end
    if (came) begin
      placed_q.columns     <= now_q.columns;
      placed_q.packed_rows <= now_q.packed_rows;
      placed_q.row         <= row_q;
      op_q                 <= now_q.op;
    end
    if (placed_q.valid) begin
      beat_q.columns     <= placed_q.columns;
      beat_q.packed_rows <= placed_q.packed_rows;
      beat_q.row         <= placed_q.row;
    end
  end

  always_ff @(posedge clk_i) begin
    if (came) begin
      automatic logic [WordSize-1:0] row;
      row = WordSize'({spm_data_i[1], spm_data_i[0]} >> {offset_q, 3'b0});
      for (int unsigned i = 0; i < Cfg.WeightPort; i++) begin
        byte_q[i] <=
          now_q.packed_rows ? spm_data_i[i / Cfg.SpmWordBytes][8 * (i % Cfg.SpmWordBytes) +: 8] :
          now_q.columns     ? row[8 * (i % Cfg.NDim) +: 8] : row[8 * (i % Cfg.KDim) +: 8];
      end
    end
    if (placed_q.valid) begin
      for (int unsigned i = 0; i < Cfg.WeightPort; i++) weight_q[i] <= diff(byte_q[i], op_q);
    end
  end

  assign beat_o   = beat_q;
  assign weight_o = weight_q;

  `ASSERT(TakenOnlyWhenFull, !tile_take_i || full_q)
  `ASSERT(NeverOverwritten, !came || (fetching_q && !full_q))
  `ASSERT(NoAskBehindTheLast, !asking_q || fetching_q)
  `COVER(PackedRows, tile_done && now_q.packed_rows && !now_q.columns)
  `COVER(PackedColumns, tile_done && now_q.packed_rows && now_q.columns)
  `COVER(StraddlingRow, asked && !now_q.packed_rows && ask_q[1])

endmodule
