// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// The queues of one engine, one per context, in one RAM: 16 beats of 64 bits an instruction, and
// beside them what is needed to judge a head without reading it.
//
//   write         beats go to the slot behind the last instruction while it is still being judged;
//                 push_i makes them an instruction. So a refused instruction costs nothing.
//   read          beats of the oldest instruction, data in the next cycle; pop_i removes it
//   back-pressure full_o; a write to a full queue must not be attempted
//   flush_i       empties a context's queue
//
//        ctx 0  [ i2 | i1 | i0 ] <- head        note: wait mask, order, index, tag, give, MACs
//        ctx 1  [ .. | i1 | i0 ]

`include "prim_assert.svh"

module cmd_queue
  import girih_ctrl_pkg::*;
#(
  parameter int unsigned Contexts = 4,
  parameter int unsigned Depth    = 16,           // a power of two, or 1
  localparam int unsigned CtxBits = $clog2(Contexts)
) (
  input  logic                clk_i,
  input  logic                rst_ni,
  input  logic [Contexts-1:0] flush_i,

  input  logic                write_valid_i,
  input  logic [CtxBits-1:0]  write_ctx_i,
  input  logic [3:0]          write_beat_i,
  input  logic [63:0]         write_data_i,
  input  logic                push_i,             // of write_ctx_i
  input  head_t               push_head_i,
  input  note_t               push_note_i,

  output logic [Contexts-1:0] empty_o,
  output logic [Contexts-1:0] full_o,
  output head_t               head_o [Contexts],

  input  logic                read_valid_i,
  input  logic [CtxBits-1:0]  read_ctx_i,
  input  logic [3:0]          read_beat_i,
  output logic [63:0]         read_data_o,
  output note_t               read_note_o,        // of read_ctx_i, combinational
  input  logic                pop_i,              // of read_ctx_i

  input  logic [CtxBits-1:0]  look_ctx_i,         // a second look at a head, for the deadlock record
  output note_t               look_note_o
);

  localparam int unsigned PtrWidth   = (Depth == 1) ? 1 : $clog2(Depth);
  localparam int unsigned CountWidth = $clog2(Depth + 1);
  localparam int unsigned Places     = Contexts * (1 << PtrWidth);

  typedef logic [PtrWidth-1:0] ptr_t;

  head_t       head_q [Places];
  note_t       note_q [Places];

  ptr_t                  write_q [Contexts];
  ptr_t                  read_q  [Contexts];
  logic [CountWidth-1:0] count_q [Contexts];

  for (genvar c = 0; c < int'(Contexts); c++) begin : gen_ctx
    logic push, pop;
    assign push       = push_i && write_ctx_i == CtxBits'(c);
    assign pop        = pop_i && read_ctx_i == CtxBits'(c);
    assign empty_o[c] = count_q[c] == '0;
    assign full_o[c]  = count_q[c] == CountWidth'(Depth);
    assign head_o[c]  = head_q[{CtxBits'(c), read_q[c]}];

    always_ff @(posedge clk_i) begin
      if (!rst_ni || flush_i[c]) begin
        write_q[c] <= '0;
        read_q[c]  <= '0;
        count_q[c] <= '0;
      end else begin
        if (push && Depth > 1) write_q[c] <= write_q[c] + 1'b1;
        if (pop && Depth > 1) read_q[c] <= read_q[c] + 1'b1;
        if (push != pop) count_q[c] <= push ? count_q[c] + 1'b1 : count_q[c] - 1'b1;
      end
    end

    `ASSERT(NoOverflow, !push || flush_i[c] || !full_o[c])
    `ASSERT(NoUnderflow, !pop || flush_i[c] || !empty_o[c])
    `COVER(Full, full_o[c])
    `COVER(PushAndPop, push && pop)
  end

  prim_ram_1r1w #(.Width(64), .Depth(Places * Beats), .LaneWidth(64)) u_words (
    .clk_i, .rst_ni,
    .rd_valid_i(read_valid_i), .rd_addr_i({read_ctx_i, read_q[read_ctx_i], read_beat_i}),
    .rd_data_o(read_data_o),
    .wr_valid_i(write_valid_i), .wr_addr_i({write_ctx_i, write_q[write_ctx_i], write_beat_i}),
    .wr_data_i(write_data_i), .wr_be_i(1'b1), .cfg_i('0), .err_o()
  );

  always_ff @(posedge clk_i) begin
    if (push_i) begin
      head_q[{write_ctx_i, write_q[write_ctx_i]}] <= push_head_i;
      note_q[{write_ctx_i, write_q[write_ctx_i]}] <= push_note_i;
    end
  end

  assign read_note_o = note_q[{read_ctx_i, read_q[read_ctx_i]}];
  assign look_note_o = note_q[{look_ctx_i, read_q[look_ctx_i]}];

  `ASSERT(WriteHasRoom, !write_valid_i || flush_i[write_ctx_i] || !full_o[write_ctx_i])

endmodule
