// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Addresses of four nested loops, made with adders alone: each level keeps the address at which its
// present round began. A step goes to the lowest level that has rounds left and restarts those below.
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
  input  addr_t             base_i,
  input  counts_t           last_i,      // last index of each level; stable from load to the end
  input  strides_t          stride_i,
  input  logic              step_i,
  output addr_t             addr_o,
  output logic [Levels-1:0] first_o,     // the level is at its first, last index
  output logic [Levels-1:0] last_o,
  output logic              end_o        // the last address of all
);

  strides_t ptr_q;
  counts_t  index_q;
  addr_t    next;
  logic [Levels-1:0] moves;              // levels that restart or step

  always_comb begin
    for (int i = 0; i < int'(Levels); i++) begin
      first_o[i] = index_q[i] == '0;
      last_o[i]  = index_q[i] == last_i[i];
    end
    end_o = &last_o;
    // one hot: the level that steps; with the levels below it
    moves = {&last_o[2:0], &last_o[1:0], last_o[0], 1'b1};
    next  = ptr_q[0] + stride_i[0];
    for (int i = 1; i < int'(Levels); i++) if (moves[i]) next = ptr_q[i] + stride_i[i];
  end

  assign addr_o = ptr_q[0];

  always_ff @(posedge clk_i) begin
    if (load_i) begin
      for (int i = 0; i < int'(Levels); i++) begin
        ptr_q[i]   <= base_i;
        index_q[i] <= '0;
      end
    end else if (step_i) begin
      for (int i = 0; i < int'(Levels); i++) begin
        if (moves[i]) begin
          ptr_q[i]   <= next;
          index_q[i] <= last_o[i] ? '0 : index_q[i] + 1'b1;
        end
      end
    end
  end

  `ASSERT(NoStepBeyondTheEnd, !step_i || !end_o)

endmodule
