// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// The destination stream d: takes chunks of converted elements in order, packs them into memory
// words with byte enables, writes them to scratchpad or accumulators, says when an instruction is done.
//
//   throughput     a word a cycle, and so a chunk a cycle when a chunk lies within one word
//   back-pressure  chunk_ready_o depends on state alone
//   done           two cycles after the grant of the instruction's last word: the write is visible then
//
//   chunk -> [queue of 2] -> byte select, enables -> [request] -> granted -> [1] -> [done]

`include "prim_assert.svh"

module vec_writer
  import vec_pkg::*;
#(
  parameter girih_pkg::cfg_t Cfg = girih_presets_pkg::Default,
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
  output logic                          chunk_ready_o,
  input  logic [31:0]                   chunk_data_i [Lanes],

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

  // ---------------------------------------------------------------- queue: cuts the way back
  logic [1:0]  full_q;
  logic        write_q, read_q;
  logic        push, pop;
  logic [31:0] head [Lanes];

  assign chunk_ready_o = full_q != 2'd2;
  assign push          = chunk_valid_i && chunk_ready_o;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      full_q  <= '0;
      write_q <= 1'b0;
      read_q  <= 1'b0;
    end else begin
      if (push) write_q <= !write_q;
      if (pop) read_q <= !read_q;
      if (push != pop) full_q <= pop ? full_q - 1'b1 : full_q + 1'b1;
    end
  end

  for (genvar j = 0; j < int'(Lanes); j++) begin : gen_queue
    logic [31:0] item_q [2];
    always_ff @(posedge clk_i) if (push) item_q[write_q] <= chunk_data_i[j];
    assign head[j] = item_q[read_q];
  end

  // ---------------------------------------------------------------- the instruction, its addresses
  logic     active_q, slot_q;
  stream_t  stream_q;
  shape_t   shape_q;
  counts_t  lasts;
  strides_t strides;
  addr_t    addr, chunk_stride;
  logic [1:0] size;
  logic [Levels-1:0] first, last;
  logic     nest_end, emit, emit_chunk;

  assign job_take_o   = job_valid_i && (!active_q || (emit_chunk && nest_end));
  assign size         = elem_log2(stream_q.elem);
  assign chunk_stride = addr_t'(Lanes) << size;

  always_comb begin
    automatic logic [15:0] chunks = shape_q.last0 >> LaneLog2;
    automatic logic [15:0] last1  = (shape_q.win_dims != '0) ? '0 : shape_q.last1;
    automatic logic [15:0] last2  = shape_q.win_dims[1] ? '0 : shape_q.last2;
    lasts   = {shape_q.row ? 16'b0 : chunks, shape_q.last3, last2, last1};
    strides = {chunk_stride, stream_q.s3, stream_q.s2, stream_q.s1};
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

  always_ff @(posedge clk_i) begin
    if (job_take_o) begin
      slot_q   <= job_slot_i;
      stream_q <= job_stream_i;
      shape_q  <= job_shape_i;
    end
  end

  // ---------------------------------------------------------------- one word of the head chunk
  logic [LaneLog2-1:0] last_lane;
  logic [5:0]          beat_q;
  addr_t               word_now, word_last;
  pos_t                pos;                // of lane 0 in the word, in elements
  logic                beat_last;

  always_comb begin
    automatic pos_t pos_first;
    last_lane = shape_q.row ? '0 : (last[3] ? shape_q.last0[LaneLog2-1:0] : '1);
    word_now  = (stream_q.acc ? addr >> AccLog2 : addr >> SpmLog2) + addr_t'(beat_q);
    word_last = stream_q.acc ? (addr + (addr_t'(last_lane) << size)) >> AccLog2
                             : (addr + (addr_t'(last_lane) << size)) >> SpmLog2;
    pos_first = stream_q.acc ? pos_t'(addr[AccLog2-1:2])
                             : pos_t'(PosWidth'(addr[SpmLog2-1:0]) >> size);
    pos       = pos_first -
                (pos_t'(beat_q) <<< (stream_q.acc ? AccLog2 - 2 : SpmLog2 - 32'(size)));
    beat_last = word_now == word_last;
  end

  // ---------------------------------------------------------------- request
  logic  req_valid_q, req_acc_q, req_final_q, req_slot_q, req_go;
  addr_t req_word_q;
  logic  granted_q, granted_slot_q, done_valid_q, done_slot_q;

  assign req_go     = req_valid_q && (req_acc_q ? acc_gnt_i : spm_gnt_i);
  assign emit       = active_q && full_q != '0 && (!req_valid_q || req_go);
  assign emit_chunk = emit && beat_last;
  assign pop        = emit_chunk;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      req_valid_q  <= 1'b0;
      granted_q    <= 1'b0;
      done_valid_q <= 1'b0;
      beat_q       <= '0;
    end else begin
      if (emit || req_go) req_valid_q <= emit;
      granted_q    <= req_go && req_final_q;
      done_valid_q <= granted_q;
      if (emit) beat_q <= beat_last ? '0 : beat_q + 1'b1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (emit) begin
      req_acc_q   <= stream_q.acc;
      req_word_q  <= word_now;
      req_final_q <= beat_last && nest_end;
      req_slot_q  <= slot_q;
    end
    if (req_go) granted_slot_q <= req_slot_q;
    if (granted_q) done_slot_q <= granted_slot_q;
  end

  // The lane whose element stands at position `at` of the word; whether there is one.
  function automatic logic used(input pos_t lane, input logic [LaneLog2-1:0] to);
    return !lane[PosWidth-1] && lane <= pos_t'({1'b0, to});
  endfunction

  for (genvar i = 0; i < int'(Words); i++) begin : gen_word
    logic [31:0] data_q;
    logic [3:0]  be_q;

    always_ff @(posedge clk_i) begin
      if (emit) begin
        automatic pos_t lane;
        unique case (size)
          2'd0: if (i < int'(SpmWords)) begin
            for (int k = 0; k < 4; k++) begin
              lane = pos_t'(4 * i + k) - pos;
              data_q[8*k +: 8] <= head[LaneLog2'(unsigned'(lane))][7:0];
              be_q[k] <= used(lane, last_lane);
            end
          end
          2'd1: if (i < int'(SpmWords)) begin
            for (int k = 0; k < 2; k++) begin
              lane = pos_t'(2 * i + k) - pos;
              data_q[16*k +: 16] <= head[LaneLog2'(unsigned'(lane))][15:0];
              be_q[2*k +: 2] <= {2{used(lane, last_lane)}};
            end
          end
          default: begin
            lane = pos_t'(i) - pos;
            data_q <= head[LaneLog2'(unsigned'(lane))];
            be_q <= {4{used(lane, last_lane)}};
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

  // A destination is neither constant nor broadcast.
  logic unused;
  assign unused = ^{stream_q, first, last};

  // ---------------------------------------------------------------- checks
  `ASSERT(QueueInRange, full_q <= 2'd2)
  `ASSERT(NoEmptyWrite, !spm_valid_o || spm_be_o != '0)
  `ASSERT(NoEmptyRow, !acc_valid_o || acc_lanes_o != '0)
  `ASSERT_STABLE(SpmRequestStable, spm_valid_o, spm_gnt_i, {spm_word_o, spm_be_o, spm_data_o})
  `ASSERT_STABLE(AccRequestStable, acc_valid_o, acc_gnt_i, {acc_row_o, acc_lanes_o})
  `COVER(ChunkAcrossWords, emit && beat_q != '0)
  `COVER(WaitsForPort, req_valid_q && !req_go)

endmodule
