// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Types that every block shares: the sizes of a chip, and what passes between blocks.
// What an instruction looks like is in girih_isa_pkg (generated); docs/blocks/interfaces.md explains.

package girih_pkg;

  // One field per parameter of presets.yaml, in its order.
  typedef struct packed {
    int unsigned KDim;
    int unsigned NDim;
    int unsigned BusBytes;
    int unsigned WeightPort;
    int unsigned VecLanes;
    int unsigned SfuLanes;
    int unsigned SpmKiB;
    int unsigned SpmBanks;
    int unsigned SpmWordBytes;
    int unsigned AccKiB;
    int unsigned Contexts;
    int unsigned LoadQueue;
    int unsigned EngineQueue;
    int unsigned ReadsInFlight;
    int unsigned WritesInFlight;
  } cfg_t;

  // Fixed widths, wide enough for every legal preset.
  localparam int unsigned CtxWidth     = 3;    // contexts
  localparam int unsigned SpmAddrWidth = 20;   // bytes of scratchpad
  localparam int unsigned AccAddrWidth = 18;   // bytes of accumulators
  localparam int unsigned AxiAddrWidth = 40;
  localparam int unsigned AxiIdWidth   = 6;
  localparam int unsigned Engines      = 4;
  localparam int unsigned Tokens       = 16;
  localparam int unsigned Windows      = 8;

  typedef logic [CtxWidth-1:0]     ctx_t;
  typedef logic [SpmAddrWidth-1:0] spm_addr_t;   // byte address, physical
  typedef logic [AccAddrWidth-1:0] acc_addr_t;   // byte address, physical

  typedef enum logic [1:0] {
    EngLoad   = 2'd0,
    EngStore  = 2'd1,
    EngMatrix = 2'd2,
    EngVector = 2'd3
  } engine_e;

  // What an engine receives beside the instruction: who it works for and where that one's memory lies.
  typedef struct packed {
    ctx_t        ctx;
    logic [31:0] index;          // ring index, free running
    spm_addr_t   spm_base;       // partition, added to every spm address
    acc_addr_t   acc_base;
    logic [27:0] win_base;       // first 4 KiB page of the instruction's window (LOAD, STORE)
    logic [20:0] win_pages;
  } job_t;

  // What an engine says once per instruction, in the order it started them.
  typedef struct packed {
    ctx_t        ctx;
    logic [31:0] index;
    logic [3:0]  error;          // girih_isa_pkg::error_e, 0 when all went well
    logic [31:0] detail;
  } done_t;

  // Events for the context's counters, every cycle, registered.
  typedef struct packed {
    logic        busy;           // an instruction of `ctx` is in flight
    ctx_t        ctx;            // of the oldest instruction in flight
    logic        stall_mem;
    logic        stall_bus;
  } activity_t;

  // Scratchpad read ports of VECTOR: one for each source, or one for all of them where a word holds two
  // chunks of the widest elements, so that two sources of those still come at a chunk a cycle.
  function automatic int unsigned vector_read_ports(input int unsigned lanes, input int unsigned word_bytes);
    return (8 * lanes <= word_bytes) ? 1 : 3;
  endfunction

endpackage
