// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// The parameter files, 32 words per context. SETPARAM writes before the host does; the host's access
// then waits a cycle. Reads are combinational.

`include "prim_assert.svh"

module params
  import girih_ctrl_pkg::*;
#(
  parameter int unsigned Contexts = 4,
  localparam int unsigned CtxBits = $clog2(Contexts)
) (
  input  logic               clk_i,
  input  logic               rst_ni,

  input  logic               set_valid_i,
  input  logic [CtxBits-1:0] set_ctx_i,
  input  logic [4:0]         set_index_i,
  input  logic [31:0]        set_data_i,

  input  logic               host_valid_i,
  output logic               host_ready_o,
  input  logic               host_write_i,
  input  logic [CtxBits-1:0] host_ctx_i,
  input  logic [4:0]         host_index_i,
  input  logic [31:0]        host_wdata_i,
  output logic [31:0]        host_rdata_o,

  input  logic [CtxBits-1:0] patch_ctx_i,
  input  logic [4:0]         patch_index_i,
  output logic [31:0]        patch_data_o
);

  // A register file that reads as zero until written: the valid bits are reset, the words are not.
  logic [31:0]                mem_q [Contexts * Params];
  logic [Contexts*Params-1:0] known_q;

  logic [CtxBits+4:0] address;
  logic               write;
  assign host_ready_o = !set_valid_i;
  assign write        = set_valid_i || (host_valid_i && host_write_i);
  assign address      = set_valid_i ? {set_ctx_i, set_index_i} : {host_ctx_i, host_index_i};

  always_ff @(posedge clk_i) begin
    if (!rst_ni) known_q <= '0;
    else if (write) known_q[address] <= 1'b1;
    if (write) mem_q[address] <= set_valid_i ? set_data_i : host_wdata_i;
  end

  logic [CtxBits+4:0] host_address, patch_address;
  assign host_address  = {host_ctx_i, host_index_i};
  assign patch_address = {patch_ctx_i, patch_index_i};
  assign host_rdata_o  = known_q[host_address] ? mem_q[host_address] : '0;
  assign patch_data_o  = known_q[patch_address] ? mem_q[patch_address] : '0;

  `COVER(HostWaits, host_valid_i && !host_ready_o)

endmodule
