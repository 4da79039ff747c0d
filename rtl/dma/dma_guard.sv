// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// The window guard, and behind it the register of an AXI address channel: the only way to the bus of what
// LOAD and STORE ask for. A burst leaves when all of it lies in the instruction's window, at run time
// again, whatever was validated before: lists and strides bring addresses that nobody saw.
//
//   latency       to_bus_o, error_o combinational from the piece; the address one cycle after issue_i
//   throughput    a piece a cycle
//   back-pressure room_o: the channel takes a piece. ax_* stay until ax_ready_i
//   errors        ErrIndex for a piece that names a bad list element, ErrWindow outside the window; detail
//                 is the piece's offset in the window. In the cycle of issue_i only
//
//   piece, job ---> page < win_pages ? ---> [ addr, len, user, bytes ] ---> AR or AW
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

  input  piece_t          piece_i,
  input  job_info_t       job_i,
  input  logic            issue_i,          // the piece is taken
  output logic            to_bus_o,         // it is a burst, and may leave
  output logic            room_o,
  output logic [31:0]     burst_offset_o,   // in the window, whole beats
  output logic [3:0]      error_o,          // girih_isa_pkg::error_e
  output logic [31:0]     detail_o,

  output logic            ax_valid_o,
  input  logic            ax_ready_i,
  output logic [39:0]     ax_addr_o,
  output logic [7:0]      ax_len_o,
  output girih_pkg::ctx_t ax_user_o,
  output logic [11:0]     ax_bytes_o        // payload
);

  // A piece lies in one page; what lies below the window has a huge page number.
  logic in_window;
  assign in_window      = piece_i.offset[32:12] < job_i.win_pages;
  assign to_bus_o       = piece_i.kind == KindData && in_window;
  assign room_o         = !ax_valid_o || ax_ready_i;
  assign burst_offset_o = {piece_i.offset[31:LaneWidth], LaneWidth'(0)};
  assign detail_o       = piece_i.offset[31:0];

  always_comb begin
    error_o = girih_isa_pkg::ErrNone;
    if (issue_i && piece_i.kind == KindBad) error_o = girih_isa_pkg::ErrIndex;
    if (issue_i && piece_i.kind == KindData && !in_window) error_o = girih_isa_pkg::ErrWindow;
  end

  piece_len_t last_byte;
  assign last_byte = piece_len_t'(piece_i.offset[LaneWidth-1:0]) + piece_i.len - piece_len_t'(1);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) ax_valid_o <= 1'b0;
    else if (issue_i && to_bus_o) ax_valid_o <= 1'b1;
    else if (ax_ready_i) ax_valid_o <= 1'b0;
  end
  always_ff @(posedge clk_i) begin
    if (issue_i && to_bus_o) begin
      ax_addr_o  <= {job_i.win_base + {8'd0, piece_i.offset[31:12]}, burst_offset_o[11:0]};
      ax_len_o   <= 8'(last_byte >> LaneWidth);
      ax_user_o  <= job_i.ctx;
      ax_bytes_o <= 12'(piece_i.len);
    end
  end

  logic unused_fields;                      // of the piece and the job: others need them
  assign unused_fields = ^{piece_i.local_addr, piece_i.cont, piece_i.joins, piece_i.last, job_i.index,
                           job_i.space, job_i.pad_value};

  `ASSERT(IssueHasRoom, !issue_i || !to_bus_o || room_o)
  `ASSERT_STABLE(AxStable, ax_valid_o, ax_ready_i, {ax_addr_o, ax_len_o, ax_user_o})
  `ASSERT(AxInPage, !ax_valid_o || 13'(ax_addr_o[11:0]) + 13'((32'(ax_len_o) + 1) * BusBytes) <= 13'd4096)
  `COVER(OutsideWindow, issue_i && piece_i.kind == KindData && !in_window)

endmodule
