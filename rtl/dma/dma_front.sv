// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// The half that LOAD and STORE share: from an instruction to pieces that fit a burst. It runs ahead of
// the data: the pieces of the next instruction come while the data of this one are still moving.
//
//   start --> dma_walker --rows--> dma_split --> register --> piece_o
//                 ^   |
//           dma_index_list (gather, scatter)

module dma_front
  import dma_pkg::*;
#(
  parameter girih_pkg::cfg_t Cfg = girih_presets_pkg::Default,
  localparam int unsigned WordBits = 8 * Cfg.SpmWordBytes
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,

  input  logic                 start_valid_i,
  output logic                 start_ready_o,
  input  copy_t                start_i,

  output logic                 rd_valid_o,        // spm port of the index lists
  output girih_pkg::spm_addr_t rd_word_o,
  input  logic                 rd_ready_i,
  input  logic                 rd_came_i,
  input  logic [WordBits-1:0]  rd_data_i,

  output logic                 piece_valid_o,
  input  logic                 piece_ready_i,
  output piece_t               piece_o
);

  logic    list_valid, list_ready, off_valid, off_ready, off_bad, row_valid, row_ready;
  offset_t list_base, off;
  copy_t   copy;
  row_t    row;

  dma_walker u_walker (
    .clk_i, .rst_ni, .start_valid_i, .start_ready_o, .start_i,
    .list_valid_o(list_valid), .list_ready_i(list_ready), .list_base_o(list_base), .copy_o(copy),
    .off_valid_i(off_valid), .off_ready_o(off_ready), .off_bad_i(off_bad), .off_i(off),
    .row_valid_o(row_valid), .row_ready_i(row_ready), .row_o(row)
  );

  logic unused_copy;
  assign unused_copy = ^copy;

  dma_index_list #(.Cfg(Cfg)) u_index_list (
    .clk_i, .rst_ni,
    .start_valid_i(list_valid), .start_ready_o(list_ready),
    .start_index_i(copy.index), .start_n1_i(copy.n1), .limit_i(copy.index_limit),
    .stride_i(copy.s1), .base_i(list_base),
    .rd_valid_o, .rd_word_o, .rd_ready_i, .rd_came_i, .rd_data_i,
    .off_valid_o(off_valid), .off_ready_i(off_ready), .off_bad_o(off_bad), .off_o(off)
  );

  logic   cut_valid, cut_ready;
  piece_t cut;

  dma_split #(.Cfg(Cfg)) u_split (
    .clk_i, .rst_ni,
    .row_valid_i(row_valid), .row_ready_o(row_ready), .row_i(row),
    .piece_valid_o(cut_valid), .piece_ready_i(cut_ready), .piece_o(cut)
  );

  // Cuts both directions: whether a piece is taken depends on grants of the local memories.
  prim_stream_reg #(.T(piece_t)) u_piece (
    .clk_i, .rst_ni,
    .in_valid_i(cut_valid), .in_ready_o(cut_ready), .in_data_i(cut),
    .out_valid_o(piece_valid_o), .out_ready_i(piece_ready_i), .out_data_o(piece_o)
  );

endmodule
