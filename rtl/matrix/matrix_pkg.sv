// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// What passes between the parts of the matrix engine. Counts and indices travel as "last" values
// (count - 1): they fit a power of two and a zero means the end.

package matrix_pkg;

  typedef girih_pkg::spm_addr_t spm_addr_t;
  typedef girih_pkg::acc_addr_t row_t;         // row index of the accumulators

  // A value of an operand less its zero point.
  typedef logic signed [8:0] diff_t;

  // The loops over passes of one instruction and the addresses of one operand in them.
  typedef struct packed {
    spm_addr_t   base;
    spm_addr_t   k0;            // step per k tile
    spm_addr_t   k1;
    spm_addr_t   k2;
    spm_addr_t   n;             // step per row tile
    logic [15:0] k0_last;
    logic [15:0] k1_last;
    logic [15:0] k2_last;
    logic [15:0] n_last;
  } passes_t;

  // One pass: one weight tile.
  typedef struct packed {
    spm_addr_t  addr;
    logic [4:0] k_last;         // activations of a segment that count, less one
    logic [4:0] n_last;         // lanes that are written, less one
    logic       first_k;        // first of its row tile: accumulators start here
    logic       first;          // first of its instruction
    logic       last;           // last of its instruction
  } pass_t;

  // An 8-bit operand type with its zero point. Signed values are moved to 0..255 by their top bit,
  // which leaves the difference as it was.
  typedef struct packed {
    logic [7:0] zero;
    logic       flip;
  } operand_t;

  function automatic operand_t operand_of(input logic [3:0] kind, input logic [7:0] zero);
    automatic logic flip = kind == girih_isa_pkg::TypeInt8;
    return '{zero: zero ^ {flip, 7'b0}, flip: flip};
  endfunction

  function automatic diff_t diff(input logic [7:0] value, input operand_t op);
    return diff_t'({1'b0, value ^ {op.flip, 7'b0}} - {1'b0, op.zero});
  endfunction

  // The loop over rows of one instruction.
  typedef struct packed {
    logic [15:0]     m0_last;
    logic [15:0]     m1_last;
    logic [15:0]     m2_last;
    spm_addr_t       m0;
    spm_addr_t       m1;
    spm_addr_t       m2;
    row_t            acc;
    row_t            acc_n;
    row_t            bias;
    row_t            bias_n;
    logic            start_zero;
    logic            start_bias;
    operand_t        op;
    logic            shift;
    girih_pkg::ctx_t ctx;
  } rows_t;

  // A row on its way: what the segment's alignment needs ...
  typedef struct packed {
    logic [5:0] offset;         // of the segment's first byte in its low word
    logic [4:0] k_last;
    operand_t   op;
  } segment_t;

  // ... and what the accumulators need.
  typedef struct packed {
    logic            valid;
    logic            swap;      // first of its pass: the next weight tile comes into force
    logic            last;      // last of its instruction
    logic            zero;      // starts from zero: nothing is read
    logic            shift;     // its dot products count 256 times
    logic            read;
    row_t            read_row;
    row_t            row;
    logic [4:0]      n_last;
    girih_pkg::ctx_t ctx;
  } row_tag_t;

  // How the weights of one tile lie in the scratchpad.
  typedef struct packed {
    spm_addr_t row;             // step per row
    logic      columns;         // rows hold columns of the matrix: the tile is transposed
    logic      packed_rows;     // rows lie side by side and start at a word
    operand_t  op;
  } layout_t;

  // A beat of weights on its way into the tile.
  typedef struct packed {
    logic       valid;
    logic       columns;
    logic       packed_rows;
    logic [4:0] row;            // first row of the beat
  } beat_t;

endpackage
