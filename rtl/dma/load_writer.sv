// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Turns the bytes of pieces, in order, into writes of scratchpad words: takes the beats from
// load_buffer, rotates them to their place, and keeps the part of a word that the next beat completes.
//
//   piece --> D0 --get--> [load_buffer] --> D1 --> D2 rotate, merge with the kept part --> [2] --> write
//
//   latency       3 cycles from a beat in the buffer to the write request
//   throughput    a beat a cycle for any alignment while pieces join; one cycle more at the end of a run
//                 whose last beat straddles two words; padding a word a cycle
//   back-pressure wr_gnt_i stops the whole line
//
// Accumulator rows are written in parts of a scratchpad word.

`include "prim_assert.svh"
`include "prim_bug.svh"

module load_writer
  import dma_pkg::*;
#(
  parameter girih_pkg::cfg_t Cfg = girih_presets_pkg::Default,
  localparam int unsigned WordBytes = Cfg.SpmWordBytes,
  localparam int unsigned BusBytes  = Cfg.BusBytes,
  localparam int unsigned LaneWidth = $clog2(BusBytes)
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  input  logic                   piece_valid_i,
  output logic                   piece_ready_o,
  input  logic                   piece_pad_i,       // pad bytes instead of a burst's data
  input  logic [7:0]             piece_value_i,
  input  logic                   piece_space_i,
  input  girih_pkg::spm_addr_t   piece_local_i,
  input  piece_len_t             piece_len_i,
  input  logic [LaneWidth-1:0]   piece_lane_i,      // of the first byte in its beat
  input  logic                   piece_joins_i,
  input  logic                   piece_last_i,

  input  logic                   get_ready_i,       // load_buffer
  output logic                   get_o,
  output logic                   get_last_o,
  input  logic [8*BusBytes-1:0]  data_i,
  input  logic                   fail_i,            // of a failed read: zeros are written

  output logic                   failed_o,          // data_i are of a failed read
  output logic                   job_end_o,         // data_i (or padding) end an instruction

  output logic                   wr_valid_o,
  input  logic                   wr_gnt_i,
  output logic                   wr_space_o,
  output girih_pkg::spm_addr_t   wr_word_o,
  output logic [8*WordBytes-1:0] wr_data_o,
  output logic [WordBytes-1:0]   wr_be_o,
  output logic                   wr_last_o,         // of the instruction

  output logic                   waits_for_data_o
);

  localparam int unsigned PosWidth  = $clog2(WordBytes);
  localparam int unsigned SpanWidth = PosWidth + 1;

  typedef girih_pkg::spm_addr_t   addr_t;
  typedef logic [PosWidth-1:0]    pos_t;
  typedef logic [SpanWidth-1:0]   span_t;           // 0..WordBytes
  typedef logic [WordBytes-1:0]   mask_t;
  typedef logic [8*WordBytes-1:0] word_t;
  typedef logic [8*BusBytes-1:0]  beat_t;
  typedef logic [LaneWidth-1:0]   lane_t;

  // What goes with the bytes down the line.
  typedef struct packed {
    logic  pad;
    logic  space;
    addr_t word;
    logic  emits;           // a word is written: its end is reached, or nothing joins
    logic  over;            // goes on in the next word
    logic  flush;           // nothing joins: what goes on is written as well
    logic  last;
  } step_t;

  typedef struct packed {
    logic  space;
    addr_t word;
    word_t data;
    mask_t be;
    logic  last;
  } write_t;

  function automatic mask_t from(input pos_t pos);          // bytes pos..
    return '1 << pos;
  endfunction
  function automatic mask_t below(input span_t end_pos);    // bytes ..end_pos-1
    return ~('1 << end_pos);
  endfunction
  function automatic word_t spread(input mask_t mask);
    for (int i = 0; i < WordBytes; i++) spread[8*i +: 8] = {8{mask[i]}};
  endfunction

  // ---------------------------------------------------------------- D0: which bytes next
  typedef struct packed {
    logic       pad;
    logic [7:0] value;
    logic       space;
    logic       joins;
    logic       last;
  } kind_t;

  logic                 d0_valid_q;                  // there is a piece; what is left of it:
  kind_t                kind_q;
  addr_t                at_q;
  piece_len_t           left_q, bytes;
  piece_len_t           room_q;                      // of this step, up to the end of its beat or word
  piece_len_t           piece_room, step_room;       // of a new piece's first step; of the next step
  logic [LaneWidth-1:0] lane_q;
  pos_t                 pos;
  logic                 ends_q;                      // what is left fits into it
  logic                 piece_ends, step_ends;
  logic                 go, d1_ready, take;
  span_t                reach;                       // end of the bytes, counted from the word's start
  logic                 full, over;                  // it is the word's end or beyond; beyond

  assign pos   = at_q[PosWidth-1:0];
  assign bytes = ends_q ? left_q : room_q;
  assign reach = span_t'(pos) + span_t'(bytes);      // less than two words
  assign full  = reach[PosWidth];
  assign over  = full && reach[PosWidth-1:0] != '0;

  // Both known a cycle ahead: behind a step that does not end the piece, a whole beat or word is free.
  // Which of the two comes is known late.
  assign piece_room = piece_pad_i ? piece_len_t'(WordBytes) - piece_len_t'(piece_local_i[PosWidth-1:0])
                                  : piece_len_t'(BusBytes) - piece_len_t'(piece_lane_i);
  assign piece_ends = piece_len_i <= piece_room;
  assign step_room  = kind_q.pad ? piece_len_t'(WordBytes) : piece_len_t'(BusBytes);
  assign step_ends  = left_q - room_q <= step_room;

  assign go               = d0_valid_q && d1_ready && (kind_q.pad || get_ready_i);
  assign piece_ready_o    = !d0_valid_q || (go && ends_q);
  assign take             = piece_valid_i && piece_ready_o;
  assign get_o            = go && !kind_q.pad;
  assign get_last_o       = ends_q;
  assign waits_for_data_o = d0_valid_q && !kind_q.pad && !get_ready_i;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) d0_valid_q <= 1'b0;
    else if (piece_ready_o) d0_valid_q <= piece_valid_i;
  end
  always_ff @(posedge clk_i) begin
    if (take) begin
      kind_q <= '{
        pad:   piece_pad_i,
        value: piece_value_i,
        space: piece_space_i,
        joins: piece_joins_i,
        last:  piece_last_i
      };
      at_q   <= piece_local_i;
      left_q <= piece_len_i;
      lane_q <= piece_lane_i;
    end else if (go) begin
      at_q   <= at_q + addr_t'(bytes);
      left_q <= left_q - bytes;
      lane_q <= '0;
    end
    if (take || go) begin
      room_q <= take ? piece_room : step_room;
      ends_q <= take ? piece_ends : step_ends;
    end
  end

  // ---------------------------------------------------------------- D1: the beat comes out of the RAM
  logic       d1_valid_q, d2_ready, d2_stops;
  step_t      d1_q;
  lane_t      d1_turn_q;                             // lanes that the bytes are turned by
  pos_t       d1_pos_q;
  span_t      d1_end_q;                              // in the word, or in the next one when `over`
  logic [7:0] d1_value_q;
  logic       failed;
  beat_t      d1_beat;

  assign d1_ready = !(d1_valid_q && d2_stops);
  assign failed   = fail_i;
  assign failed_o = d1_valid_q && d2_ready && !d1_q.pad && failed;

  assign d1_beat  = d1_q.pad ? {BusBytes{d1_value_q}} : failed ? '0 : data_i;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) d1_valid_q <= 1'b0;
    else if (d1_ready) d1_valid_q <= go;
  end
  always_ff @(posedge clk_i) begin
    if (go) begin
      d1_q <= '{
        pad:   kind_q.pad,
        space: kind_q.space,
        word:  at_q >> PosWidth,
        emits: full || (ends_q && !kind_q.joins),
        over:  over,
        flush: ends_q && !kind_q.joins,
        last:  ends_q && kind_q.last
      };
      d1_turn_q  <= lane_t'(pos) - lane_q;
      d1_pos_q   <= pos;
      d1_end_q   <= {full && !over, reach[PosWidth-1:0]};
      d1_value_q <= kind_q.value;
    end
  end

  // ---------------------------------------------------------------- D2: merge
  logic   d2_valid_q, d2_fire, flush_q, kept_last_q, kept_space_q, out_ready;
  step_t  d2_q;
  lane_t  d2_turn_q;
  beat_t  d2_beat_q, turned;
  word_t  d2_word, kept_q, merged;
  mask_t  d2_here_q, d2_next_q, kept_mask_q;
  addr_t  kept_word_q;
  write_t out, out_head;

  assign d2_stops  = d2_valid_q && (flush_q || (d2_q.emits && !out_ready));
  assign d2_ready  = !d2_stops;
  assign d2_fire   = d2_valid_q && !d2_stops;
  assign job_end_o = d1_valid_q && d2_ready && d1_q.last;

  // The beat stands beside itself as often as the word takes; the masks choose.
  assign turned  = beat_t'({2{d2_beat_q}} >> (8 * ((LaneWidth + 1)'(BusBytes) - (LaneWidth + 1)'(d2_turn_q))));
  assign d2_word = {WordBytes / BusBytes{turned}};
  assign merged  = (d2_word & spread(flush_q ? '0 : d2_here_q)) | kept_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      d2_valid_q  <= 1'b0;
      flush_q     <= 1'b0;
      kept_mask_q <= '0;
    end else begin
      if (d2_ready) d2_valid_q <= d1_valid_q;
      if (flush_q) flush_q <= !out_ready;
      else if (d2_fire) flush_q <= d2_q.over && d2_q.flush;
      if (flush_q && out_ready) kept_mask_q <= '0;
      else if (d2_fire) begin
        // The bug forgets the last byte of what went on in the next word.
        if (d2_q.over)       kept_mask_q <= `SEEDED_BUG(11, d2_next_q, d2_next_q >> 1);
        else if (d2_q.emits) kept_mask_q <= '0;
        else                 kept_mask_q <= kept_mask_q | d2_here_q;
      end
    end
  end
  // Kept bytes outside of the mask are zero, so that merging needs no second mask.
  always_ff @(posedge clk_i) begin
    if (d1_valid_q && d2_ready) begin
      d2_q       <= d1_q;
      d2_beat_q  <= d1_beat;
      d2_turn_q  <= d1_turn_q;
      d2_here_q  <= from(d1_pos_q) & (d1_q.over ? '1 : below(d1_end_q));
      d2_next_q  <= below(d1_end_q);
    end
    if (!rst_ni || (flush_q && out_ready)) begin
      kept_q <= '0;
    end else if (d2_fire) begin
      if (d2_q.over)       kept_q <= d2_word & spread(d2_next_q);
      else if (d2_q.emits) kept_q <= '0;
      else                 kept_q <= merged;
    end
    if (d2_fire) begin
      kept_word_q  <= d2_q.word + addr_t'(1);
      kept_space_q <= d2_q.space;
      kept_last_q  <= d2_q.last;
    end
  end

  always_comb begin
    out.space = d2_q.space;
    out.word  = d2_q.word;
    out.data  = merged;
    out.be    = kept_mask_q | d2_here_q;
    out.last  = d2_q.last && !d2_q.over;
    if (flush_q) begin
      out.space = kept_space_q;
      out.word  = kept_word_q;
      out.be    = kept_mask_q;
      out.last  = kept_last_q;
    end
  end

  prim_stream_reg #(.T(write_t)) u_out (
    .clk_i, .rst_ni,
    .in_valid_i(flush_q || (d2_valid_q && d2_q.emits)), .in_ready_o(out_ready), .in_data_i(out),
    .out_valid_o(wr_valid_o), .out_ready_i(wr_gnt_i), .out_data_o(out_head)
  );
  assign wr_space_o = out_head.space;
  assign wr_word_o  = out_head.word;
  assign wr_data_o  = out_head.data;
  assign wr_be_o    = out_head.be;
  assign wr_last_o  = out_head.last;

  `ASSERT(EndIsTrue, !d0_valid_q || ends_q == (left_q <= room_q))
  `ASSERT(RoomIsTrue, !d0_valid_q || room_q == (kind_q.pad ? piece_len_t'(WordBytes) - piece_len_t'(pos)
                                                          : piece_len_t'(BusBytes) - piece_len_t'(lane_q)))
  `ASSERT(WritesSomething, !wr_valid_o || wr_be_o != '0)
  `ASSERT(NothingKeptTwice, !d2_fire || (kept_mask_q & d2_here_q) == '0)
  `COVER(Flush, flush_q)
  `COVER(JoinPartial, d2_fire && !d2_q.emits && d2_q.pad)

endmodule
