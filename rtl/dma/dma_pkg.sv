// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// What passes between the parts of LOAD and STORE. docs/blocks/dma.md draws how they hang together.

package dma_pkg;

  // A window has at most 4 GiB; one bit more tells what lies outside of it.
  typedef logic [32:0] offset_t;
  typedef logic [20:0] length_t;       // of a row, 1..2^20 bytes, and of two bursts more
  typedef logic [10:0] piece_len_t;    // of a burst, 1..1024 bytes

  // The fields of a LOAD or STORE that address generation needs. Local addresses are physical.
  typedef struct packed {
    logic                 gather;
    logic [31:0]          index_limit;
    girih_pkg::spm_addr_t index;
    girih_pkg::spm_addr_t local_addr;
    offset_t              offset;
    length_t              n0;
    logic [15:0]          n1, n2, n3;
    offset_t              s1, s2, s3;
    girih_pkg::spm_addr_t t1, t2, t3;
    logic [15:0]          before0, after0, before1, after1, before2, after2;
  } copy_t;

  typedef enum logic [1:0] {
    KindData = 2'd0,
    KindPad  = 2'd1,
    KindBad  = 2'd2                    // its list element is not below the limit; offset: position in the list
  } kind_e;

  // A run of bytes on both sides.
  typedef struct packed {
    kind_e                kind;
    offset_t              offset;
    girih_pkg::spm_addr_t local_addr;
    length_t              len;
    logic                 last;        // of the instruction
  } row_t;

  // A run that fits one burst.
  typedef struct packed {
    kind_e                kind;
    offset_t              offset;
    girih_pkg::spm_addr_t local_addr;
    piece_len_t           len;
    logic                 cont;        // goes on where the previous piece ended, on both sides
    logic                 joins;       // the next piece of the same instruction goes on locally
    logic                 last;
  } piece_t;

  // What an engine remembers of an instruction until it retires.
  typedef struct packed {
    girih_pkg::ctx_t ctx;
    logic [31:0]     index;
    logic            space;            // girih_isa_pkg::space_e
    logic [7:0]      pad_value;
    logic [27:0]     win_base;
    logic [20:0]     win_pages;
  } job_info_t;

  // Longest burst in bytes: 256 bytes or 16 beats, whichever is longer.
  function automatic int unsigned max_burst(input int unsigned bus_bytes);
    return (16 * bus_bytes > 256) ? 16 * bus_bytes : 256;
  endfunction

endpackage
