// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Serial sender: 8 data bits, low first, no parity, one stop bit, Divisor clocks a bit.
//
//   throughput    a byte every 10 * Divisor clocks
//   back-pressure ready_o from state alone

`include "prim_assert.svh"

module uart_tx #(
  parameter int unsigned Divisor = 434
) (
  input  logic       clk_i,
  input  logic       rst_ni,

  input  logic       valid_i,
  output logic       ready_o,
  input  logic [7:0] data_i,
  output logic       tx_o                        // register
);

  localparam int unsigned CountWidth = $clog2(Divisor + 1);
  typedef logic [CountWidth-1:0] count_t;

  count_t     count_q;
  logic [3:0] bits_q;                            // bits still to be sent, 0 idle
  logic [8:0] shift_q;                           // the stop bit follows the data
  logic       tx_q;

  assign ready_o = bits_q == '0;
  assign tx_o    = tx_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      bits_q  <= '0;
      count_q <= '0;
      tx_q    <= 1'b1;
    end else if (bits_q == '0) begin
      if (valid_i) begin
        bits_q  <= 4'd10;
        count_q <= count_t'(Divisor - 1);
        tx_q    <= 1'b0;
      end
    end else if (count_q != '0) begin
      count_q <= count_q - 1'b1;
    end else begin
      count_q <= count_t'(Divisor - 1);
      bits_q  <= bits_q - 1'b1;
      tx_q    <= shift_q[0];
    end
  end

  always_ff @(posedge clk_i) begin
    if (bits_q == '0) shift_q <= {1'b1, data_i};
    else if (count_q == '0) shift_q <= {1'b1, shift_q[8:1]};
  end

  `ASSERT_STABLE(ByteStays, valid_i, ready_o, data_i)
  `ASSERT(CountInRange, 32'(count_q) < Divisor)

endmodule
