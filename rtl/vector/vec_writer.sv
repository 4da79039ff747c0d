// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// The destination stream d: takes chunks of converted elements in order, packs them into memory
// words with byte enables, writes them to scratchpad or accumulators, says when an instruction is done.
//
//   throughput     a word a cycle, and so a chunk a cycle when a chunk lies within one word
//   back-pressure  none: at most Depth chunks may be here or on their way; chunk_gone_o gives one back
//   done           the cycle after the grant of the instruction's last word: the write is visible then
//
//   nest -> word, place -> [plan]--.
//                                  v
//   chunk -> [queue] -> [head] -> [one that waits] -> byte select, enables -> [request] -> granted -> [done]
//
// Where words go is planned ahead of the chunks. A grant reaches the request register alone: whether the
// plan and the head move on is known from state.

`include "prim_assert.svh"

module vec_writer
  import vec_pkg::*;
#(
  parameter girih_pkg::cfg_t Cfg = girih_presets_pkg::Default,
  parameter int unsigned Depth = 32,
  localparam int unsigned Lanes = Cfg.VecLanes
) (
  input  logic                          clk_i,
  input  logic                          rst_ni,

  input  logic                          job_valid_i,
  input  logic                          job_slot_i,
  input  stream_t                       job_stream_i,
  input  shape_t                        job_shape_i,
  output logic                          job_take_o,

  input  logic                          chunk_valid_i,
  input  logic [31:0]                   chunk_data_i [Lanes],
  output logic                          chunk_gone_o,

  output logic                          spm_valid_o,
  output girih_pkg::spm_addr_t          spm_word_o,
  output logic [8*Cfg.SpmWordBytes-1:0] spm_data_o,
  output logic [Cfg.SpmWordBytes-1:0]   spm_be_o,
  input  logic                          spm_gnt_i,
  output logic                          acc_valid_o,
  output girih_pkg::acc_addr_t          acc_row_o,
  output logic [31:0]                   acc_data_o [Cfg.NDim],
  output logic [Cfg.NDim-1:0]           acc_lanes_o,
  input  logic                          acc_gnt_i,

  output logic                          done_valid_o,
  output logic                          done_slot_o
);

  localparam int unsigned SpmWords = Cfg.SpmWordBytes / 4;
  localparam int unsigned Words    = (SpmWords > Cfg.NDim) ? SpmWords : Cfg.NDim;
  localparam int unsigned SpmLog2  = $clog2(Cfg.SpmWordBytes);
  localparam int unsigned AccLog2  = $clog2(4 * Cfg.NDim);
  localparam int unsigned LaneLog2 = $clog2(Lanes);
  localparam int unsigned PosWidth = 8;
  typedef logic signed [PosWidth-1:0] pos_t;

  // ---------------------------------------------------------------- queue, and its head in registers
  localparam int unsigned DepthLog2 = $clog2(Depth);

  logic [DepthLog2-1:0] write_q, read_q;
  logic [DepthLog2:0]   count_q;           // without the head
  logic                 some_q;            // count_q is not zero
  logic                 head_valid_q, head_load, push, pull, pop, gone_q;
  logic [31:0]          head_q [Lanes];

  assign head_load    = !head_valid_q || pop;
  assign push         = chunk_valid_i && !(head_load && !some_q);
  assign pull         = head_load && some_q;
  assign chunk_gone_o = gone_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      write_q      <= '0;
      read_q       <= '0;
      count_q      <= '0;
      some_q       <= 1'b0;
      head_valid_q <= 1'b0;
      gone_q       <= 1'b0;
    end else begin
      if (push) write_q <= write_q + 1'b1;
      if (pull) read_q <= read_q + 1'b1;
      if (push != pull) begin
        count_q <= pull ? count_q - 1'b1 : count_q + 1'b1;
        some_q  <= push || count_q != (DepthLog2+1)'(1);
      end
      if (head_load) head_valid_q <= some_q || chunk_valid_i;
      gone_q <= pop;
    end
  end

  for (genvar j = 0; j < int'(Lanes); j++) begin : gen_queue
    logic [31:0] item_q [Depth];
    always_ff @(posedge clk_i) if (push) item_q[write_q] <= chunk_data_i[j];
    always_ff @(posedge clk_i) begin
      if (head_load && (some_q || chunk_valid_i)) head_q[j] <= some_q ? item_q[read_q] : chunk_data_i[j];
    end
  end

  // ---------------------------------------------------------------- the instruction, its addresses
  typedef logic [7:0] span_t;              // bytes of a chunk
  logic     active_q, slot_q, acc_q, row_q;
  span_t    whole_span_q, tail_span_q;
  logic [LaneLog2-1:0] tail_lane_q;
  counts_t  lasts;
  strides_t strides;
  addr_t    addr, chunk_stride;
  logic [1:0] job_size, size_q;
  logic [Levels-1:0] first, last;
  logic     nest_end, emit, emit_chunk;

  assign job_take_o   = job_valid_i && !active_q;
  assign job_size     = elem_log2(job_stream_i.elem);
  assign chunk_stride = addr_t'(Lanes) << job_size;

  always_comb begin
    automatic logic [15:0] chunks = job_shape_i.last0 >> LaneLog2;
    automatic logic [15:0] last1  = (job_shape_i.win_dims != '0) ? '0 : job_shape_i.last1;
    automatic logic [15:0] last2  = job_shape_i.win_dims[1] ? '0 : job_shape_i.last2;
    lasts   = {job_shape_i.row ? 16'b0 : chunks, job_shape_i.last3, last2, last1};
    strides = {chunk_stride, job_stream_i.s3, job_stream_i.s2, job_stream_i.s1};
  end

  vec_nest u_nest (
    .clk_i, .rst_ni,
    .load_i   (job_take_o),
    .base_i   (addr_t'(job_stream_i.base)),
    .last_i   (lasts),
    .stride_i (strides),
    .step_i   (emit_chunk && !nest_end),
    .addr_o   (addr),
    .first_o  (first),
    .last_o   (last),
    .end_o    (nest_end)
  );

  always_ff @(posedge clk_i) begin
    if (!rst_ni) active_q <= 1'b0;
    else if (job_take_o) active_q <= 1'b1;
    else if (emit_chunk && nest_end) active_q <= 1'b0;
  end

  // Bytes from the first to the last element of a whole chunk, and of a row's last one.
  always_ff @(posedge clk_i) begin
    if (job_take_o) begin
      slot_q       <= job_slot_i;
      acc_q        <= job_stream_i.acc;
      size_q       <= job_size;
      row_q        <= job_shape_i.row;
      tail_lane_q  <= job_shape_i.last0[LaneLog2-1:0];
      whole_span_q <= job_shape_i.row ? '0 : span_t'(Lanes - 1) << job_size;
      tail_span_q  <= job_shape_i.row ? '0 : span_t'(job_shape_i.last0[LaneLog2-1:0]) << job_size;
    end
  end

  // ---------------------------------------------------------------- one word of a chunk, planned
  typedef struct packed {
    logic                slot;
    logic                acc;
    logic [1:0]          size;
    addr_t               word;
    pos_t                pos;              // of lane 0 in the word, in elements
    pos_t                pos_last;         // of the last one that is written
    logic                chunk_last;       // the chunk's last word
    logic                final_word;       // the instruction's
  } plan_t;

  plan_t      plan_in, plan;
  logic [5:0] beat_q;
  logic       beat_last, plan_ready, plan_valid, plan_go;

  always_comb begin
    automatic pos_t  pos_first;
    automatic span_t span = last[3] ? tail_span_q : whole_span_q;
    automatic span_t more = acc_q ? (span_t'(addr[AccLog2-1:0]) + span) >> AccLog2
                                  : (span_t'(addr[SpmLog2-1:0]) + span) >> SpmLog2;
    pos_first = acc_q ? pos_t'(addr[AccLog2-1:2]) : pos_t'(PosWidth'(addr[SpmLog2-1:0]) >> size_q);
    pos_first = pos_first - (pos_t'(beat_q) <<< (acc_q ? AccLog2 - 2 : SpmLog2 - 32'(size_q)));
    beat_last = span_t'(beat_q) == more;
    plan_in = '{
      slot:       slot_q,
      acc:        acc_q,
      size:       size_q,
      word:       (acc_q ? addr >> AccLog2 : addr >> SpmLog2) + addr_t'(beat_q),
      pos:        pos_first,
      pos_last:   pos_first + pos_t'({1'b0, row_q ? LaneLog2'(0) : last[3] ? tail_lane_q : '1}),
      chunk_last: beat_last,
      final_word: beat_last && nest_end
    };
  end

  assign emit       = active_q && plan_ready;
  assign emit_chunk = emit && beat_last;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) beat_q <= '0;
    else if (emit) beat_q <= beat_last ? '0 : beat_q + 1'b1;
  end

  prim_stream_reg #(.T(plan_t)) u_plan (
    .clk_i, .rst_ni,
    .in_valid_i(active_q), .in_ready_o(plan_ready), .in_data_i(plan_in),
    .out_valid_o(plan_valid), .out_ready_i(plan_go), .out_data_o(plan)
  );

  // ---------------------------------------------------------------- one that waits for the request register
  plan_t       wait_plan_q, next_plan;
  logic        wait_full_q, next_valid;
  logic [31:0] wait_data_q [Lanes];
  logic [3:0]  wait_be_q [Words];
  logic [3:0]  plan_be [Words];         // bytes of the word that `plan` writes
  logic [31:0] next_data [Lanes];
  logic        req_load;

  assign plan_go    = plan_valid && head_valid_q && !wait_full_q;
  assign pop        = plan_go && plan.chunk_last;
  assign next_valid = wait_full_q || plan_go;
  assign next_plan  = wait_full_q ? wait_plan_q : plan;
  for (genvar j = 0; j < int'(Lanes); j++) begin : gen_wait
    assign next_data[j] = wait_full_q ? wait_data_q[j] : head_q[j];
    always_ff @(posedge clk_i) if (plan_go) wait_data_q[j] <= head_q[j];
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) wait_full_q <= 1'b0;
    else wait_full_q <= !req_load && next_valid;
  end
  always_ff @(posedge clk_i) if (plan_go) wait_plan_q <= plan;

  // ---------------------------------------------------------------- request
  logic  req_valid_q, req_acc_q, req_final_q, req_slot_q, req_go;
  addr_t req_word_q;
  logic  done_valid_q, done_slot_q;

  assign req_go   = req_valid_q && (req_acc_q ? acc_gnt_i : spm_gnt_i);
  assign req_load = !req_valid_q || (req_acc_q ? acc_gnt_i : spm_gnt_i);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      req_valid_q  <= 1'b0;
      done_valid_q <= 1'b0;
    end else begin
      if (req_load) req_valid_q <= next_valid;
      done_valid_q <= req_go && req_final_q;
    end
  end

  always_ff @(posedge clk_i) begin
    if (req_load && next_valid) begin
      req_acc_q   <= next_plan.acc;
      req_word_q  <= next_plan.word;
      req_final_q <= next_plan.final_word;
      req_slot_q  <= next_plan.slot;
    end
    if (req_go) done_slot_q <= req_slot_q;
  end

  // Whether position `at` of the word holds an element. Positions are constants: two comparisons with them.
  function automatic logic used(input int at, input int first_at, input int last_at);
    return at >= first_at && at <= last_at;
  endfunction

  for (genvar i = 0; i < int'(Words); i++) begin : gen_word
    logic [31:0] data_q;
    logic [3:0]  be_q;

    always_comb begin
      plan_be[i] = '0;
      unique case (plan.size)
        2'd0: if (i < int'(SpmWords)) begin
          for (int k = 0; k < 4; k++) begin
            plan_be[i][k] = used(4 * i + k, 32'(plan.pos), 32'(plan.pos_last));
          end
        end
        2'd1: if (i < int'(SpmWords)) begin
          for (int k = 0; k < 2; k++) begin
            plan_be[i][2*k +: 2] = {2{used(2 * i + k, 32'(plan.pos), 32'(plan.pos_last))}};
          end
        end
        default: plan_be[i] = {4{used(i, 32'(plan.pos), 32'(plan.pos_last))}};
      endcase
    end
    always_ff @(posedge clk_i) if (plan_go) wait_be_q[i] <= plan_be[i];

    always_ff @(posedge clk_i) begin
      if (req_load && next_valid) begin
        automatic logic [LaneLog2-1:0] lane;
        be_q <= wait_full_q ? wait_be_q[i] : plan_be[i];
        unique case (next_plan.size)
          2'd0: if (i < int'(SpmWords)) begin
            for (int k = 0; k < 4; k++) begin
              lane = LaneLog2'(4 * i + k) - LaneLog2'(unsigned'(next_plan.pos));
              data_q[8*k +: 8] <= next_data[lane][7:0];
            end
          end
          2'd1: if (i < int'(SpmWords)) begin
            for (int k = 0; k < 2; k++) begin
              lane = LaneLog2'(2 * i + k) - LaneLog2'(unsigned'(next_plan.pos));
              data_q[16*k +: 16] <= next_data[lane][15:0];
            end
          end
          default: begin
            lane = LaneLog2'(i) - LaneLog2'(unsigned'(next_plan.pos));
            data_q <= next_data[lane];
          end
        endcase
      end
    end

    logic unused_be;                         // accumulators are written in whole lanes
    assign unused_be = ^be_q;

    if (i < int'(SpmWords)) begin : gen_spm
      assign spm_data_o[32*i +: 32] = data_q;
      assign spm_be_o[4*i +: 4]     = be_q;
    end
    if (i < int'(Cfg.NDim)) begin : gen_acc
      assign acc_data_o[i]  = data_q;
      assign acc_lanes_o[i] = be_q[0];
    end
  end

  assign spm_valid_o  = req_valid_q && !req_acc_q;
  assign spm_word_o   = req_word_q;
  assign acc_valid_o  = req_valid_q && req_acc_q;
  assign acc_row_o    = girih_pkg::acc_addr_t'(req_word_q);
  assign done_valid_o = done_valid_q;
  assign done_slot_o  = done_slot_q;

  // A destination is neither constant nor broadcast, and knows nothing of functions.
  logic unused;
  assign unused = ^{job_stream_i, job_shape_i, first, last, next_plan.chunk_last, next_plan.pos_last};

  // ---------------------------------------------------------------- checks
  `ASSERT(QueueHasRoom, !push || count_q != (DepthLog2+1)'(Depth))
  `ASSERT(QueueIsTrue, some_q == (count_q != '0) && (head_valid_q || !some_q))
  `ASSERT(NoEmptyWrite, !spm_valid_o || spm_be_o != '0)
  `ASSERT(NoEmptyRow, !acc_valid_o || acc_lanes_o != '0)
  `ASSERT_STABLE(SpmRequestStable, spm_valid_o, spm_gnt_i, {spm_word_o, spm_be_o, spm_data_o})
  `ASSERT_STABLE(AccRequestStable, acc_valid_o, acc_gnt_i, {acc_row_o, acc_lanes_o})
  `COVER(ChunkAcrossWords, emit && beat_q != '0)
  `COVER(WaitsForPort, req_valid_q && !req_go)
  `COVER(OneWaits, wait_full_q)
  `COVER(QueueUsed, some_q)

endmodule
