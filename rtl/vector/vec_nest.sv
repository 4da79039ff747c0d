// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Addresses of four nested loops, made with adders alone: each level keeps the address at which its
// present round began. A step goes to the lowest level that has rounds left and restarts those below.
// Levels count down, and whether one is at its first or last round is a register.
//
//   throughput  one address a cycle; load_i and step_i act at the clock edge (load_i wins)
//
//      base --load--> ptr[3] ptr[2] ptr[1] ptr[0] = addr_o
//                        \______\______\______\__ + stride[level]  (level = lowest with rounds left)

`include "prim_assert.svh"

module vec_nest
  import vec_pkg::*;
(
  input  logic              clk_i,
  input  logic              rst_ni,
  input  logic              load_i,
  input  addr_t             base_i,      // these three with load_i
  input  counts_t           last_i,      // last index of each level
  input  strides_t          stride_i,
  input  logic              step_i,
  output addr_t             addr_o,
  output logic [Levels-1:0] first_o,     // the level is at its first, last index
  output logic [Levels-1:0] last_o,
  output logic              end_o        // the last address of all
);

  strides_t ptr_q, stride_q;
  counts_t  left_q, again_q;             // rounds behind the present one; of a whole loop
  addr_t    next;
  logic [Levels-1:0] first_q, last_q;
  logic [Levels-1:0] single_q;           // loops of one round
  logic [Levels-1:0] moves;              // levels that restart or step

  always_comb begin
    // one hot: the level that steps; with the levels below it
    moves = {&last_q[2:0], &last_q[1:0], last_q[0], 1'b1};
    next  = ptr_q[0] + stride_q[0];
    for (int i = 1; i < int'(Levels); i++) if (moves[i]) next = ptr_q[i] + stride_q[i];
  end

  assign addr_o  = ptr_q[0];
  assign first_o = first_q;
  assign last_o  = last_q;
  assign end_o   = &last_q;

  always_ff @(posedge clk_i) begin
    if (load_i) begin
      again_q  <= last_i;
      stride_q <= stride_i;
      left_q   <= last_i;
      first_q  <= '1;
      for (int i = 0; i < int'(Levels); i++) begin
        ptr_q[i]    <= base_i;
        last_q[i]   <= last_i[i] == '0;
        single_q[i] <= last_i[i] == '0;
      end
    end else if (step_i) begin
      for (int i = 0; i < int'(Levels); i++) begin
        if (moves[i]) begin
          ptr_q[i]   <= next;
          left_q[i]  <= last_q[i] ? again_q[i] : left_q[i] - 1'b1;
          last_q[i]  <= last_q[i] ? single_q[i] : left_q[i] == 16'd1;
          first_q[i] <= last_q[i];
        end
      end
    end
  end

  `ASSERT(NoStepBeyondTheEnd, !step_i || !end_o)

endmodule
