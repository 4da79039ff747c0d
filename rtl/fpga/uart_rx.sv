// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Serial receiver: 8 data bits, low first, no parity, one stop bit, Divisor clocks a bit.
//
//   latency       half a bit after the middle of the stop bit's start: a byte is told when its stop bit is seen
//   back-pressure none: a byte that is not taken in its cycle is lost
//   errors        a byte whose stop bit is 0 is dropped; the receiver waits for a 1 and starts anew

`include "prim_assert.svh"

module uart_rx #(
  parameter int unsigned Divisor = 434
) (
  input  logic       clk_i,
  input  logic       rst_ni,

  input  logic       rx_i,                       // any clock
  output logic       valid_o,                    // one cycle
  output logic [7:0] data_o
);

  localparam int unsigned CountWidth = $clog2(Divisor + 1);
  typedef logic [CountWidth-1:0] count_t;

  if (Divisor < 4) begin : gen_bad_divisor
    $fatal(1, "uart_rx: Divisor must be at least 4 clocks a bit");
  end

  logic [2:0] rx_q;                              // two registers against metastability, and the line before
  count_t     count_q;                           // clocks until the next sample
  logic [3:0] bits_q;                            // samples to come: 10 start, 9..2 data, 1 stop, 0 idle
  logic [7:0] data_q;
  logic       valid_q, sample;

  assign sample = bits_q != '0 && count_q == '0;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      rx_q    <= '1;
      bits_q  <= '0;
      count_q <= '0;
      valid_q <= 1'b0;
    end else begin
      rx_q    <= {rx_q[1:0], rx_i};
      valid_q <= sample && bits_q == 4'd1 && rx_q[1];
      if (bits_q == '0) begin
        if (rx_q[2] && !rx_q[1]) begin           // the line falls: look at the middle of the start bit
          bits_q  <= 4'd10;
          count_q <= count_t'(Divisor / 2 - 1);
        end
      end else if (!sample) begin
        count_q <= count_q - 1'b1;
      end else begin
        count_q <= count_t'(Divisor - 1);
        bits_q  <= (bits_q == 4'd10 && rx_q[1]) ? '0 : bits_q - 1'b1;   // a spike is no start bit
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (sample && bits_q != 4'd1) data_q <= {rx_q[1], data_q[7:1]};
  end

  assign valid_o = valid_q;
  assign data_o  = data_q;

  `ASSERT(SamplesInRange, bits_q <= 4'd10 && 32'(count_q) < Divisor)
  `COVER(Byte, valid_q)

endmodule
