// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// One source stream (a, b or c): walks its addresses chunk by chunk (VecLanes elements), reads the
// words that hold them from scratchpad or accumulators, moves every element to its lane, and queues
// the chunks.
//
//   throughput     a word a cycle, and so a chunk a cycle when a chunk lies within one word. A chunk
//                  equal to the one before, or a constant, costs a cycle and no read; a word equal
//                  to the one before is not read again.
//   latency        8 cycles from the request to the chunk when nobody is in the way
//   back-pressure  a request is made only when the queue has room for its chunk; two may wait for the port
//   order          every step goes through the queue of the asks, also one that brings no word: so steps
//                  come back one a cycle, in order, and nothing but the newest word is kept. The other
//                  memory is asked only when the one before has answered everything.
//
//   nest -> [chunk] -> [next, request] -> asked ..... came -> [word] -> [the part that a chunk can need]
//                                           \-> [steps] ---^                    -> lane select -> [queue]
//
// Elements are aligned to their size, so none straddles words.

`include "prim_assert.svh"

module vec_source
  import vec_pkg::*;
#(
  parameter girih_pkg::cfg_t Cfg = girih_presets_pkg::Default,
  parameter int unsigned Depth = 16,          // room for the way there and back at a chunk a cycle
  parameter bit Reduced = 1'b0,            // b and c: one chunk per window
  localparam int unsigned Lanes = Cfg.VecLanes
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,

  // the next instruction; taken in the cycle of job_take_o
  input  logic                         job_valid_i,
  input  logic                         job_slot_i,
  input  stream_t                      job_stream_i,
  input  shape_t                       job_shape_i,
  output logic                         job_take_o,

  // stays valid and stable until taken; comes back in order, with data if it was to fetch some
  output logic                         spm_valid_o,
  output logic                         spm_fetch_o,
  output girih_pkg::spm_addr_t         spm_word_o,
  input  logic                         spm_ready_i,
  input  logic                         spm_came_i,
  input  logic [8*Cfg.SpmWordBytes-1:0] spm_data_i,
  output logic                         acc_valid_o,
  output logic                         acc_fetch_o,
  output girih_pkg::acc_addr_t         acc_row_o,
  input  logic                         acc_ready_i,
  input  logic                         acc_came_i,
  input  logic [31:0]                  acc_data_i [Cfg.NDim],

  input  logic [31:0]                  konst_i [Slots],    // of each slot's instruction

  output logic                         chunk_valid_o,
  input  logic                         chunk_ready_i,
  output chunk_t                       chunk_o,
  output logic [31:0]                  chunk_data_o [Lanes]   // raw elements, zeros above
);

  localparam int unsigned SpmWords   = Cfg.SpmWordBytes / 4;   // 32-bit words of a memory word
  localparam int unsigned Words      = (SpmWords > Cfg.NDim) ? SpmWords : Cfg.NDim;
  localparam int unsigned SpmLog2    = $clog2(Cfg.SpmWordBytes);
  localparam int unsigned AccLog2    = $clog2(4 * Cfg.NDim);
  localparam int unsigned LaneLog2   = $clog2(Lanes);
  localparam int unsigned IndexWidth = $clog2(Words);
  localparam int unsigned DepthLog2  = $clog2(Depth);
  // Position of lane 0 within the memory word, in elements: may lie before it.
  localparam int unsigned PosWidth   = 8;
  typedef logic signed [PosWidth-1:0] pos_t;

  // One step through the pipe: at most one memory word.
  typedef struct packed {
    logic       fetch;       // brings a word from memory
    logic       konst;       // brings a constant
    logic       acc;         // of this memory
    logic       bcast;
    logic [1:0] size;        // log2 of the element's bytes
    pos_t       pos;
    logic       last;        // completes a chunk
    chunk_t     chunk;
  } beat_t;

  // ---------------------------------------------------------------- the instruction, its addresses
  typedef logic [7:0] span_t;              // bytes of a chunk
  logic     active_q;
  logic     slot_q, konst_q, acc_q, bcast_q, row_q, sfu_q;
  logic [1:0] size_q, job_size, win_dims_q;
  span_t    whole_span_q, tail_span_q;
  logic     alike_q;                       // the two are the same
  counts_t  lasts;
  strides_t strides;
  addr_t    addr;
  logic [Levels-1:0] first, last;
  logic     nest_end, advance, opens_q;
  logic     emit, emit_chunk;
  addr_t    chunk_stride;

  // The next instruction is taken in the cycle after the last chunk has left the nest: what ends a nest is
  // far from what the next one starts from.
  assign job_take_o   = job_valid_i && !active_q;
  assign job_size     = elem_log2(job_stream_i.elem);
  assign chunk_stride = (job_stream_i.bcast || job_stream_i.konst) ? '0 : addr_t'(Lanes) << job_size;

  // Innermost first. Row reductions walk along a row, all else walks i1, i2, i3 per chunk of i0.
  always_comb begin
    automatic logic [15:0] chunks = job_shape_i.last0 >> LaneLog2;
    automatic logic [15:0] last1  = (Reduced && job_shape_i.win_dims != '0) ? '0 : job_shape_i.last1;
    automatic logic [15:0] last2  = (Reduced && job_shape_i.win_dims[1]) ? '0 : job_shape_i.last2;
    if (job_shape_i.row) begin
      lasts   = {job_shape_i.last3, last2, last1, chunks};
      strides = {job_stream_i.s3, job_stream_i.s2, job_stream_i.s1, chunk_stride};
    end else begin
      lasts   = {chunks, job_shape_i.last3, last2, last1};
      strides = {chunk_stride, job_stream_i.s3, job_stream_i.s2, job_stream_i.s1};
    end
  end

  vec_nest u_nest (
    .clk_i, .rst_ni,
    .load_i   (job_take_o),
    .base_i   (addr_t'(job_stream_i.base)),
    .last_i   (lasts),
    .stride_i (strides),
    .step_i   (advance && !nest_end),
    .addr_o   (addr),
    .first_o  (first),
    .last_o   (last),
    .end_o    (nest_end)
  );

  always_ff @(posedge clk_i) begin
    if (!rst_ni) active_q <= 1'b0;
    else if (job_take_o) active_q <= 1'b1;
    else if (advance && nest_end) active_q <= 1'b0;
  end

  // Bytes from the first to the last element of a whole chunk, and of a row's last one.
  always_ff @(posedge clk_i) begin
    if (job_take_o) begin
      slot_q       <= job_slot_i;
      konst_q      <= job_stream_i.konst;
      acc_q        <= job_stream_i.acc;
      bcast_q      <= job_stream_i.bcast;
      size_q       <= job_size;
      row_q        <= job_shape_i.row;
      sfu_q        <= job_shape_i.sfu;
      win_dims_q   <= job_shape_i.win_dims;
      whole_span_q <= job_stream_i.bcast ? '0 : span_t'(Lanes - 1) << job_size;
      tail_span_q  <= job_stream_i.bcast ? '0 : span_t'(job_shape_i.last0[LaneLog2-1:0]) << job_size;
      alike_q      <= job_stream_i.bcast || job_shape_i.last0[LaneLog2-1:0] == '1;
      opens_q      <= 1'b1;
    end else if (advance) begin
      opens_q      <= 1'b0;
    end
  end

  // ---------------------------------------------------------------- a chunk's words
  // What the nest says, with what is known of a chunk from its address alone.
  typedef struct packed {
    logic       opens;                     // the instruction's first one
    logic       konst;
    logic       acc;
    logic       bcast;
    logic [1:0] size;
    logic       tail;
    addr_t      addr;
    span_t      more;                      // words behind its first one
    chunk_t     chunk;
  } walk_t;

  walk_t      walk, walk_q;
  logic       walk_valid_q;
  span_t      span;
  logic       tail;
  addr_t      held_q, follow_q, word_first, word, word_now;
  logic [5:0] beat_q;                      // word within the chunk
  logic       begun_q;                     // not the first one
  logic       ends_q;                      // the last one
  beat_t      beat;
  logic [DepthLog2:0] used_q;              // chunks requested or queued
  logic       room_q;                      // as of the cycle before

  always_comb begin
    tail = row_q ? last[0] : last[3];
    span = tail ? tail_span_q : whole_span_q;
    walk = '{
      opens: opens_q,
      konst: konst_q,
      acc:   acc_q,
      bcast: bcast_q || konst_q,
      size:  size_q,
      tail:  tail,
      addr:  addr,
      more:  acc_q ? (span_t'(addr[AccLog2-1:0]) + span) >> AccLog2
                   : (span_t'(addr[SpmLog2-1:0]) + span) >> SpmLog2,
      chunk: '{
        slot:      slot_q,
        same:      !opens_q && (konst_q || (addr == walk_q.addr && (alike_q || tail == walk_q.tail))),
        win_first: (win_dims_q == '0 || first[0]) && (!win_dims_q[1] || first[1]),
        win_last:  (win_dims_q == '0 || last[0]) && (!win_dims_q[1] || last[1]),
        row:       row_q,
        row_last:  last[0],
        sfu:       sfu_q
      }
    };
  end

  assign advance = active_q && (!walk_valid_q || emit_chunk);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) walk_valid_q <= 1'b0;
    else if (advance) walk_valid_q <= 1'b1;
    else if (emit_chunk) walk_valid_q <= 1'b0;
  end
  always_ff @(posedge clk_i) if (advance) walk_q <= walk;
  always_ff @(posedge clk_i) begin
    if (advance)   ends_q <= walk.more == '0 || walk.konst || walk.chunk.same;
    else if (emit) ends_q <= span_t'(beat_q) + span_t'(1) == walk_q.more;
  end

  // Looked at only by a beat that is emitted: without an instruction, or room, all of it stands still.
  logic may_emit;
  logic memory_q;                          // the one that is being asked: accumulators
  logic [3:0] flying_q;                    // steps that have not come back
  logic turn;                              // the other memory is wanted; a constant goes with either
  assign turn     = !walk_q.konst && walk_q.acc != memory_q;
  assign may_emit = walk_valid_q && !turn && (begun_q || room_q);

  // A chunk's second word is never the one that was read last.
  assign word_first = walk_q.acc ? walk_q.addr >> AccLog2 : walk_q.addr >> SpmLog2;
  always_comb begin
    word_now = '0;
    beat     = '0;
    if (may_emit) begin
      automatic pos_t pos_first = walk_q.acc ? pos_t'(walk_q.addr[AccLog2-1:2])
                                             : pos_t'(PosWidth'(walk_q.addr[SpmLog2-1:0]) >> walk_q.size);
      word_now   = begun_q ? follow_q : word_first;
      beat.konst = walk_q.konst && !walk_q.chunk.same;
      beat.fetch = !walk_q.konst && !walk_q.chunk.same && (begun_q || walk_q.opens || held_q != word_first);
      beat.acc   = memory_q;
      beat.bcast = walk_q.bcast;
      beat.size  = walk_q.size;
      beat.pos   = pos_first - (pos_t'(beat_q) <<< (walk_q.acc ? AccLog2 - 2 : SpmLog2 - 32'(walk_q.size)));
      beat.last  = ends_q;
      beat.chunk = walk_q.chunk;
      if (walk_q.konst) beat.pos = '0;
    end
  end

  // ---------------------------------------------------------------- request, and what comes of it
  logic  req_valid_q, came, pipe4_valid_q, pipe5_valid_q;
  beat_t req_q, step, pipe4_q;
  addr_t req_word_q;
  logic  req_go;
  logic  pop;

  // A second request waits behind the one at the port: whether the loops go on is known from state alone.
  logic        next_valid_q, req_stuck, req_load;
  beat_t       next_q;
  addr_t       next_word_q;

  assign req_go      = req_valid_q && (req_q.acc ? acc_ready_i : spm_ready_i);
  assign req_stuck   = req_valid_q && !req_go;
  assign req_load    = !req_stuck && (next_valid_q || emit);
  assign emit        = may_emit && !next_valid_q;
  assign emit_chunk  = emit && ends_q;
  assign word        = req_word_q;
  assign spm_valid_o = req_valid_q && !req_q.acc;
  assign spm_fetch_o = req_q.fetch;
  assign spm_word_o  = word;
  assign acc_valid_o = req_valid_q && req_q.acc;
  assign acc_fetch_o = req_q.fetch;
  assign acc_row_o   = girih_pkg::acc_addr_t'(word);
  assign came        = spm_came_i || acc_came_i;

  // No more can be on their way than the memory's queue and its stages hold: 6.
  logic steps_ready, step_valid;
  logic [3:0] unused_steps;
  prim_fifo #(.T(beat_t), .Depth(8)) u_steps (
    .clk_i, .rst_ni,
    .push_valid_i(req_go), .push_ready_o(steps_ready), .push_data_i(req_q),
    .pop_valid_o(step_valid), .pop_ready_i(came), .pop_data_o(step), .count_o(unused_steps)
  );

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      req_valid_q   <= 1'b0;
      next_valid_q  <= 1'b0;
      pipe4_valid_q <= 1'b0;
      pipe5_valid_q <= 1'b0;
      used_q        <= '0;
      room_q        <= 1'b1;
      flying_q      <= '0;
      memory_q      <= 1'b0;
    end else begin
      if (req_load) req_valid_q <= 1'b1;
      else if (req_go) req_valid_q <= 1'b0;
      next_valid_q  <= req_stuck && (next_valid_q || emit);
      pipe4_valid_q <= came;
      pipe5_valid_q <= pipe4_valid_q;
      room_q        <= used_q < (DepthLog2+1)'(Depth - 1);
      if ((emit && !begun_q) != pop) used_q <= pop ? used_q - 1'b1 : used_q + 1'b1;
      if (emit != came) flying_q <= came ? flying_q - 1'b1 : flying_q + 1'b1;
      if (walk_valid_q && turn && flying_q == '0) memory_q <= walk_q.acc;
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      beat_q  <= '0;
      begun_q <= 1'b0;
    end else if (emit) begin
      beat_q  <= ends_q ? '0 : beat_q + 1'b1;
      begun_q <= !ends_q;
    end
  end
  always_ff @(posedge clk_i) begin
    if (emit) follow_q <= word_now + 1'b1;
    if (emit && beat.fetch) held_q <= word_now;
  end

  always_ff @(posedge clk_i) begin
    if (req_load) begin
      req_q      <= next_valid_q ? next_q : beat;
      req_word_q <= next_valid_q ? next_word_q : word_now;
    end
    if (emit && req_stuck) begin
      next_q      <= beat;
      next_word_q <= word_now;
    end
    if (came) pipe4_q <= step;
  end

  // The newest word, kept until the next one.
  logic [31:0] word_q [Words];
  for (genvar i = 0; i < int'(Words); i++) begin : gen_word
    logic [31:0] from_acc, from_spm;
    if (i < int'(Cfg.NDim)) begin : gen_acc
      assign from_acc = acc_data_i[i];
    end else begin : gen_no_acc
      assign from_acc = '0;
    end
    if (i < int'(SpmWords)) begin : gen_spm
      assign from_spm = spm_data_i[32*i +: 32];
    end else begin : gen_no_spm
      assign from_spm = '0;
    end
    always_ff @(posedge clk_i) begin
      if (came) begin
        if (i == 0 && step.konst) word_q[i] <= konst_i[step.chunk.slot];
        else if (step.fetch) word_q[i] <= step.acc ? from_acc : from_spm;
      end
    end
  end

  // ---------------------------------------------------------------- to the lanes
  logic [DepthLog2-1:0] write_q, read_q;
  logic [DepthLog2:0]   count_q;           // complete chunks
  chunk_t               chunk_q [Depth];
  logic                 push;

  // What the lane select needs of a step.
  typedef struct packed {
    logic [1:0] size;
    logic       last;
    chunk_t     chunk;
  } pipe5_t;
  pipe5_t pipe5_q;
  always_ff @(posedge clk_i) begin
    if (pipe4_valid_q) pipe5_q <= '{size: pipe4_q.size, last: pipe4_q.last, chunk: pipe4_q.chunk};
  end

  assign push          = pipe5_valid_q && pipe5_q.last;
  assign pop           = chunk_valid_o && chunk_ready_i;
  assign chunk_valid_o = count_q != '0;
  assign chunk_o       = chunk_q[read_q];

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      write_q <= '0;
      read_q  <= '0;
      count_q <= '0;
    end else begin
      if (push) write_q <= write_q + 1'b1;
      if (pop) read_q <= read_q + 1'b1;
      if (push != pop) count_q <= pop ? count_q - 1'b1 : count_q + 1'b1;
    end
  end

  always_ff @(posedge clk_i) if (push) chunk_q[write_q] <= pipe5_q.chunk;

  // Whether element `pos` lies in the word, and its bits.
  function automatic logic inside_word(input pos_t pos, input logic acc,
                                       input logic [1:0] size_log2);
    automatic logic [PosWidth-1:0] limit;
    limit = acc ? PosWidth'(Cfg.NDim) : PosWidth'(Cfg.SpmWordBytes) >> size_log2;
    return !pos[PosWidth-1] && unsigned'(pos) < limit;
  endfunction

  // A chunk's words follow each other, so of each Banks-th word at most one is wanted: these are chosen
  // first, and a lane then chooses among Banks words instead of all.
  localparam int unsigned Banks     = (Lanes < Words) ? Lanes : Words;
  localparam int unsigned Rows      = Words / Banks;
  localparam int unsigned BankWidth = $clog2(Banks);
  typedef logic [IndexWidth-1:0] index_t;
  typedef logic [BankWidth-1:0]  bank_t;

  logic [31:0] bank [Banks];
  logic [31:0] bank_q [Banks];
  index_t      first_word;                 // of lane 0's element
  assign first_word = index_t'(unsigned'(pipe4_q.pos) >> (2'd2 - pipe4_q.size));

  for (genvar r = 0; r < int'(Banks); r++) begin : gen_bank
    if (Rows == 1) begin : gen_all
      assign bank[r] = word_q[r];
    end else begin : gen_some
      logic [31:0] column [Rows];
      bank_t       ahead;                  // words from the first one to this bank's
      index_t      place;
      logic        unused_place;
      assign ahead        = bank_t'(r) - bank_t'(first_word);
      assign place        = first_word + index_t'(ahead);
      assign unused_place = ^place;
      for (genvar k = 0; k < int'(Rows); k++) begin : gen_row
        assign column[k] = word_q[k * Banks + r];
      end
      assign bank[r] = column[place[IndexWidth-1:BankWidth]];
    end
    always_ff @(posedge clk_i) if (pipe4_valid_q) bank_q[r] <= bank[r];
  end

  for (genvar j = 0; j < int'(Lanes); j++) begin : gen_lane
    logic [31:0] item_q [Depth];
    bank_t       bank_at_q;                // where the lane's element is
    logic [1:0]  byte_at_q;
    logic        here_q;                   // in this word at all

    always_ff @(posedge clk_i) begin
      if (pipe4_valid_q) begin
        automatic pos_t pos = pipe4_q.bcast ? pipe4_q.pos : pipe4_q.pos + pos_t'(j);
        bank_at_q <= bank_t'(unsigned'(pos) >> (2'd2 - pipe4_q.size));
        byte_at_q <= (pipe4_q.size == 2'd0) ? unsigned'(pos[1:0]) : {unsigned'(pos[0]), 1'b0};
        here_q    <= !pipe4_q.chunk.same && inside_word(pos, pipe4_q.acc, pipe4_q.size);
      end
    end

    always_ff @(posedge clk_i) begin
      if (pipe5_valid_q && here_q) begin
        automatic logic [31:0] from = bank_q[bank_at_q];
        unique case (pipe5_q.size)
          2'd0:    item_q[write_q] <= {24'b0, from[8*byte_at_q +: 8]};
          2'd1:    item_q[write_q] <= {16'b0, from[16*byte_at_q[1] +: 16]};
          default: item_q[write_q] <= from;
        endcase
      end
    end

    assign chunk_data_o[j] = item_q[read_q];
  end

  logic unused;
  assign unused = ^{job_stream_i, first, last, pipe4_q, first_word};

  // ---------------------------------------------------------------- checks
  `ASSERT(QueueHasRoom, used_q <= (DepthLog2+1)'(Depth) && count_q <= used_q)
  `ASSERT(EndsIsTrue, !walk_valid_q || ends_q == (walk_q.chunk.same || walk_q.konst || span_t'(beat_q) == walk_q.more))
  `ASSERT(NoPushWhenFull, !push || count_q != (DepthLog2+1)'(Depth))
  `ASSERT(StepsHaveRoom, !req_go || steps_ready)
  `ASSERT(StepsComeInOrder, !came || (step_valid && step.acc == acc_came_i && step.acc != spm_came_i))
  `ASSERT_STABLE(SpmRequestStable, spm_valid_o, spm_ready_i, {spm_fetch_o, spm_word_o})
  `ASSERT_STABLE(AccRequestStable, acc_valid_o, acc_ready_i, {acc_fetch_o, acc_row_o})
  `COVER(ChunkAcrossWords, emit && beat_q != '0)
  `COVER(ChunkRepeated, emit && walk_q.chunk.same)
  `COVER(WordKept, emit && !walk_q.chunk.same && !walk_q.konst && !beat.fetch)
  `COVER(OtherMemory, walk_valid_q && turn && flying_q != '0)
  `COVER(QueueFull, !room_q)

endmodule
