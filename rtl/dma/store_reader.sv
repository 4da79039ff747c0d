// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Turns pieces, in order, into the beats of write bursts: reads scratchpad words (accumulator rows in
// parts of a word), and shifts the bytes to their lanes. A word is read once for a run of pieces that
// go on where the previous one ended.
//
//   piece --> [2] --> words to read --> [2] --> port --> [fifo] --> kept word | next word --> shift --> [2] --> W
//               \---> [ ] -> its first beat -> [fifo] --------------> which lanes
//
//   latency       10 cycles from piece to beat when the port is free
//   throughput    a beat a cycle for any alignment; one cycle more where a run begins with a beat that
//                 straddles two words
//   back-pressure w_ready_i, through the registers; a read is asked for only when its word has room
//   order         answers come in the order of the asks of one memory; the other memory is asked only when
//                 this one has answered everything

`include "prim_assert.svh"
`include "prim_bug.svh"

module store_reader
  import dma_pkg::*;
#(
  parameter girih_pkg::cfg_t Cfg = girih_presets_pkg::Default,
  localparam int unsigned WordBytes = Cfg.SpmWordBytes,
  localparam int unsigned BusBytes  = Cfg.BusBytes,
  localparam int unsigned Lanes     = Cfg.NDim,
  localparam int unsigned LaneWidth = $clog2(BusBytes)
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  input  logic                   piece_valid_i,
  output logic                   piece_ready_o,
  input  logic                   piece_space_i,
  input  girih_pkg::spm_addr_t   piece_local_i,
  input  piece_len_t             piece_len_i,
  input  logic [LaneWidth-1:0]   piece_lane_i,      // of the first byte in its beat
  input  logic                   piece_cont_i,

  output logic                   spm_rd_valid_o,
  output girih_pkg::spm_addr_t   spm_rd_word_o,
  input  logic                   spm_rd_ready_i,
  input  logic                   spm_rd_came_i,
  input  logic [8*WordBytes-1:0] spm_rd_data_i,

  output logic                   acc_rd_valid_o,
  output girih_pkg::acc_addr_t   acc_rd_row_o,
  input  logic                   acc_rd_ready_i,
  input  logic                   acc_rd_came_i,
  input  logic [31:0]            acc_rd_data_i [Lanes],

  output logic                   w_valid_o,
  input  logic                   w_ready_i,
  output logic [8*BusBytes-1:0]  w_data_o,
  output logic [BusBytes-1:0]    w_strb_o,
  output logic                   w_last_o
);

  localparam int unsigned PosWidth  = $clog2(WordBytes);
  localparam int unsigned Words     = 8;                      // asked for and not used up
  localparam int unsigned UsedWidth = $clog2(Words + 1);
  localparam int unsigned Parts     = 4 * Lanes / WordBytes;  // words of an accumulator row
  localparam int unsigned PartShift = $clog2(Parts);
  localparam int unsigned PartWidth = (Parts == 1) ? 1 : PartShift;
  localparam int unsigned PartLanes = WordBytes / 4;

  typedef girih_pkg::spm_addr_t   addr_t;
  typedef logic [PosWidth-1:0]    pos_t;
  typedef logic [PosWidth+1:0]    reach_t;
  typedef logic [8*WordBytes-1:0] word_t;
  typedef logic [PartWidth-1:0]   part_t;
  typedef logic [$bits(piece_len_t)-PosWidth:0] count_t;      // words of a piece

  // How a beat is cut off what is left of its piece.
  typedef struct packed {
    logic               ends;           // the last one of its piece
    logic [LaneWidth:0] bytes;
    piece_len_t         rest;           // bytes after it
  } cut_t;

  // A piece, its first beat and the words it needs beside those that the piece before it has read.
  typedef struct packed {
    pos_t                 pos;
    logic [LaneWidth-1:0] lane;
    cut_t                 cut;
    logic                 cont;
  } raw_t;

  typedef struct packed {
    raw_t   raw;
    logic   space;
    addr_t  word;                       // the first one
    count_t words;
  } piece_t;

  typedef struct packed {
    logic  space;
    addr_t word;
  } ask_t;

  // A beat, ready to be made, and what follows it.
  typedef struct packed {
    logic [LaneWidth-1:0] lane;         // of its first byte
    logic [LaneWidth:0]   stop;         // lane after its last byte
    pos_t                 turn;         // bytes its word is turned by
    logic                 whole;        // its lanes begin in the first byte's word or after it
    logic                 straddles;    // it takes from two words
    logic                 stays;        // its successor begins in a word it has taken from
    logic                 ends;         // the last one of its piece
    pos_t                 at;           // of its successor in its word
    cut_t                 next;         // its successor
  } step_t;

  typedef struct packed {
    step_t step;
    logic  cont;
  } order_t;

  typedef struct packed {
    logic [8*BusBytes-1:0] data;
    logic [BusBytes-1:0]   strb;
    logic                  last;
  } beat_t;

  function automatic cut_t cut_of(input piece_len_t left, input logic [LaneWidth-1:0] lane);
    automatic cut_t               cut;
    automatic logic [LaneWidth:0] fits = (LaneWidth + 1)'(BusBytes) - (LaneWidth + 1)'(lane);
    cut.ends  = left <= piece_len_t'(fits);
    cut.bytes = cut.ends ? (LaneWidth + 1)'(left) : fits;
    cut.rest  = cut.ends ? '0 : left - piece_len_t'(fits);
    return cut;
  endfunction

  // ---------------------------------------------------------------- a piece is looked at once
  // The queue in front of this one is a RAM, and what takes the piece is late.
  piece_t looked, piece;
  logic   piece_valid, take, skips;
  pos_t   piece_pos;
  piece_len_t span;

  // A word that the previous piece ended in has been read. A short piece may lie wholly in it.
  assign piece_pos = piece_local_i[PosWidth-1:0];
  assign skips     = piece_cont_i && piece_pos != '0;
  assign span      = piece_len_t'(piece_pos) + piece_len_i - piece_len_t'(1);

  always_comb begin
    looked.raw   = '{pos: piece_pos, lane: piece_lane_i, cut: cut_of(piece_len_i, piece_lane_i),
                     cont: piece_cont_i};
    looked.space = piece_space_i;
    looked.word  = (piece_local_i >> PosWidth) + addr_t'(skips);
    looked.words = count_t'(span >> PosWidth) + count_t'(!skips);
  end

  prim_stream_reg #(.T(piece_t)) u_piece (
    .clk_i, .rst_ni,
    .in_valid_i(piece_valid_i), .in_ready_o(piece_ready_o), .in_data_i(looked),
    .out_valid_o(piece_valid), .out_ready_i(take), .out_data_o(piece)
  );

  // ---------------------------------------------------------------- words to read
  logic   order_ready, next_valid, order_pop, raw_valid_q, raw_ready;
  raw_t   raw_q;
  order_t order_in, next_order;
  logic [2:0] unused_order_count;

  logic   read_q, read_space_q, read_last_q;        // there are words to read; the next one is the last
  addr_t  word_q;
  count_t left_q;
  logic [UsedWidth-1:0] used_q, flying_q;           // asked for and not used up, not come
  logic   room_q;                                   // used_q is less than Words
  logic   ask, ask_ready, asked, ask_valid, came, word_pop;
  ask_t   ask_out;
  logic   memory_q;                                 // the one that is being asked

  assign ask   = read_q && room_q && memory_q == read_space_q;
  assign asked = ask && ask_ready;
  assign take  = piece_valid && order_ready && (!read_q || (asked && read_last_q));

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      read_q   <= 1'b0;
      used_q   <= '0;
      room_q   <= 1'b1;
      flying_q <= '0;
      memory_q <= girih_isa_pkg::SpaceSpm;
    end else begin
      if (take) read_q <= piece.words != '0;
      else if (asked && read_last_q) read_q <= 1'b0;
      if (asked != word_pop) begin
        used_q <= asked ? used_q + 1'b1 : used_q - 1'b1;
        room_q <= word_pop || used_q != UsedWidth'(Words - 1);
      end
      if (asked != came) flying_q <= asked ? flying_q + 1'b1 : flying_q - 1'b1;
      if (read_q && flying_q == '0) memory_q <= read_space_q;
    end
  end
  always_ff @(posedge clk_i) begin
    if (take) begin
      word_q       <= piece.word;
      left_q       <= piece.words;
      read_last_q  <= piece.words == count_t'(1);
      read_space_q <= piece.space;
    end else if (asked) begin
      word_q      <= word_q + addr_t'(1);
      left_q      <= left_q - count_t'(1);
      read_last_q <= left_q == count_t'(2);
    end
  end

  prim_stream_reg #(.T(ask_t)) u_ask (
    .clk_i, .rst_ni,
    .in_valid_i(ask), .in_ready_o(ask_ready), .in_data_i('{space: memory_q, word: word_q}),
    .out_valid_o(ask_valid),
    .out_ready_i((ask_out.space == girih_isa_pkg::SpaceAcc) ? acc_rd_ready_i : spm_rd_ready_i),
    .out_data_o(ask_out)
  );
  assign spm_rd_valid_o = ask_valid && ask_out.space == girih_isa_pkg::SpaceSpm;
  assign acc_rd_valid_o = ask_valid && ask_out.space == girih_isa_pkg::SpaceAcc;
  assign spm_rd_word_o  = ask_out.word;
  assign acc_rd_row_o   = girih_pkg::acc_addr_t'(ask_out.word >> PartShift);

  // ---------------------------------------------------------------- words that come
  part_t      part, part_next;           // of the row that comes; of the one after it
  logic       part_ready, part_valid, part_there;
  word_t      part_word [Parts];
  word_t      came_word, head;
  logic       head_valid, unused_came_ready, unused_part_ready;
  logic [UsedWidth-1:0] unused_count, unused_parts;

  assign came = spm_rd_came_i || acc_rd_came_i;

  prim_fifo #(.T(part_t), .Depth(Words)) u_parts (
    .clk_i, .rst_ni,
    .push_valid_i(asked && memory_q == girih_isa_pkg::SpaceAcc), .push_ready_o(unused_part_ready),
    .push_data_i((Parts == 1) ? '0 : word_q[PartWidth-1:0]),
    .pop_valid_o(part_valid), .pop_ready_i(part_ready), .pop_data_o(part_next),
    .count_o(unused_parts)
  );
  // All of a row looks at it.
  prim_stream_reg #(.T(part_t)) u_part (
    .clk_i, .rst_ni,
    .in_valid_i(part_valid), .in_ready_o(part_ready), .in_data_i(part_next),
    .out_valid_o(part_there), .out_ready_i(acc_rd_came_i), .out_data_o(part)
  );

  for (genvar p = 0; p < Parts; p++) begin : gen_part
    for (genvar l = 0; l < PartLanes; l++) begin : gen_lane
      assign part_word[p][32*l +: 32] = acc_rd_data_i[p * PartLanes + l];
    end
  end
  assign came_word = (memory_q == girih_isa_pkg::SpaceAcc) ? part_word[part] : spm_rd_data_i;

  prim_fifo #(.T(word_t), .Depth(Words)) u_words (
    .clk_i, .rst_ni,
    .push_valid_i(came), .push_ready_o(unused_came_ready), .push_data_i(came_word),
    .pop_valid_o(head_valid), .pop_ready_i(word_pop), .pop_data_o(head), .count_o(unused_count)
  );

  // ---------------------------------------------------------------- pieces wait with their first beats
  // What is decided about a beat is decided a step ahead of it, how many bytes it has two steps.
  function automatic step_t step_of(input pos_t pos, input logic [LaneWidth-1:0] lane, input cut_t cut);
    automatic step_t  step;
    automatic reach_t reach = reach_t'(pos) + reach_t'(cut.bytes);
    step.lane      = lane;
    step.stop      = (LaneWidth + 1)'(lane) + cut.bytes;
    step.turn      = pos - pos_t'(lane);
    step.whole     = pos >= pos_t'(lane);
    step.straddles = reach > reach_t'(WordBytes);
    step.stays     = reach != reach_t'(WordBytes);
    step.ends      = cut.ends;
    step.at        = pos_t'(reach);
    step.next      = cut_of(cut.rest, '0);
    return step;
  endfunction

  assign order_ready = !raw_valid_q || raw_ready;
  assign order_in    = '{step: step_of(raw_q.pos, raw_q.lane, raw_q.cut), cont: raw_q.cont};

  always_ff @(posedge clk_i) begin
    if (!rst_ni) raw_valid_q <= 1'b0;
    else if (order_ready) raw_valid_q <= take;
  end
  always_ff @(posedge clk_i) if (take) raw_q <= piece.raw;

  prim_fifo #(.T(order_t), .Depth(4)) u_order (
    .clk_i, .rst_ni,
    .push_valid_i(raw_valid_q), .push_ready_o(raw_ready), .push_data_i(order_in),
    .pop_valid_o(next_valid), .pop_ready_i(order_pop), .pop_data_o(next_order), .count_o(unused_order_count)
  );

  // ---------------------------------------------------------------- a beat
  // `lower` is the word of the beat's first byte, `upper` the one after it: the next one that comes.
  logic                  piece_q;                    // step_q is a beat to be made
  step_t                 step_q;
  logic                  kept_q;                     // the kept word is the one the successor begins in
  logic                  mine_q;                     // the kept word is the one this beat begins in
  logic                  kept_next, alone, beat_valid, fire, out_ready;
  word_t                 kept_word_q, lower;
  beat_t                 beat, beat_out;
  logic [8*BusBytes-1:0] shifted;

  assign alone     = mine_q && !step_q.straddles;    // needs no word that comes
  assign beat_valid = piece_q && (alone || (head_valid && (mine_q || !step_q.straddles)));
  assign fire       = beat_valid && out_ready;
  assign word_pop  = piece_q && out_ready && !alone && head_valid;
  assign order_pop = !piece_q || (fire && step_q.ends);
  assign kept_next = piece_q ? step_q.stays : kept_q;   // with a beat, or between pieces

  assign lower       = mine_q ? kept_word_q : head;
  assign shifted     = (8 * BusBytes)'((step_q.whole ? {head, lower} : {lower, lower}) >>
                                       {step_q.turn, 3'b000});
  assign beat.last   = step_q.ends;
  // The bug turns the top bit of a beat that takes from two words.
  assign beat.data   = `SEEDED_BUG(20, shifted,
                                   shifted ^ ((8 * BusBytes)'(step_q.straddles) << (8 * BusBytes - 1)));
  // Lanes from the first byte's up, without those from the end up.
  assign beat.strb   = (BusBytes'('1) << step_q.lane) & ~(BusBytes'('1) << step_q.stop);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      piece_q <= 1'b0;
      kept_q  <= 1'b0;
    end else begin
      if (order_pop) piece_q <= next_valid;
      if (fire) kept_q <= kept_next;
    end
  end
  always_ff @(posedge clk_i) begin
    if (word_pop) kept_word_q <= head;
    // A word popped without a beat is the one the beat begins in.
    if (order_pop) mine_q <= kept_next && next_order.cont;
    else if (fire) mine_q <= kept_next;
    else if (word_pop) mine_q <= 1'b1;
    if (order_pop) step_q <= next_order.step;
    else if (fire) step_q <= step_of(step_q.at, '0, step_q.next);
  end

  prim_stream_reg #(.T(beat_t)) u_beats (
    .clk_i, .rst_ni,
    .in_valid_i(beat_valid), .in_ready_o(out_ready), .in_data_i(beat),
    .out_valid_o(w_valid_o), .out_ready_i(w_ready_i), .out_data_o(beat_out)
  );
  assign w_data_o = beat_out.data;
  assign w_strb_o = beat_out.strb;
  assign w_last_o = beat_out.last;

  `ASSERT(PartIsThere, !acc_rd_came_i || part_there)
  `ASSERT(WordHasRoom, !came || unused_came_ready)
  `ASSERT(OneMemory, memory_q == girih_isa_pkg::SpaceAcc ? !spm_rd_came_i : !acc_rd_came_i)
  `ASSERT(OnePort, !(spm_rd_valid_o && acc_rd_valid_o))
  `ASSERT_STABLE(SpmReadStable, spm_rd_valid_o, spm_rd_ready_i, spm_rd_word_o)
  `ASSERT_STABLE(AccReadStable, acc_rd_valid_o, acc_rd_ready_i, acc_rd_row_o)
  `COVER(BeatOfTwoWords, fire && step_q.straddles)
  `COVER(GoesOn, order_pop && next_valid && next_order.cont && kept_next)

endmodule
