// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Types between the registers and the frontend, and inside the frontend.

package girih_ctrl_pkg;
  import girih_pkg::*;

  // The four engines, then the frontend's own instructions (SETPARAM, FENCE).
  localparam int unsigned Sources  = Engines + 1;
  localparam int unsigned Own      = Engines;
  localparam int unsigned Params   = 32;
  localparam int unsigned InFlight = 16;    // instructions started and not retired, per source
  localparam int unsigned Beats    = 16;    // 64-bit pieces of an instruction
  localparam int unsigned Slots    = 4;     // instructions fetched ahead, per context
  localparam int unsigned Counters = 21;    // 64-bit counters of a context, in the order of girih.rdl

  typedef struct packed {
    logic [27:0] base;              // first 4 KiB page
    logic [20:0] pages;
    logic        write;
    logic        read;
  } window_t;

  // The host reads or writes a word of a context's windows.
  typedef struct packed {
    logic        valid;
    logic        write;
    ctx_t        ctx;
    logic [4:0]  word;
    logic [31:0] wdata;
    logic [31:0] wmask;
  } window_access_t;

  typedef struct packed {
    spm_addr_t   spm_base;
    logic [20:0] spm_size;          // bytes
    acc_addr_t   acc_base;
    logic [18:0] acc_size;
  } partition_t;

  // What the tenant wrote about its ring.
  typedef struct packed {
    logic        enable;
    logic [2:0]  window;
    logic [31:0] offset;            // bytes in the window
    logic [31:0] size;              // instructions
    logic [31:0] doorbell;
  } ring_t;

  typedef struct packed {
    logic [3:0]  code;              // girih_isa_pkg::error_e
    logic [31:0] index;
    logic [31:0] tag;
    logic [31:0] detail;
  } error_record_t;

  typedef struct packed {
    logic        overflow;
    logic        resetting;
    logic        halted;
    logic        busy;
  } status_t;

  // Per context and cycle: what the counters count besides amounts.
  typedef struct packed {
    logic [Engines-1:0] busy;
    logic [Engines-1:0] stall_token;
    logic [Engines-1:0] stall_mem;
    logic [Engines-1:0] stall_bus;
    logic               cycle;
  } activity_flags_t;

  // Payload bytes on the bus.
  typedef struct packed {
    logic        valid;
    ctx_t        ctx;
    logic [11:0] bytes;
  } traffic_t;

  // An instruction that retires (or a result on its way there).
  typedef struct packed {
    logic        valid;
    ctx_t        ctx;
    logic [31:0] index;
    logic [3:0]  error;             // girih_isa_pkg::error_e
    logic [31:0] detail;
  } retire_t;

  // What is kept of an instruction between start and retirement.
  typedef struct packed {
    ctx_t        ctx;
    logic [31:0] index;
    logic [31:0] tag;
    logic [15:0] give;
    logic [47:0] macs;
  } flight_t;

  // What the queue keeps of an instruction beside its words, so that heads can be judged.
  typedef struct packed {
    logic        order;             // Own queue: the instruction is a FENCE
    logic [15:0] waits;
  } head_t;

  typedef struct packed {
    logic [31:0] index;
    logic [31:0] tag;
  } name_t;

  typedef struct packed {
    name_t       name;
    logic [15:0] give;
    logic [47:0] macs;
  } note_t;

endpackage
