// SPDX-License-Identifier: Apache-2.0
//
// Small modules that break a rule of synthesis each (docs/silicon.md). The test of the rules reads them;
// nothing else does.

module bad_latch (input logic en_i, input logic d_i, output logic q_o);
  always_latch if (en_i) q_o = d_i;
endmodule

module bad_loop (input logic a_i, output logic y_o);
  logic b, c;
  assign b = c ^ a_i;
  assign c = !b;
  assign y_o = c;
endmodule

module bad_drivers_half (input logic a_i, inout wire y_io);
  assign y_io = !a_i;
endmodule

module bad_drivers (input logic a_i, input logic b_i, output wire y_o);
  bad_drivers_half u_a (.a_i, .y_io(y_o));
  bad_drivers_half u_b (.a_i(b_i), .y_io(y_o));
endmodule

// 256 words with three write ports: no RAM of the device has them, so they become flip-flops.
module bad_memory (
  input  logic       clk_i,
  input  logic [2:0] we_i,
  input  logic [7:0] addr_i [4],
  input  logic [7:0] data_i [3],
  output logic [7:0] data_o
);
  logic [7:0] word_q [256];
  always_ff @(posedge clk_i) for (int i = 0; i < 3; i++) if (we_i[i]) word_q[addr_i[i]] <= data_i[i];
  always_ff @(posedge clk_i) data_o <= word_q[addr_i[3]];
endmodule

// A read without a clock: block RAM has none, 128 words become distributed RAM.
module bad_read (
  input  logic        clk_i,
  input  logic        we_i,
  input  logic [6:0]  addr_i,
  input  logic [15:0] data_i,
  output logic [15:0] data_o
);
  logic [15:0] word_q [128];
  always_ff @(posedge clk_i) if (we_i) word_q[addr_i] <= data_i;
  assign data_o = word_q[addr_i];
endmodule

// A shift chain of 2,112 bits, all of them used at once: as large as a memory, and no memory.
module bad_registers (input logic clk_i, input logic [7:0] data_i, output logic [7:0] data_o);
  logic [7:0] chain_q [264];
  always_ff @(posedge clk_i) begin
    chain_q[0] <= data_i;
    for (int i = 1; i < 264; i++) chain_q[i] <= chain_q[i-1] ^ chain_q[0];
  end
  assign data_o = chain_q[263];
endmodule

module bad_quotient (
  input logic clk_i, input logic [7:0] a_i, input logic [7:0] b_i, output logic [7:0] q_o
);
  always_ff @(posedge clk_i) q_o <= a_i / b_i;
endmodule

module good_product (
  input logic clk_i, input logic [8:0] a_i, input logic [8:0] b_i, output logic [17:0] q_o
);
  always_ff @(posedge clk_i) q_o <= a_i * b_i;
endmodule
