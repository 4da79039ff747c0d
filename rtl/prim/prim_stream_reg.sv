// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Cuts a valid/ready stream in both directions: valid, data and ready all come from registers.
//
//   latency       1 cycle
//   throughput    1 item a cycle; ready falls one cycle late, so a second ("skid") register takes the
//                 item that was already on its way
//   back-pressure in_ready_o depends on state alone
//
//        in ---+----------------> [ out_q ] ---> out
//              |                     ^
//              +---> [ skid_q ] -----+          skid_q is full only while out waits

`include "prim_assert.svh"

module prim_stream_reg #(
  parameter type T = logic [7:0]
) (
  input  logic clk_i,
  input  logic rst_ni,

  input  logic in_valid_i,
  output logic in_ready_o,
  input  T     in_data_i,

  output logic out_valid_o,
  input  logic out_ready_i,
  output T     out_data_o
);

  T     out_q, skid_q;                          // data: never reset
  logic out_full_q, skid_empty_q;

  assign in_ready_o  = skid_empty_q;
  assign out_valid_o = out_full_q;
  assign out_data_o  = out_q;

  logic push, stuck;
  assign push  = in_valid_i && skid_empty_q;
  assign stuck = out_full_q && !out_ready_i;    // out_q keeps what it has

  always_ff @(posedge clk_i) begin
    if (!stuck && (push || !skid_empty_q)) out_q <= skid_empty_q ? in_data_i : skid_q;
    if (push && out_full_q) skid_q <= in_data_i;     // counts when `stuck`; that is known late
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      out_full_q   <= 1'b0;
      skid_empty_q <= 1'b1;
    end else if (stuck) begin
      if (push) skid_empty_q <= 1'b0;
    end else begin
      out_full_q   <= push || !skid_empty_q;
      skid_empty_q <= 1'b1;
    end
  end

  `ASSERT(SkidOnlyBehindOut, skid_empty_q || out_full_q)
  `ASSERT_STABLE(OutStable, out_valid_o, out_ready_i, out_data_o)
  `COVER(BothFull, out_full_q && !skid_empty_q)

endmodule
