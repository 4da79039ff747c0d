// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Row reduction: element i is accumulated into partial i mod 128, then partials are joined in steps
// 64, 32, ..., 1 (docs/instruction-set.md section 7). Partial e * Lanes + j lives in lane j, entry e;
// each lane has one FP32 operation of its own.
//
//   throughput     one row at a time: a chunk a cycle (32 lanes: every second cycle), then the tree:
//                  per step a cycle for every VecLanes partials and 7 to let them pass
//   back-pressure  chunks are refused from the row's last chunk until its result is taken
//
//   chunk --> [x, y] -> [ op, 4 stages ] -> partials
//                ^-- partials: the same lane's entry + step/Lanes, or another lane's entry 0

`include "prim_assert.svh"

module vec_row
  import vec_pkg::*;
#(
  parameter int unsigned Lanes = 16
) (
  input  logic        clk_i,
  input  logic        rst_ni,

  input  logic        chunk_valid_i,
  output logic        chunk_ready_o,
  input  logic        chunk_last_i,          // of the row
  input  logic        chunk_slot_i,
  input  logic [31:0] chunk_data_i [Lanes],
  input  logic [3:0]  op_i,                  // girih_isa_pkg::reduce_e, of the present chunk
  input  logic [15:0] last0_i,               // n0 - 1, of the present chunk

  output logic        result_valid_o,
  input  logic        result_ready_i,
  output logic        result_slot_o,
  output logic [31:0] result_o,

  output logic        idle_o                 // no row is under way
);

  localparam int unsigned Entries    = 128 / Lanes;
  localparam int unsigned EntryWidth = $clog2(Entries);
  localparam int unsigned LaneLog2   = $clog2(Lanes);
  // An entry may be used again this many cycles after its operation was issued.
  localparam int unsigned Latency    = 6;
  localparam int unsigned Gap        = (Latency + Entries - 1) / Entries;

  typedef enum logic [1:0] {
    StChunks,    // accumulating
    StStep,      // issuing one step of the tree
    StPass,      // waiting until every operation has written its partial
    StResult     // offering the result
  } state_e;

  state_e                state_q, state_d;
  logic [7:0]            step_q, step_d;     // step of the tree, 0 at its end
  logic [EntryWidth-1:0] entry_q, entry_d;
  logic [12:0]           chunk_q, chunk_d;   // number of the chunk within the row
  logic [1:0]            gap_q, gap_d;
  logic                  slot_q;
  logic [3:0]            op_q;
  logic [15:0]           last0_q;

  // ---------------------------------------------------------------- control
  logic take, first_round, load_q, issue, across;
  logic [Latency-2:0] pipe_valid_q;          // operation in [x, y], 4 stages
  logic [7:0] present;                       // partials that exist: min(n0, 128)
  logic [EntryWidth-1:0] other;              // entry that is step partials further
  logic [EntryWidth-1:0] step_last;          // last entry of the step

  assign take          = chunk_valid_i && chunk_ready_o;
  assign chunk_ready_o = state_q == StChunks && gap_q == '0;
  assign first_round   = chunk_q < 13'(Entries);
  assign across        = step_q < 8'(Lanes);
  assign present       = (last0_q > 16'd127) ? 8'd128 : last0_q[7:0] + 1'b1;
  assign other         = entry_q + EntryWidth'(step_q >> LaneLog2);
  assign step_last     = across ? '0 : EntryWidth'(step_q >> LaneLog2) - 1'b1;
  assign issue         = (take && !first_round) || (state_q == StStep && step_q < present);

  always_comb begin
    state_d = state_q;
    step_d  = step_q;
    entry_d = entry_q;
    chunk_d = chunk_q;
    gap_d   = (gap_q == '0) ? '0 : gap_q - 1'b1;
    unique case (state_q)
      StChunks: if (take) begin
        // The last chunk starts the count again; past the first round only its low bits matter.
        chunk_d = chunk_last_i ? '0 : (chunk_q == '1) ? 13'(Entries) : chunk_q + 1'b1;
        gap_d   = 2'(Gap - 1);
        if (chunk_last_i) begin
          state_d = StPass;
          step_d  = 8'd128;
        end
      end
      StStep: begin
        entry_d = entry_q + 1'b1;
        if (entry_q == step_last || step_q >= present) begin
          entry_d = '0;
          state_d = StPass;
        end
      end
      StPass: if (pipe_valid_q == '0) begin
        step_d  = step_q >> 1;
        state_d = (step_q == 8'd1) ? StResult : StStep;
      end
      default: if (result_ready_i) state_d = StChunks;
    endcase
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q      <= StChunks;
      entry_q      <= '0;
      chunk_q      <= '0;
      gap_q        <= '0;
      pipe_valid_q <= '0;
      load_q       <= 1'b0;
    end else begin
      state_q      <= state_d;
      entry_q      <= entry_d;
      chunk_q      <= chunk_d;
      gap_q        <= gap_d;
      pipe_valid_q <= {pipe_valid_q[Latency-3:0], issue};
      load_q       <= take && first_round;   // what y holds is the partial
    end
  end

  always_ff @(posedge clk_i) begin
    if (state_q != StChunks || take) step_q <= step_d;
    if (take) begin
      slot_q  <= chunk_slot_i;
      op_q    <= op_i;
      last0_q <= last0_i;
    end
  end

  // ---------------------------------------------------------------- the lanes
  logic [EntryWidth-1:0] entry;              // that the issued operation changes
  logic [EntryWidth-1:0] pipe_entry_q [Latency-1];
  // Not reset: it keeps its code, so that it is some operation from the start.
  (* fsm_encoding = "none" *) logic [3:0] pipe_op_q;
  logic [31:0]           lane_first [Lanes]; // entry 0 of every lane

  assign entry = (state_q == StChunks) ? EntryWidth'(chunk_q) : entry_q;

  function automatic logic [3:0] vop_of(input logic [3:0] op);
    unique case (op)
      girih_isa_pkg::ReduceMax: return girih_isa_pkg::VopMax;
      girih_isa_pkg::ReduceMin: return girih_isa_pkg::VopMin;
      default:                  return girih_isa_pkg::VopAdd;
    endcase
  endfunction

  always_ff @(posedge clk_i) begin
    if (take || issue) begin
      pipe_entry_q[0] <= entry;
      pipe_op_q       <= vop_of((state_q == StChunks) ? op_i : op_q);
    end
    for (int i = 1; i < int'(Latency) - 1; i++) begin
      if (pipe_valid_q[i-1]) pipe_entry_q[i] <= pipe_entry_q[i-1];
    end
  end

  // One row at a time: the operation is the same in all stages.
  logic       row_adds;
  logic [3:0] add_en, compare_en;
  assign row_adds   = op_adds(pipe_op_q);
  assign add_en     = row_adds ? pipe_valid_q[3:0] : '0;
  assign compare_en = row_adds ? '0 : pipe_valid_q[3:0];

  for (genvar j = 0; j < int'(Lanes); j++) begin : gen_lane
    logic [31:0]        first_q;             // entry 0 is looked at in every step: a register of its own
    logic [31:0]        partial_q [1:Entries-1];
    logic [31:0]        x_q, y_q, result;
    logic [Latency-2:0] mine_q;              // the operation is one of this lane's

    // The partial that is joined in steps below Lanes.
    function automatic logic [31:0] neighbour();
      neighbour = lane_first[j];
      for (int s = 1; s < int'(Lanes); s *= 2) begin
        if (j + s < int'(Lanes) && step_q[$clog2(s)]) neighbour = lane_first[(j + s) % int'(Lanes)];
      end
    endfunction

    // Whether the present chunk or step has an element for this lane.
    function automatic logic mine();
      if (state_q == StChunks) return !chunk_last_i || int'(last0_i[LaneLog2-1:0]) >= j;
      return (!across || 8'(j) < step_q) && {1'b0, entry_q, LaneLog2'(j)} + step_q < present;
    endfunction

    assign lane_first[j] = first_q;

    always_ff @(posedge clk_i) begin
      if (take || issue) begin
        x_q <= (entry == '0) ? first_q : partial_q[entry];
        y_q <= (state_q == StChunks) ? chunk_data_i[j] : across ? neighbour() : partial_q[other];
      end
      if (take || issue || pipe_valid_q != '0) mine_q <= {mine_q[Latency-3:0], mine()};
    end

    vec_op u_op (
      .clk_i,
      .add_en_i     (add_en),                // all lanes alike: who is not asked writes nothing
      .compare_en_i (compare_en),
      .op_i         (pipe_op_q),
      .x_i          (x_q),
      .y_i          (y_q),
      .added_i      (row_adds),
      .abs_i        (1'b0),
      .result_o     (result)
    );

    always_ff @(posedge clk_i) begin
      if (load_q || pipe_valid_q[4]) begin
        // The first round goes no further than [x, y]; then nothing else is in the pipe.
        automatic logic [EntryWidth-1:0] place = load_q ? pipe_entry_q[0] : pipe_entry_q[4];
        automatic logic [31:0]           value = load_q ? y_q : result;
        if (load_q ? mine_q[0] : mine_q[4]) begin
          if (place == '0) first_q <= value;
          else partial_q[place] <= value;
        end
      end
    end
  end

  assign result_valid_o = state_q == StResult;
  assign result_slot_o  = slot_q;
  assign result_o       = lane_first[0];
  assign idle_o         = state_q == StChunks && chunk_q == '0;

  // ---------------------------------------------------------------- checks
  `ASSERT(FirstRoundAlone, !((take && first_round) || load_q) || pipe_valid_q == '0)
  `ASSERT(StepIsPowerOfTwo, state_q != StStep || $onehot(step_q))
  `ASSERT_STABLE(ResultStable, result_valid_o, result_ready_i, {result_slot_o, result_o})
  `COVER(ShortRow, state_q == StResult && last0_q < 16'd127)
  `COVER(LongRow, state_q == StResult && last0_q > 16'd255)

endmodule
