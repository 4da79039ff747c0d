// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// The queues of one engine, one per context, in RAM: 16 beats of 64 bits an instruction, a note of what
// goes with it until its retirement, and in registers what is needed to judge a head without reading it:
// head_o is a register, new in the cycle after a push to an empty queue and after a pop.
//
//   write         beats go to the slot behind the last instruction while it is still being judged;
//                 push_i makes them an instruction. So a refused instruction costs nothing.
//   read          beats of the oldest instruction, data in the next cycle; pop_i removes it. read_ctx_i stands
//                 a cycle before the first. The read of beat 0 brings the note too, which stays until the next one
//   look          index and tag of a head, one cycle after look_i; they stay until the next look
//   back-pressure full_o; a write to a full queue must not be attempted
//   flush_i       empties a context's queue
//
//        ctx 0  [ i2 | i1 | i0 ] <- head: wait mask, order      note: index, tag, give, MACs
//        ctx 1  [ .. | i1 | i0 ]
//
// Side-band: ram_cfg_i goes to every RAM, ram_err_o is any RAM's error.

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
  output note_t               read_note_o,
  input  logic                pop_i,              // of read_ctx_i

  input  logic                look_i,             // a second look at a head, for the deadlock record
  input  logic [CtxBits-1:0]  look_ctx_i,
  output name_t               look_name_o,

  input  logic [7:0]          ram_cfg_i,
  output logic                ram_err_o
);

  localparam int unsigned PtrWidth   = (Depth == 1) ? 1 : $clog2(Depth);
  localparam int unsigned CountWidth = $clog2(Depth + 1);
  localparam int unsigned Places     = Contexts * (1 << PtrWidth);

  typedef logic [PtrWidth-1:0] ptr_t;

  ptr_t                  write_q [Contexts];
  ptr_t                  read_q  [Contexts];
  logic [CountWidth-1:0] count_q [Contexts];

  for (genvar c = 0; c < int'(Contexts); c++) begin : gen_ctx
    logic push, pop;
    assign push       = push_i && write_ctx_i == CtxBits'(c);
    assign pop        = pop_i && read_ctx_i == CtxBits'(c);
    assign empty_o[c] = count_q[c] == '0;
    assign full_o[c]  = count_q[c] == CountWidth'(Depth);

    // Every context's head is looked at in every cycle: it stands in a register of its own, those behind it
    // in a small array. The register is loaded with a pop, and with a push that meets an empty queue; the
    // one behind the last comes straight from the push.
    head_t head_q, behind;
    logic  first;
    assign first     = count_q[c] == '0;
    assign head_o[c] = head_q;
    if (Depth == 1) begin : gen_one
      assign behind = push_head_i;
    end else begin : gen_more
      head_t behind_q [1 << PtrWidth];
      ptr_t  next;
      assign next   = read_q[c] + 1'b1;
      assign behind = (count_q[c] <= CountWidth'(1)) ? push_head_i : behind_q[next];
      always_ff @(posedge clk_i) begin
        if (push) behind_q[write_q[c]] <= push_head_i;
      end
    end
    always_ff @(posedge clk_i) begin
      if (pop || (first && push)) head_q <= behind;
    end

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

  typedef logic [CtxBits+PtrWidth-1:0] place_t;
  place_t write_place, read_place_q, look_place;
  always_ff @(posedge clk_i) read_place_q <= {read_ctx_i, read_q[read_ctx_i]};
  assign write_place = {write_ctx_i, write_q[write_ctx_i]};
  assign look_place  = {look_ctx_i, read_q[look_ctx_i]};

  logic [2:0] ram_err;
  assign ram_err_o = |ram_err;

  prim_ram_1r1w #(.Width(64), .Depth(Places * Beats), .LaneWidth(64)) u_words (
    .clk_i, .rst_ni,
    .rd_valid_i(read_valid_i), .rd_addr_i({read_place_q, read_beat_i}), .rd_data_o(read_data_o),
    .wr_valid_i(write_valid_i), .wr_addr_i({write_place, write_beat_i}), .wr_data_i(write_data_i),
    .wr_be_i(1'b1), .cfg_i(ram_cfg_i), .err_o(ram_err[0])
  );

  prim_ram_1r1w #(.Width($bits(note_t)), .Depth(Places), .LaneWidth($bits(note_t))) u_notes (
    .clk_i, .rst_ni,
    .rd_valid_i(read_valid_i && read_beat_i == '0), .rd_addr_i(read_place_q), .rd_data_o(read_note_o),
    .wr_valid_i(push_i), .wr_addr_i(write_place), .wr_data_i(push_note_i),
    .wr_be_i(1'b1), .cfg_i(ram_cfg_i), .err_o(ram_err[1])
  );

  prim_ram_1r1w #(.Width($bits(name_t)), .Depth(Places), .LaneWidth($bits(name_t))) u_names (
    .clk_i, .rst_ni,
    .rd_valid_i(look_i), .rd_addr_i(look_place), .rd_data_o(look_name_o),
    .wr_valid_i(push_i), .wr_addr_i(write_place), .wr_data_i(push_note_i.name),
    .wr_be_i(1'b1), .cfg_i(ram_cfg_i), .err_o(ram_err[2])
  );

  `ASSERT(ReadsTheHead, !read_valid_i || flush_i[read_ctx_i] || read_place_q == {read_ctx_i, read_q[read_ctx_i]})
  `ASSERT(WriteHasRoom, !write_valid_i || flush_i[write_ctx_i] || !full_o[write_ctx_i])

endmodule
