// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// The window guard, and behind it the register of an AXI address channel: the only way to the bus of what
// LOAD and STORE ask for. A burst leaves when all of it lies in the instruction's window, at run time
// again, whatever was validated before: lists and strides bring addresses that nobody saw.
//
//   latency       1 cycle to the judged piece (valid_o, piece_o, ...), 1 more from issue_i to the address
//   throughput    a piece a cycle
//   back-pressure issue_i takes the judged piece; room_o: the channel takes its address. A stream register
//                 (two places): who is served on the bus does not reach the pieces in the same cycle
//   errors        ErrIndex for a piece that names a bad list element, ErrWindow outside the window; detail
//                 is the piece's offset in the window
//
//   piece, job ---> page < win_pages ? ---> [ judged ] ---> [ addr, id, len, user, bytes ] ---> AR or AW
//                        \---> error

`include "prim_assert.svh"

module dma_guard
  import dma_pkg::*;
#(
  parameter int unsigned BusBytes = 16,
  localparam int unsigned LaneWidth = $clog2(BusBytes)
) (
  input  logic            clk_i,
  input  logic            rst_ni,

  input  logic            piece_valid_i,
  output logic            piece_ready_o,
  input  piece_t          piece_i,
  input  job_info_t       job_i,            // the piece's

  output logic            valid_o,
  output piece_t          piece_o,
  output logic            space_o,          // girih_isa_pkg::space_e
  output logic [7:0]      pad_value_o,
  output logic            to_bus_o,         // it is a burst, and may leave
  output logic [3:0]      error_o,          // girih_isa_pkg::error_e
  output logic [31:0]     detail_o,
  output logic [31:0]     burst_offset_o,   // in the window, whole beats
  input  logic            issue_i,          // the piece is taken
  input  logic [5:0]      id_i,             // of its burst
  output logic            room_o,

  output logic            ax_valid_o,
  input  logic            ax_ready_i,
  output logic [39:0]     ax_addr_o,
  output logic [5:0]      ax_id_o,
  output logic [7:0]      ax_len_o,
  output girih_pkg::ctx_t ax_user_o,
  output logic [11:0]     ax_bytes_o        // payload
);

  // ---------------------------------------------------------------- judged
  // A piece lies in one page; what lies below the window has a huge page number.
  logic in_window;
  assign in_window = piece_i.offset[32:12] < job_i.win_pages;

  logic            valid_q, to_bus_q, space_q;
  piece_t          piece_q;
  logic [3:0]      error_q;
  logic [27:0]     page_q;
  logic [7:0]      pad_value_q;
  girih_pkg::ctx_t ctx_q;
  logic            take;

  assign piece_ready_o = !valid_q || issue_i;
  assign take          = piece_valid_i && piece_ready_o;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) valid_q <= 1'b0;
    else if (piece_ready_o) valid_q <= piece_valid_i;
  end
  always_ff @(posedge clk_i) begin
    if (take) begin
      piece_q     <= piece_i;
      to_bus_q    <= piece_i.kind == KindData && in_window;
      page_q      <= job_i.win_base + {8'd0, piece_i.offset[31:12]};
      space_q     <= job_i.space;
      pad_value_q <= job_i.pad_value;
      ctx_q       <= job_i.ctx;
      error_q     <= girih_isa_pkg::ErrNone;
      if (piece_i.kind == KindBad) error_q <= girih_isa_pkg::ErrIndex;
      if (piece_i.kind == KindData && !in_window) error_q <= girih_isa_pkg::ErrWindow;
    end
  end

  assign valid_o        = valid_q;
  assign piece_o        = piece_q;
  assign space_o        = space_q;
  assign pad_value_o    = pad_value_q;
  assign to_bus_o       = to_bus_q;
  assign error_o        = error_q;
  assign detail_o       = piece_q.offset[31:0];
  assign burst_offset_o = {piece_q.offset[31:LaneWidth], LaneWidth'(0)};

  // ---------------------------------------------------------------- address
  piece_len_t last_byte;
  assign last_byte = piece_len_t'(piece_q.offset[LaneWidth-1:0]) + piece_q.len - piece_len_t'(1);

  typedef struct packed {
    logic [39:0]     addr;
    logic [5:0]      id;
    logic [7:0]      len;
    girih_pkg::ctx_t user;
    logic [11:0]     bytes;
  } address_t;

  address_t ax_in, ax_out;
  assign ax_in = '{
    addr:  {page_q, burst_offset_o[11:0]},
    id:    id_i,
    len:   8'(last_byte >> LaneWidth),
    user:  ctx_q,
    bytes: 12'(piece_q.len)
  };

  prim_stream_reg #(.T(address_t)) u_ax (
    .clk_i, .rst_ni,
    .in_valid_i(issue_i && to_bus_q), .in_ready_o(room_o), .in_data_i(ax_in),
    .out_valid_o(ax_valid_o), .out_ready_i(ax_ready_i), .out_data_o(ax_out)
  );
  assign ax_addr_o  = ax_out.addr;
  assign ax_id_o    = ax_out.id;
  assign ax_len_o   = ax_out.len;
  assign ax_user_o  = ax_out.user;
  assign ax_bytes_o = ax_out.bytes;

  logic unused_index;
  assign unused_index = ^job_i.index;

  `ASSERT(IssueHasRoom, !issue_i || (valid_q && (!to_bus_q || room_o)))
  `ASSERT_STABLE(AxStable, ax_valid_o, ax_ready_i, {ax_addr_o, ax_id_o, ax_len_o, ax_user_o})
  `ASSERT(AxInPage, !ax_valid_o || 13'(ax_addr_o[11:0]) + 13'((32'(ax_len_o) + 1) * BusBytes) <= 13'd4096)
  `COVER(OutsideWindow, issue_i && piece_q.kind == KindData && !to_bus_q)

endmodule
