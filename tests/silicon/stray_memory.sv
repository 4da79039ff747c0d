// SPDX-License-Identifier: Apache-2.0
//
// What memories.py must tell apart: a memory that belongs behind prim_ram_1r1w, one behind it, and arrays
// that are no memories.

module stray_memory (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        write_i,
  input  logic [5:0]  address_i,
  input  logic [31:0] data_i,
  output logic [31:0] stray_o,
  output logic [31:0] wrapped_o,
  output logic [31:0] pipe_o,
  output logic [255:0] queue_o
);

  logic [31:0]  stray_q [64];                   // 2,048 bits, written at an address
  logic [31:0]  pipe_q  [64];                   // as large, but each word has its place: registers
  logic [255:0] queue_q [8];                    // as large, but of few words: a queue of registers

  always_ff @(posedge clk_i) begin
    if (write_i) begin
      stray_q[address_i]      <= data_i;
      queue_q[address_i[2:0]] <= {8{data_i}};
    end
    pipe_q[0] <= data_i;
    for (int i = 1; i < 64; i++) pipe_q[i] <= pipe_q[i-1];
  end
  assign stray_o = stray_q[address_i];
  assign pipe_o  = pipe_q[address_i];
  assign queue_o = queue_q[address_i[2:0]];

  prim_ram_1r1w #(.Width(32), .Depth(64), .LaneWidth(32)) u_ram (
    .clk_i, .rst_ni, .rd_valid_i(!write_i), .rd_addr_i(address_i), .rd_data_o(wrapped_o),
    .wr_valid_i(write_i), .wr_addr_i(address_i), .wr_data_i(data_i), .wr_be_i(1'b1),
    .cfg_i('0), .err_o()
  );

endmodule
