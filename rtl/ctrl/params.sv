// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// The parameter files, 32 words per context, twice in RAM: the host reads one copy, the validator the
// other. A word reads as zero until it is written.
//
//   SETPARAM  written in the cycle of set_valid_i
//   host      kept in registers and looked up first: host_ready_o, a register, after 3 cycles of a write and 4 of a
//             read, whose data come with it; longer while SETPARAM writes and, a write, while the validator reads
//   validator data two cycles after patch_valid_i, until the next read
//
//        StIdle -> StKnown -> StAct (write or read) -> [StData] -> StDone: host_ready_o
//
// Side-band: ram_cfg_i goes to every RAM, ram_err_o is any RAM's error.

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
  input  logic [3:0]         host_be_i,
  output logic [31:0]        host_rdata_o,

  input  logic               patch_valid_i,
  input  logic [CtxBits-1:0] patch_ctx_i,
  input  logic [4:0]         patch_index_i,
  output logic [31:0]        patch_data_o,

  input  logic [7:0]         ram_cfg_i,
  output logic               ram_err_o
);

  localparam int unsigned Words = Contexts * Params;
  typedef logic [CtxBits+4:0] address_t;

  typedef enum logic [2:0] {
    StIdle,
    StKnown,      // is the word known
    StAct,        // as soon as it may be
    StData,       // read: the word arrives
    StDone
  } state_e;
  state_e state_q;

  address_t    host_address_q, patch_address, write_address;
  logic        host_write_q, host_known_q, patch_known_q, patch_read_q, set_q;
  logic [31:0] host_wdata_q, host_data;
  logic [3:0]  host_be_q;
  logic        host_read, host_goes, write;
  assign patch_address = {patch_ctx_i, patch_index_i};
  assign write_address = set_valid_i ? {set_ctx_i, set_index_i} : host_address_q;

  // ---- which words are known: reset, the words are not ------------------------------------------
  logic [Words-1:0] known_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) known_q <= '0;
    else if (write) known_q[write_address] <= 1'b1;
  end
  always_ff @(posedge clk_i) begin
    host_known_q <= known_q[host_address_q];
    if (patch_valid_i) patch_known_q <= known_q[patch_address];
  end

  // ---- the host ---------------------------------------------------------------------------------
  // A read never meets a write of the same word. After a SETPARAM it looks again whether the word is known.
  assign host_read    = state_q == StAct && !host_write_q && !set_valid_i && !set_q;
  assign host_goes    = state_q == StAct && host_write_q && !set_valid_i && !set_q && !patch_valid_i;
  assign host_ready_o = state_q == StDone;
  assign write        = set_valid_i || host_goes;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= StIdle;
      set_q   <= 1'b0;
    end else begin
      set_q <= set_valid_i;
      unique case (state_q)
        StIdle:  if (host_valid_i) state_q <= StKnown;
        StKnown: state_q <= StAct;
        StAct: begin
          if (host_goes) state_q <= StDone;
          else if (host_read) state_q <= StData;
        end
        StData:  state_q <= StDone;
        StDone:  state_q <= StIdle;
        default: state_q <= StIdle;
      endcase
    end
    if (state_q == StIdle && host_valid_i) begin
      host_address_q <= {host_ctx_i, host_index_i};
      host_write_q   <= host_write_i;
      host_be_q      <= host_be_i;
      host_wdata_q   <= host_wdata_i;
    end
  end

  // The first write to a word covers all of it: bytes that the host leaves out become zero.
  logic [3:0]  write_be;
  logic [31:0] write_data;
  for (genvar i = 0; i < 4; i++) begin : gen_byte
    assign host_data[8*i +: 8] = host_be_q[i] ? host_wdata_q[8*i +: 8] : '0;
  end
  assign write_data = set_valid_i ? set_data_i : host_data;
  assign write_be   = (set_valid_i || !host_known_q) ? '1 : host_be_q;

  // ---- the two copies ---------------------------------------------------------------------------
  logic [31:0] host_word, patch_word;
  logic [1:0]  ram_err;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) patch_read_q <= 1'b0;
    else patch_read_q <= patch_valid_i;
    if (state_q == StData) host_rdata_o <= host_known_q ? host_word : '0;
    if (patch_read_q) patch_data_o <= patch_known_q ? patch_word : '0;
  end
  assign ram_err_o    = |ram_err;

  prim_ram_1r1w #(.Width(32), .Depth(Words), .LaneWidth(8)) u_host (
    .clk_i, .rst_ni,
    .rd_valid_i(host_read), .rd_addr_i(host_address_q), .rd_data_o(host_word),
    .wr_valid_i(write), .wr_addr_i(write_address), .wr_data_i(write_data), .wr_be_i(write_be),
    .cfg_i(ram_cfg_i), .err_o(ram_err[0])
  );

  prim_ram_1r1w #(.Width(32), .Depth(Words), .LaneWidth(8)) u_patch (
    .clk_i, .rst_ni,
    .rd_valid_i(patch_valid_i), .rd_addr_i(patch_address), .rd_data_o(patch_word),
    .wr_valid_i(write), .wr_addr_i(write_address), .wr_data_i(write_data), .wr_be_i(write_be),
    .cfg_i(ram_cfg_i), .err_o(ram_err[1])
  );

  // A context's SETPARAM has retired before its next instruction is looked at.
  `ASSERT(PatchMeetsNoWrite, !patch_valid_i || !write || patch_address != write_address)
  `ASSERT_STABLE(HostStable, host_valid_i, host_ready_o, {host_ctx_i, host_index_i, host_write_i})
  `COVER(HostWriteWaits, state_q == StAct && host_write_q && !host_goes)
  `COVER(HostReadWaits, state_q == StAct && !host_write_q && !host_read)
  `COVER(PartOfAFreshWord, host_goes && !host_known_q && host_be_q != '1)

endmodule
