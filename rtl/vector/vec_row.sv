// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Row reduction: element i is accumulated into partial i mod 128, then partials are joined in steps
// 64, 32, ..., 1 (docs/instruction-set.md section 7), from the first step that finds a partner on. Partial
// e * Lanes + j lives in lane j, entry e; each lane has one FP32 operation of its own. ARGMAX keeps the index
// of each partial's element beside it; of equal ones the smaller index wins.
//
//   throughput     one row at a time: a chunk a cycle (32 lanes: every second cycle), then the tree:
//                  per step a cycle for every VecLanes partials and 5 to let them pass
//   back-pressure  none: what comes is taken. Behind a row's last chunk the next one (and what must not
//                  overtake the result) comes Ahead cycles after free_o at the earliest
//
//   chunk --> [chosen] -> [x, y] -> [ op, 4 stages ] -> partials
//                            ^-- partials: the same lane's entry + step/Lanes, or another lane's entry 0

`include "prim_assert.svh"
`include "prim_bug.svh"

module vec_row
  import vec_pkg::*;
#(
  parameter int unsigned Lanes = 16,
  parameter int unsigned Ahead = 15
) (
  input  logic        clk_i,
  input  logic        rst_ni,

  input  logic        chunk_valid_i,
  input  row_t        chunk_i,
  input  logic [31:0] chunk_data_i [Lanes],

  output logic        result_valid_o,        // for one cycle
  output logic        result_slot_o,
  output logic [31:0] result_o,

  output logic        free_o                 // for one cycle in every row: soon another one may come
);

  localparam int unsigned Entries    = 128 / Lanes;
  localparam int unsigned EntryWidth = $clog2(Entries);
  localparam int unsigned LaneLog2   = $clog2(Lanes);
  // Cycles from a chosen operation to the first one that may read what it wrote.
  localparam int unsigned Latency    = 6;

  // free_o comes with the choice of step 2, or earlier where that is missing.
  if (Ahead < 2 * Latency + 2) begin : gen_illegal
    $fatal(1, "vec_row: a chunk may come before the result of the row before");
  end

  typedef enum logic [1:0] {
    StChunks,    // accumulating
    StStep,      // one step of the tree
    StPass,      // waiting until operations have written their partials
    StResult     // the result is being written
  } state_e;

  state_e                state_q, state_d;
  logic [6:0]            step_q, step_d;     // step of the tree, one hot; 0 at its end
  logic [EntryWidth-1:0] entry_q, entry_d;   // of the next chunk, or of the step
  logic                  first_q, first_d;   // the chunk is one of the first round
  logic [8:0]            round_q, round_d;   // of the next chunk's elements: their index / 128
  logic [2:0]            pass_q, pass_d;
  logic                  slot_q, adds_q;
  // Not reset: it keeps its code, so that it is some operation from the start.
  (* fsm_encoding = "none" *) logic [3:0] op_q;
  logic [6:0]            last_q;             // partials that exist, less one: min(n0, 128) - 1
  logic                  finds_q;            // ARGMAX

  // ---------------------------------------------------------------- choice
  logic [EntryWidth-1:0] step_last;          // last entry of the step
  logic                  step_end, free_d;
  logic [6:0]            top;                // step that joins the last partial first; 0: there is one alone

  function automatic logic [6:0] highest(input logic [6:0] x);
    highest = '0;
    for (int i = 0; i < 7; i++) if (x[i]) highest = 7'd1 << i;
  endfunction

  assign step_last = EntryWidth'((step_q >> LaneLog2) - 7'(step_q >= 7'(Lanes)));
  assign step_end  = entry_q == step_last;
  assign top       = highest(last_q);

  always_comb begin
    state_d = state_q;
    step_d  = step_q;
    entry_d = entry_q;
    first_d = first_q;
    round_d = round_q;
    pass_d  = pass_q - 1'b1;
    free_d  = 1'b0;
    unique case (state_q)
      StChunks: begin
        pass_d = 3'(Latency - 2);
        if (chunk_valid_i) begin
          entry_d = chunk_i.last ? '0 : entry_q + 1'b1;
          first_d = chunk_i.last || (first_q && entry_q != '1);
          round_d = chunk_i.last ? '0 : round_q + 9'(entry_q == '1);
          free_d  = chunk_i.last && chunk_i.last0 < 16'd2;
          if (chunk_i.last) state_d = StPass;
        end
        step_d = '0;
      end
      StStep: begin
        pass_d  = 3'(Latency - 2);
        entry_d = entry_q + 1'b1;
        if (step_end) begin
          entry_d = '0;
          state_d = StPass;
        end
      end
      StPass: if (pass_q == '0) begin
        step_d  = (step_q == '0) ? top : step_q >> 1;
        state_d = (step_q[0] || (step_q == '0 && top == '0)) ? StResult : StStep;
        free_d  = step_d[1];
      end
      default: state_d = StChunks;
    endcase
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= StChunks;
      entry_q <= '0;
      first_q <= 1'b1;
      round_q <= '0;
      step_q  <= '0;
      pass_q  <= '0;
      free_o  <= 1'b0;
    end else begin
      state_q <= state_d;
      entry_q <= entry_d;
      first_q <= first_d;
      round_q <= round_d;
      step_q  <= step_d;
      pass_q  <= pass_d;
      free_o  <= free_d;
    end
  end

  always_ff @(posedge clk_i) begin
    if (chunk_valid_i) begin
      slot_q <= chunk_i.slot;
      adds_q <= chunk_i.adds;
      op_q   <= chunk_i.op;
      finds_q <= chunk_i.op == OpLargest;
      last_q <= (chunk_i.last0 > 16'd127) ? 7'd127 : chunk_i.last0[6:0];
    end
  end

  // What was chosen: an operation, or the first round's store.
  typedef struct packed {
    logic                  chunk;            // y is the chunk's
    logic                  across;           // y is another lane's
    logic [EntryWidth-1:0] entry;            // that changes
    logic [EntryWidth-1:0] other;            // that it is joined with
    logic [6:0]            step;
    logic [8:0]            round;
  } chosen_t;
  typedef logic [15:0] index_t;              // of an element in its row

  logic                  go_q, store_q;
  chosen_t               chosen_q;
  logic [4:0]            pipe_valid_q;       // [x, y], 4 stages
  logic [EntryWidth-1:0] pipe_entry_q [5];
  logic                  choose;

  assign choose = chunk_valid_i || state_q == StStep;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      go_q         <= 1'b0;
      store_q      <= 1'b0;
      pipe_valid_q <= '0;
    end else begin
      go_q         <= chunk_valid_i ? !first_q : state_q == StStep;
      store_q      <= chunk_valid_i && first_q;
      pipe_valid_q <= {pipe_valid_q[3:0], go_q};
    end
  end

  always_ff @(posedge clk_i) begin
    if (choose) begin
      chosen_q <= '{
        chunk:  state_q == StChunks,
        across: step_q < 7'(Lanes),
        entry:  entry_q,
        other:  entry_q | EntryWidth'(step_q >> LaneLog2),
        step:   step_q,
        round:  round_q
      };
    end
    if (go_q) pipe_entry_q[0] <= chosen_q.entry;
    for (int i = 1; i < 5; i++) if (pipe_valid_q[i-1]) pipe_entry_q[i] <= pipe_entry_q[i-1];
  end

  // ---------------------------------------------------------------- the lanes
  logic [31:0] lane_first [Lanes];           // entry 0 of every lane
  index_t      lane_index [Lanes];
  logic [31:0] found_q;                      // lane 0's one, as FP32

  // One row at a time: the operation is the same in all stages.
  logic [3:0] add_en, compare_en;
  assign add_en     = adds_q ? pipe_valid_q[3:0] : '0;
  assign compare_en = adds_q ? '0 : pipe_valid_q[3:0];

  function automatic logic [31:0] from_index(input index_t index);
    automatic coarse_t     coarse = norm_coarse({index, 16'b0}, 1'b0);
    automatic logic [1:0]  zeros  = nibble_zeros(coarse.value[31:29]);
    automatic logic [23:0] moved  = 24'((coarse.value >> 8) << zeros);
    return moved[23] ? {1'b0, 8'd142 - 8'({coarse.nibbles, zeros}), moved[22:0]} : '0;
  endfunction

  for (genvar j = 0; j < int'(Lanes); j++) begin : gen_lane
    logic [31:0] first_partial_q;            // entry 0 is looked at in every step: a register of its own
    logic [31:0] partial_q [1:Entries-1];
    logic [31:0] chunk_data_q, x_q, y_q, result;
    logic        mine_q;                     // what was chosen is one of this lane's
    logic [4:0]  mine_pipe_q;
    index_t      first_index_q, x_index_q, y_index_q, x1_index_q, y1_index_q;
    index_t      index_q [1:Entries-1];
    index_t      index_pipe_q [2:4];         // behind the operation's stages
    logic        y_first, y_taken;

    // The partial that is joined in steps below Lanes.
    function automatic logic [31:0] neighbour();
      neighbour = lane_first[j];
      for (int s = 1; s < int'(Lanes); s *= 2) begin
        if (j + s < int'(Lanes) && chosen_q.step[$clog2(s)]) neighbour = lane_first[(j + s) % int'(Lanes)];
      end
    endfunction

    function automatic index_t neighbour_index();
      neighbour_index = lane_index[j];
      for (int s = 1; s < int'(Lanes); s *= 2) begin
        if (j + s < int'(Lanes) && chosen_q.step[$clog2(s)]) neighbour_index = lane_index[(j + s) % int'(Lanes)];
      end
    endfunction

    // Whether the present chunk or step has an element for this lane. A step joins partials below it with
    // those that have its bit as well.
    function automatic logic mine();
      automatic logic [6:0] at = {entry_q, LaneLog2'(j)};
      if (state_q == StChunks) return !chunk_i.last || int'(chunk_i.last0[LaneLog2-1:0]) >= j;
      return (at | step_q) <= last_q && (step_q >= 7'(Lanes) || 7'(j) < step_q);
    endfunction

    assign lane_first[j] = first_partial_q;
    assign lane_index[j] = first_index_q;
    assign y_first       = `SEEDED_BUG(46, y_index_q < x_index_q, y_index_q > x_index_q);

    always_ff @(posedge clk_i) begin
      if (choose) mine_q <= mine();
      if (chunk_valid_i) chunk_data_q <= chunk_data_i[j];
      if (go_q) begin
        x_q <= (chosen_q.entry == '0) ? first_partial_q : partial_q[chosen_q.entry];
        y_q <= chosen_q.chunk ? chunk_data_q : chosen_q.across ? neighbour() : partial_q[chosen_q.other];
      end
      if (go_q && finds_q) begin
        x_index_q <= (chosen_q.entry == '0) ? first_index_q : index_q[chosen_q.entry];
        y_index_q <= chosen_q.chunk  ? {chosen_q.round, chosen_q.entry, LaneLog2'(j)}
                   : chosen_q.across ? neighbour_index() : index_q[chosen_q.other];
      end
      if (go_q || pipe_valid_q != '0) mine_pipe_q <= {mine_pipe_q[3:0], mine_q};
    end

    always_ff @(posedge clk_i) begin
      if (pipe_valid_q[0] && finds_q) begin
        x1_index_q <= x_index_q;
        y1_index_q <= y_index_q;
      end
      if (pipe_valid_q[1] && finds_q) index_pipe_q[2] <= y_taken ? y1_index_q : x1_index_q;
      for (int k = 3; k <= 4; k++) if (pipe_valid_q[k-1] && finds_q) index_pipe_q[k] <= index_pipe_q[k-1];
    end

    vec_op u_op (
      .clk_i,
      .add_en_i     (add_en),                // all lanes alike: who is not asked writes nothing
      .compare_en_i (compare_en),
      .op_i         (op_q),
      .x_i          (x_q),
      .y_i          (y_q),
      .y_wins_i     (y_first),
      .added_i      (adds_q),
      .abs_i        (1'b0),
      .y_taken_o    (y_taken),
      .result_o     (result)
    );

    always_ff @(posedge clk_i) begin
      if (store_q || pipe_valid_q[4]) begin
        // The first round is stored as it is; then nothing else is in the pipe.
        automatic logic [EntryWidth-1:0] place = store_q ? chosen_q.entry : pipe_entry_q[4];
        automatic logic [31:0]           value = store_q ? chunk_data_q : result;
        if (store_q ? mine_q : mine_pipe_q[4]) begin
          if (place == '0) first_partial_q <= value;
          else partial_q[place] <= value;
          if (finds_q) begin
            automatic index_t at = store_q ? {9'b0, place, LaneLog2'(j)} : index_pipe_q[4];
            if (place == '0) first_index_q <= at;
            else index_q[place] <= at;
          end
        end
      end
    end

    if (j == 0) begin : gen_found
      always_ff @(posedge clk_i) begin
        if (finds_q && store_q && chosen_q.entry == '0) found_q <= '0;
        else if (finds_q && pipe_valid_q[4] && mine_pipe_q[4] && pipe_entry_q[4] == '0) begin
          found_q <= from_index(index_pipe_q[4]);
        end
      end
    end
  end

  // The last operation writes in the cycle of StResult.
  logic result_valid_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) result_valid_q <= 1'b0;
    else result_valid_q <= state_q == StResult;
  end
  assign result_valid_o = result_valid_q;
  assign result_slot_o  = slot_q;
  assign result_o       = finds_q ? found_q : lane_first[0];

  // ---------------------------------------------------------------- checks
  `ASSERT(ChunkInItsTurn, !chunk_valid_i || state_q == StChunks)
  `ASSERT(StoresAlone, !store_q || pipe_valid_q == '0)
  `ASSERT(StepIsPowerOfTwo, state_q != StStep || $onehot(step_q))
  `ASSERT(ResultAlone, !result_valid_o || (pipe_valid_q == '0 && !go_q))
  `COVER(LargestInTie, result_valid_o && finds_q && lane_first[0][30:0] == '0)
  `COVER(FoundNan, result_valid_o && finds_q && lane_first[0] == FpNan)
  `COVER(FoundFar, result_valid_o && finds_q && lane_index[0] > 16'd255)
  `COVER(ShortRow, result_valid_o && last_q != 7'd127)
  `COVER(LongRow, chunk_valid_i && chunk_i.last0 > 16'd255)

endmodule
