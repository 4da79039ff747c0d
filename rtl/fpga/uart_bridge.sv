// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// A host on a serial line: reads and writes 32-bit words of the chip's registers and of the memory.
//
//   request   'W' address(4) count(1) words(4 each)     'R' address(4) count(1)      low byte first
//   answer    status(1)                                 words(4 each) status(1)
//
//   address   of bytes, a multiple of 4; bit 31: the memory, else the registers. It grows from word to word
//   count     words less one
//   status    0: all well, else the last response that was not OKAY (2 SLVERR, 3 DECERR)
//   errors    any other first byte is ignored, so a host that lost its place sends zeros: 1030 of them end
//             whatever was begun
//   throughput that of the line; one access at a time

`include "prim_assert.svh"

module uart_bridge (
  input  logic        clk_i,
  input  logic        rst_ni,

  input  logic        rx_valid_i,                // a byte came
  input  logic [7:0]  rx_data_i,
  output logic        tx_valid_o,
  input  logic        tx_ready_i,
  output logic [7:0]  tx_data_o,

  // An access: stays until done_i, which comes once for each
  output logic        valid_o,
  output logic        write_o,
  output logic [31:0] address_o,
  output logic [31:0] wdata_o,
  input  logic        done_i,
  input  logic [31:0] rdata_i,                   // with done_i
  input  logic [1:0]  resp_i
);

  typedef enum logic [2:0] {
    StCommand,    // waiting for R or W
    StHeader,     // address and count
    StData,       // a word to write
    StAccess,     // the access is out
    StSend,       // the bytes of a word that was read
    StStatus      // the last byte of the answer
  } state_e;

  localparam logic [7:0] Read  = "R";
  localparam logic [7:0] Write = "W";

  state_e      state_q, state_d;
  logic        write_q;
  logic [2:0]  byte_q, byte_d;                   // of the header or the word
  logic [31:0] address_q, data_q;
  logic [7:0]  left_q;                           // words after this one
  logic [1:0]  status_q;
  logic        sent;

  assign sent = tx_valid_o && tx_ready_i;

  always_comb begin
    state_d = state_q;
    byte_d  = byte_q;
    unique case (state_q)
      StCommand: begin
        byte_d = '0;
        if (rx_valid_i && (rx_data_i == Read || rx_data_i == Write)) state_d = StHeader;
      end
      StHeader: if (rx_valid_i) begin
        byte_d = byte_q + 1'b1;
        if (byte_q == 3'd4) begin
          byte_d  = '0;
          state_d = write_q ? StData : StAccess;
        end
      end
      StData: if (rx_valid_i) begin
        byte_d = byte_q + 1'b1;
        if (byte_q == 3'd3) begin
          byte_d  = '0;
          state_d = StAccess;
        end
      end
      StAccess: if (done_i) begin
        if (!write_q) state_d = StSend;
        else          state_d = (left_q == '0) ? StStatus : StData;
      end
      StSend: if (sent) begin
        byte_d = byte_q + 1'b1;
        if (byte_q == 3'd3) begin
          byte_d  = '0;
          state_d = (left_q == '0) ? StStatus : StAccess;
        end
      end
      default: if (sent) state_d = StCommand;
    endcase
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= StCommand;
      byte_q  <= '0;
    end else begin
      state_q <= state_d;
      byte_q  <= byte_d;
    end
  end

  // left_q counts down when a word is through: written, or sent.
  logic next_word;
  assign next_word = (state_q == StAccess && done_i && write_q) || (state_q == StSend && sent && byte_q == 3'd3);

  always_ff @(posedge clk_i) begin
    if (state_q == StCommand) begin
      write_q  <= rx_data_i == Write;
      status_q <= '0;
    end
    if (state_q == StHeader && rx_valid_i) begin
      if (byte_q == 3'd4) left_q <= rx_data_i;
      else                address_q <= {rx_data_i, address_q[31:8]};
    end
    if (next_word) begin
      address_q <= address_q + 32'd4;
      left_q    <= left_q - 1'b1;
    end
    if (state_q == StAccess && done_i && resp_i != '0) status_q <= resp_i;
  end

  always_ff @(posedge clk_i) begin
    if (state_q == StData && rx_valid_i)        data_q <= {rx_data_i, data_q[31:8]};
    else if (state_q == StAccess && done_i)     data_q <= rdata_i;
    else if (state_q == StSend && sent)         data_q <= {8'b0, data_q[31:8]};
  end

  assign valid_o    = state_q == StAccess;
  assign write_o    = write_q;
  assign address_o  = {address_q[31:2], 2'b00};
  assign wdata_o    = data_q;
  assign tx_valid_o = state_q == StSend || state_q == StStatus;
  assign tx_data_o  = (state_q == StSend) ? data_q[7:0] : {6'b0, status_q};

  `ASSERT(DoneOnlyWhenAsked, !done_i || valid_o)
  `ASSERT_STABLE(AccessStays, valid_o, done_i, {write_o, address_o, wdata_o})
  `ASSERT_STABLE(ByteStays, tx_valid_o, tx_ready_i, tx_data_o)
  `COVER(ErrorTold, state_q == StStatus && status_q != '0)

endmodule
