// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Takes the contexts' oldest fetched instructions, one at a time: copies one out of its slot, patches
// it with parameters, validates it whole, puts it into the queue of its engine.
//
// While the checks run, the instruction's beats already go to the queue's next free place (and pass
// the reserved-bit check); it becomes an instruction there only with the verdict. A context whose
// queue is full is checked, marked `held`, and checked again when there is room: it holds up nobody.
//
//   cycles        29, VECTOR 32, MATRIX 39 (back to back); 4 more per patch
//   latency       verdict in the last of them: push, or error_valid_o
//   back-pressure none; instructions of blocked contexts are dropped at the verdict
//
//   StPick -> StLoad -> StHead -> (StChoose -> StParam -> StFetch -> StPatch)* -> StRun -> StSettle -> StJudge
//     ^                    |  opcode or patch field bad                                      ^  |
//     |                    +-----------------------------------------------------------------+  |
//     +-- StHand <-- StVerdict <------------------------------------------------------------------+

`include "prim_assert.svh"
`include "prim_bug.svh"

module validate
  import girih_pkg::*;
  import girih_ctrl_pkg::*;
  import girih_isa_pkg::*;
  import validate_pkg::*;
#(
  parameter cfg_t Cfg = girih_presets_pkg::Default,
  localparam int unsigned RowBits    = (8 * Cfg.BusBytes > 256) ? 8 * Cfg.BusBytes : 256,
  localparam int unsigned Rows       = InstrBits / RowBits,
  localparam int unsigned RowWidth   = $clog2(Rows),
  localparam int unsigned CtxBits    = $clog2(Cfg.Contexts),
  localparam int unsigned SourceBits = $clog2(Sources)
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,

  // Contexts
  input  logic [Cfg.Contexts-1:0] blocked_i,
  input  logic [Cfg.Contexts-1:0] own_busy_i,         // a SETPARAM or FENCE has not retired
  input  ring_t                   ring_i      [Cfg.Contexts],
  output logic [CtxBits-1:0]      window_ctx_o,       // asks for a window of a context
  output logic [2:0]              window_index_o,
  input  window_t                 window_i,
  input  partition_t              partition_i [Cfg.Contexts],
  input  logic [31:0]             max_cycles_i,
  output logic [Cfg.Contexts-1:0] busy_o,             // of this one an instruction is being checked
  output logic [Cfg.Contexts-1:0] held_o,             // the next instruction meets a full queue

  // Fetched instructions (ring_fetch)
  input  logic [Cfg.Contexts-1:0] slot_valid_i,
  input  error_e                  slot_error_i [Cfg.Contexts],
  input  logic [31:0]             slot_index_i [Cfg.Contexts],
  output logic                    slot_read_o,
  output logic [CtxBits-1:0]      slot_ctx_o,
  output logic [RowWidth-1:0]     slot_row_o,
  input  logic [RowBits-1:0]      slot_data_i,
  output logic                    slot_pop_o,

  // Parameter file
  output logic                    param_valid_o,      // a parameter is read, data two cycles later
  output logic [CtxBits-1:0]      param_ctx_o,
  output logic [4:0]              param_index_o,
  input  logic [31:0]             param_data_i,

  // Queues
  input  logic [Cfg.Contexts-1:0] full_i [Sources],
  output logic [SourceBits-1:0]   queue_o,            // which
  output logic                    write_valid_o,
  output logic [CtxBits-1:0]      write_ctx_o,
  output logic [3:0]              write_beat_o,
  output logic [63:0]             write_data_o,
  output logic [Sources-1:0]      push_o,             // to this queue; a register
  output head_t                   push_head_o,
  output note_t                   push_note_o,

  // A faulty instruction
  output logic                    error_valid_o,
  output logic [CtxBits-1:0]      error_ctx_o,
  output error_record_t           error_o
);

  typedef enum logic [3:0] {
    StPick,       // choose a context
    StLoad,       // rows of the slot arrive
    StHead,       // opcode, patch fields
    StChoose,     // the next patch
    StParam,      // its parameter and its word are read
    StFetch,      // and arrive
    StPatch,      // the word is replaced
    StRun,        // steps of the plan; beats to the queue
    StSettle,     // the last findings arrive
    StJudge,      // which of them counts
    StVerdict,    // does it still count
    StHand        // push or error
  } state_e;
  state_e state_q;

  localparam logic [2:0] SettleCycles = 3'd6;         // less one, after the plan's last step

  logic [31:0][31:0]       word_q;                    // the instruction
  header_t                 header;
  logic [CtxBits-1:0]      ctx_q, pick;
  logic [RowWidth-1:0]     row_q;
  logic                    row_valid_q;
  logic [RowWidth-1:0]     row_arrives_q;
  logic [MostSteps-1:0]    step_q;                    // one of them; 0 behind the last
  logic [4:0]              beat_q;
  logic                    plan_done_q;
  logic [2:0]              settle_q;
  logic [3:0]              patches_q;                 // still to apply
  logic                    room_q;
  logic [Cfg.Contexts-1:0] held_q;
  logic [SourceBits-1:0]   held_queue_q [Cfg.Contexts];
  assign header = header_t'(word_q[4:0]);

  // ---- whose turn -------------------------------------------------------------------------------
  logic [Cfg.Contexts-1:0] want;
  logic                    any;
  for (genvar c = 0; c < int'(Cfg.Contexts); c++) begin : gen_ctx
    assign held_o[c] = held_q[c] && full_i[held_queue_q[c]][c];
    assign want[c]   = slot_valid_i[c] && !blocked_i[c] && !own_busy_i[c] && !held_o[c];
    assign busy_o[c] = state_q != StPick && ctx_q == CtxBits'(c);
  end
  rr_pick #(.N(Cfg.Contexts)) u_pick (
    .request_i(want), .last_i(ctx_q), .any_o(any), .pick_o(pick)
  );

  // ---- first looks: the header's row has arrived a cycle and more before StHead --------------------
  logic                  opcode_ok_q;
  kind_t                 kind_q;
  (* fsm_encoding = "none" *) logic [SourceBits-1:0] queue_q;      // not reset: a number, not a state
  always_ff @(posedge clk_i) begin
    if (state_q == StLoad) begin
      opcode_ok_q <= 1'b1;
      kind_q      <= '{move:     header.opcode == OpLoad || header.opcode == OpStore,
                       matrix:   header.opcode == OpMatrix,
                       vector:   header.opcode == OpVector,
                       setparam: header.opcode == OpSetparam,
                       fence:    header.opcode == OpFence};
      queue_q     <= SourceBits'(Own);
      unique case (header.opcode)
        OpLoad:            queue_q <= SourceBits'(EngLoad);
        OpStore:           queue_q <= SourceBits'(EngStore);
        OpMatrix:          queue_q <= SourceBits'(EngMatrix);
        OpVector:          queue_q <= SourceBits'(EngVector);
        OpSetparam, OpFence: ;
        default:           opcode_ok_q <= 1'b0;
      endcase
    end
  end
  if (Rows < 2) begin : gen_too_few_rows
    $fatal(1, "validate: the opcode is looked at while the last row arrives; two rows at least");
  end

  // The four patch slots: {enable, add, word, parameter} each in its half word.
  logic [3:0][15:0] patch;
  logic [3:0]       patch_on, patch_low;              // low: names a header word
  logic [1:0]       patch_now;
  logic [15:0]      now_q;
  assign patch = {word_q[4][31:16], word_q[4][15:0], word_q[3][31:16], word_q[3][15:0]};
  for (genvar p = 0; p < 4; p++) begin : gen_patch
    assign patch_on[p]  = patch[p][11];
    assign patch_low[p] = patch[p][11] && patch[p][9:5] < 5'd5;
  end
  always_comb begin
    patch_now = 2'd3;
    for (int unsigned p = 3; p > 0; p--) if (patches_q[p-1]) patch_now = 2'(p - 1);
  end
  assign param_valid_o = state_q == StParam;
  assign param_ctx_o   = ctx_q;
  assign param_index_o = now_q[4:0];

  // ---- checks that run side by side -------------------------------------------------------------
  logic        plan_last, run;
  step_t       step;
  logic [31:0] z;
  logic [15:0] rows;
  extents_t    extents;
  finding_t    field, align, field_q, align_q, reserved_q;
  window_t     window_q;
  partition_t  partition_q;
  assign run       = state_q == StRun;
  always_ff @(posedge clk_i) begin
    if (run) begin                                              // judged later
      window_q    <= window_i;
      partition_q <= partition_i[ctx_q];
    end
  end
  assign window_ctx_o   = ctx_q;
  assign window_index_o = word_q[5][2:0];

  validate_fields #(.Cfg(Cfg)) u_fields (
    .clk_i, .ask_i(run && step_q[0]), .instr_i(word_q), .field_o(field), .align_o(align)
  );
  validate_plan #(.Cfg(Cfg)) u_plan (
    .clk_i, .ask_i(run && !plan_done_q), .instr_i(word_q), .kind_i(kind_q), .step_i(step_q),
    .z_i(z), .rows_i(rows), .step_o(step), .last_o(plan_last)
  );
  validate_extent #(.Cfg(Cfg)) u_extent (
    .clk_i, .rst_ni, .clear_i(state_q == StHead),
    .valid_i(run && !plan_done_q), .step_i(step), .instr_i(word_q),
    .spm_size_i(partition_q.spm_size), .acc_size_i(partition_q.acc_size),
    .window_pages_i(window_q.pages), .max_cycles_i,
    .z_o(z), .rows_o(rows), .extents_o(extents)
  );

  function automatic logic [31:0] legal_bits(input logic [SourceBits-1:0] source, input logic is_fence,
                                             input logic [4:0] word);
    unique case (source)
      SourceBits'(EngLoad):   return LoadMask[word];
      SourceBits'(EngStore):  return StoreMask[word];
      SourceBits'(EngMatrix): return MatrixMask[word];
      SourceBits'(EngVector): return VectorMask[word];
      default:                return is_fence ? FenceMask[word] : SetparamMask[word];
    endcase
  endfunction

  // One reader of the words: a beat while streaming, the pair that holds a patched word before. What it
  // reads is looked at one cycle later.
  logic        streaming, streams_q;
  logic [3:0]  pair, pair_q;
  logic [31:0] even_q, odd_q, even_legal_q, odd_legal_q;
  logic        even_bad, odd_bad;
  assign streaming = run && !beat_q[4];
  assign pair      = beat_q[3:0];
  always_ff @(posedge clk_i) begin
    if (!rst_ni) streams_q <= 1'b0;
    else streams_q <= streaming;
    if (streaming || state_q == StParam) begin
      pair_q       <= pair;
      even_q       <= word_q[{pair, 1'b0}];
      odd_q        <= word_q[{pair, 1'b1}];
      even_legal_q <= legal_bits(queue_q, kind_q.fence, {pair, 1'b0});
      odd_legal_q  <= legal_bits(queue_q, kind_q.fence, {pair, 1'b1});
    end
  end
  assign even_bad = (even_q & ~even_legal_q) != '0;
  assign odd_bad  = (odd_q & ~odd_legal_q) != '0;

  // Permission: LOAD reads; STORE and FENCE (when it writes) write.
  logic        permitted;
  fence_t      fence;
  assign fence = fence_t'(word_q);
  always_comb begin
    unique case (header.opcode)
      OpLoad:  permitted = window_q.read;
      OpStore: permitted = window_q.write;
      OpFence: permitted = window_q.write || !fence.write;
      default: permitted = 1'b1;
    endcase
  end

  // ---- verdict ----------------------------------------------------------------------------------
  error_e      early_q;                               // found before StRun
  logic        early_low_q;                           // ErrField: patch slots 0 and 1
  error_e      code, code_q;
  logic [31:0] detail, detail_q;
  logic        window_bad_q, too_long_q;
  always_comb begin
    code   = ErrNone;
    detail = '0;
    if (state_q == StJudge) begin
      if (early_q != ErrNone) begin
        code   = early_q;
        // Where the instruction is in its ring; the word that holds the patch.
        if (early_q == ErrFetch) begin
          detail = (slot_index_i[ctx_q] & (ring_i[ctx_q].size - 32'd1)) << 7;
        end else if (early_q == ErrField && slot_error_i[ctx_q] == ErrNone) begin
          detail = early_low_q ? 32'd3 : 32'd4;
        end
      end else if (reserved_q.found) begin
        code   = ErrReserved;
        detail = 32'(reserved_q.word);
      end else if (field_q.found || extents.too_many_rows) begin
        code   = ErrField;
        detail = (extents.too_many_rows && !(field_q.found && field_q.word < 5'd13))
                 ? 32'd13 : 32'(field_q.word);
      end else if (align_q.found) begin
        code   = ErrAlign;
        detail = 32'(align_q.word);
      end else if (extents.partition) begin
        code   = ErrPartition;
        detail = 32'(extents.partition_word);
      end else if (window_bad_q) begin
        code   = ErrWindow;
        detail = 32'd6;
      end else if (too_long_q) begin
        code = ErrTooLong;
      end
    end
  end

  logic               judged, bad_q, pop_q;
  logic [Sources-1:0] push_q;
  assign judged        = state_q == StVerdict && !blocked_i[ctx_q];
  assign error_valid_o = bad_q;
  assign error_ctx_o   = ctx_q;
  assign error_o       = '{code: code_q, index: slot_index_i[ctx_q], detail: detail_q,
                           tag: (slot_error_i[ctx_q] == ErrNone) ? header.tag : '0};
  assign queue_o       = queue_q;
  assign push_o        = push_q;
  assign slot_pop_o    = pop_q;
  assign push_head_o   = '{order: (queue_q == SourceBits'(Own)) ? header.opcode == OpFence
                                                             : header.order,
                           waits: header.wait_};
  assign push_note_o   = '{name: '{index: slot_index_i[ctx_q], tag: header.tag}, give: header.give,
                           macs: (header.opcode == OpMatrix) ? extents.macs : '0};
  assign write_valid_o = streams_q && room_q;
  assign write_ctx_o   = ctx_q;
  assign write_beat_o  = pair_q;
  assign write_data_o  = {odd_q, even_q};
  assign slot_read_o   = state_q == StLoad && !(row_valid_q && row_q == '0);
  assign slot_ctx_o    = ctx_q;
  assign slot_row_o    = row_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q     <= StPick;
      ctx_q       <= '0;
      row_valid_q <= 1'b0;
      row_q       <= '0;
      held_q      <= '0;
      bad_q       <= 1'b0;
      pop_q       <= 1'b0;
      push_q      <= '0;
    end else begin
      row_valid_q <= slot_read_o;
      bad_q       <= judged && code_q != ErrNone;
      pop_q       <= judged && code_q == ErrNone && room_q;
      push_q      <= Sources'(judged && code_q == ErrNone && room_q) << queue_q;
      unique case (state_q)
        StPick: if (any) begin
          ctx_q   <= pick;
          row_q   <= '0;
          state_q <= (slot_error_i[pick] == ErrNone) ? StLoad : StJudge;
        end
        StLoad: begin
          if (slot_read_o) row_q <= row_q + 1'b1;
          if (row_valid_q && row_arrives_q == RowWidth'(Rows - 1)) state_q <= StHead;
        end
        StHead:  state_q <= (!opcode_ok_q || patch_low != '0) ? StJudge :
                            (patch_on != '0) ? StChoose : StRun;
        StChoose: state_q <= StParam;
        StParam: state_q <= StFetch;
        StFetch: state_q <= StPatch;
        StPatch: state_q <= (patches_q != '0) ? StChoose : StRun;
        StRun:   if ((plan_done_q || plan_last) && beat_q >= 5'd15) state_q <= StSettle;
        StSettle: if (settle_q == '0) state_q <= StJudge;
        StJudge:  state_q <= StVerdict;
        StVerdict: begin
          held_q[ctx_q] <= judged && code_q == ErrNone && !room_q;
          state_q       <= StHand;
        end
        StHand:  state_q <= StPick;
        default: state_q <= StPick;
      endcase
      for (int unsigned c = 0; c < Cfg.Contexts; c++) if (blocked_i[c]) held_q[c] <= 1'b0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (state_q == StPick && any) early_q <= slot_error_i[pick];
    if (state_q == StHead) begin
      early_low_q <= patch_low[1:0] != '0;
      if (!opcode_ok_q) early_q <= ErrOpcode;
      else if (patch_low != '0) early_q <= ErrField;
    end
    if (state_q == StJudge) begin
      code_q   <= code;
      detail_q <= detail;
    end

    row_arrives_q <= row_q;
    if (state_q == StHead) patches_q <= patch_on;
    if (state_q == StChoose) begin
      now_q                <= patch[patch_now];
      beat_q               <= {1'b0, patch[patch_now][9:6]};
      patches_q[patch_now] <= 1'b0;
    end

    if (state_q == StHead || state_q == StPatch) begin
      room_q      <= !full_i[queue_q][ctx_q];
      step_q      <= MostSteps'(1);
      beat_q      <= '0;
      plan_done_q <= 1'b0;
      settle_q    <= SettleCycles;
      reserved_q  <= '0;
    end
    if (run) begin
      step_q <= step_q << 1;
      if (plan_last) plan_done_q <= 1'b1;
      if (step_q[2]) begin
        field_q <= field;
        align_q <= align;
      end
    end
    if (streaming) beat_q <= beat_q + 5'd1;
    if (streams_q && !reserved_q.found && (even_bad || odd_bad)) begin
      reserved_q <= '{found: 1'b1, word: {pair_q, !even_bad}};
    end
    if (plan_done_q && settle_q != '0) settle_q <= settle_q - 3'd1;
    if (state_q == StSettle) begin
      window_bad_q <= extents.window || !permitted;
      too_long_q   <= extents.too_long;
    end
    if (state_q == StVerdict) held_queue_q[ctx_q] <= queue_q;
  end

  // One value for each word of a row: what synthesis makes of it is enables, not a wide shifter.
  localparam int unsigned RowWords = RowBits / 32;
  logic [31:0] old, patched;
  assign old     = now_q[5] ? odd_q : even_q;
  assign patched = param_data_i + (`SEEDED_BUG(50, now_q[10], 1'b0) ? old : '0);
  always_ff @(posedge clk_i) begin
    if (row_valid_q || state_q == StPatch) begin
      for (int unsigned w = 0; w < 32; w++) begin
        if (row_valid_q ? row_arrives_q == RowWidth'(w / RowWords) : now_q[9:5] == 5'(w)) begin
          word_q[w] <= row_valid_q ? slot_data_i[32 * (w % RowWords) +: 32] : patched;
        end
      end
    end
  end

  `ASSERT(OneVerdict, !(push_o != '0 && error_valid_o))
  `ASSERT(HandsOver, !(pop_q || bad_q) || state_q == StHand)
  `ASSERT(StepsFit, !run || plan_done_q || (step_q != '0 && (step_q & (step_q - 1'b1)) == '0))
  `COVER(Held, state_q == StVerdict && code_q == ErrNone && !room_q)
  `COVER(FourPatches, state_q == StHead && patch_on == 4'hf)
  `COVER(DroppedAtVerdict, state_q == StVerdict && blocked_i[ctx_q])
  for (genvar e = 1; e <= 8; e++) begin : gen_cover
    `COVER(Code, error_valid_o && code_q == error_e'(e))
  end

endmodule
