// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// The instructions an engine has begun and not retired, in order. Four places look at them, each at
// its own pace: `look` (the piece before the guard belongs to it), `issue` (the piece behind it does),
// `data` (the data being moved belong to it) and the oldest, which retires. The first error of an instruction stays.
//
//   latency       done_o comes in the cycle after retire_i; an error of issue is noted in the cycle after
//                 issue_error_i, one of the data at once: what retires two cycles later has either. The
//                 entry is cleared in the cycle after the push, long before an error can come
//   back-pressure push_ready_o, when Depth instructions are in flight

`include "prim_assert.svh"

module dma_jobs
  import dma_pkg::*;
#(
  parameter int unsigned Depth = 16
) (
  input  logic              clk_i,
  input  logic              rst_ni,

  input  logic              push_valid_i,
  output logic              push_ready_o,
  input  job_info_t         push_info_i,

  output job_info_t         look_o,               // meaningful from the cycle after its push
  input  logic              look_next_i,

  input  logic              issue_next_i,
  input  logic [3:0]        issue_error_i,        // girih_isa_pkg::error_e; 0: none in this cycle
  input  logic [31:0]       issue_detail_i,

  input  logic              data_next_i,
  input  logic [3:0]        data_error_i,
  input  logic [31:0]       data_detail_i,

  input  logic              retire_i,
  output logic              done_valid_o,
  output girih_pkg::done_t  done_o,

  output logic              any_o,                // one is in flight, until the cycle of its done
  output girih_pkg::ctx_t   oldest_ctx_o
);

  localparam int unsigned PtrWidth   = $clog2(Depth);
  localparam int unsigned CountWidth = $clog2(Depth + 1);
  typedef logic [PtrWidth-1:0] ptr_t;

  job_info_t             info_q [Depth];
  logic [3:0]            error_q [Depth];
  logic                  from_data_q [Depth];
  logic [31:0]           issue_detail_q [Depth];
  logic [31:0]           data_detail_q [Depth];
  ptr_t                  push_q, look_q, issue_q, data_q, retire_q;
  logic [CountWidth-1:0] count_q;
  logic                  done_valid_q, push, room_q, any_q, new_q;
  ptr_t                  new_at_q;
  girih_pkg::done_t      done_q;

  // Whether a piece is issued hangs on the bus: what follows from it here comes a cycle later.
  logic        issue_next_q;
  logic [3:0]  issue_error_q;
  logic [31:0] issue_at_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      issue_next_q  <= 1'b0;
      issue_error_q <= '0;
    end else begin
      issue_next_q  <= issue_next_i;
      issue_error_q <= issue_error_i;
    end
  end
  always_ff @(posedge clk_i) issue_at_q <= issue_detail_i;

  function automatic ptr_t next(input ptr_t ptr);
    return (ptr == ptr_t'(Depth - 1)) ? '0 : ptr + ptr_t'(1);
  endfunction

  assign push_ready_o = room_q;
  assign push         = push_valid_i && push_ready_o;
  assign look_o       = info_q[look_q];
  assign any_o        = any_q;
  assign oldest_ctx_o = info_q[retire_q].ctx;
  assign done_valid_o = done_valid_q;
  assign done_o       = done_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      push_q       <= '0;
      look_q       <= '0;
      issue_q      <= '0;
      data_q       <= '0;
      retire_q     <= '0;
      count_q      <= '0;
      room_q       <= 1'b1;
      any_q        <= 1'b0;
      new_q        <= 1'b0;
      done_valid_q <= 1'b0;
    end else begin
      if (push) push_q <= next(push_q);
      if (look_next_i) look_q <= next(look_q);
      if (issue_next_q) issue_q <= next(issue_q);
      if (data_next_i) data_q <= next(data_q);
      if (retire_i) retire_q <= next(retire_q);
      if (push != done_valid_q) begin
        count_q <= push ? count_q + 1'b1 : count_q - 1'b1;
        room_q  <= done_valid_q || count_q != CountWidth'(Depth - 1);
        any_q   <= push || count_q != CountWidth'(1);
      end
      new_q        <= push;
      done_valid_q <= retire_i;
    end
  end

  always_ff @(posedge clk_i) begin
    if (push) info_q[push_q] <= push_info_i;
    new_at_q <= push_q;
    if (retire_i) begin
      done_q <= '{
        ctx:    info_q[retire_q].ctx,
        index:  info_q[retire_q].index,
        error:  error_q[retire_q],
        detail: (error_q[retire_q] == '0) ? '0 :
                from_data_q[retire_q] ? data_detail_q[retire_q] : issue_detail_q[retire_q]
      };
    end
  end

  // An instruction has an entry while its errors can come, so that the three writers meet only where
  // issue and data look at the same one: the data were issued earlier.
  // So the later assignment wins. Details have a memory for each of the two who write them.
  logic issue_fails, data_fails;
  assign issue_fails = issue_error_q != '0 && error_q[issue_q] == '0;
  assign data_fails  = data_error_i != '0 && error_q[data_q] == '0;

  always_ff @(posedge clk_i) begin
    if (issue_fails) begin
      error_q[issue_q]     <= issue_error_q;
      from_data_q[issue_q] <= 1'b0;
    end
    if (data_fails) begin
      error_q[data_q]     <= data_error_i;
      from_data_q[data_q] <= 1'b1;
    end
    if (new_q) error_q[new_at_q] <= '0;
  end

  always_ff @(posedge clk_i) if (issue_fails) issue_detail_q[issue_q] <= issue_at_q;
  always_ff @(posedge clk_i) if (data_fails) data_detail_q[data_q] <= data_detail_i;

  `ASSERT(CountInRange, count_q <= CountWidth'(Depth))
  `ASSERT(FlagsAreTrue, room_q == (count_q != CountWidth'(Depth)) && any_q == (count_q != '0))
  `ASSERT(RetireOnlyStarted, !retire_i || (count_q != '0 && !(count_q == CountWidth'(1) && done_valid_q)))
  `COVER(Full, !push_ready_o)
  `COVER(ErrorRetires, done_valid_o && done_o.error != '0)

endmodule
