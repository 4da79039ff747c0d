// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// VECTOR: up to three source streams through VecLanes FP32 lanes into one destination stream
// (docs/instruction-set.md section 7, docs/blocks/vector.md).
//
//   throughput     VecLanes elements a cycle when every source and the destination need at most one
//                  word a chunk; otherwise the slowest stream's words; SfuLanes of a special function
//   latency        38 cycles from the command to done for one chunk on free ports
//   overlap        two instructions in flight: the second one's reads and arithmetic follow the first
//                  one's without a gap; they finish in order
//   back-pressure  the lanes never stop: a chunk enters them when the writer has room for what comes of it.
//                  No signal reaches from one end of the engine to the other within a cycle
//
//   cmd -> [cmd] -> slots -> a: vec_source \
//                            b: vec_source  > lanes x vec_front -> (vec_sfu) -> (vec_row) -> lanes x vec_back
//                            c: vec_source /                                                 -> vec_writer

`include "prim_assert.svh"
`include "prim_bug.svh"

module vector_engine
  import vec_pkg::*;
#(
  parameter girih_pkg::cfg_t Cfg = girih_presets_pkg::Default,
  localparam int unsigned Sources  = 3,
  localparam int unsigned Ports    = girih_pkg::vector_read_ports(Cfg.VecLanes, Cfg.SpmWordBytes),
  localparam int unsigned SpmBytes = Cfg.SpmWordBytes
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,

  input  logic                    cmd_valid_i,
  output logic                    cmd_ready_o,
  input  girih_pkg::job_t         cmd_job_i,
  input  girih_isa_pkg::vector_t  cmd_i,

  output logic                    done_valid_o,
  output girih_pkg::done_t        done_o,
  output girih_pkg::activity_t    activity_o,
  output logic                    idle_o,

  // asks of a, b, c; data from a port for each, or one for all of them
  output logic [Sources-1:0]      spm_rd_valid_o,
  output logic [Sources-1:0]      spm_rd_fetch_o,
  output girih_pkg::spm_addr_t    spm_rd_word_o [Sources],
  input  logic [Sources-1:0]      spm_rd_ready_i,
  input  logic [Sources-1:0]      spm_rd_came_i,
  input  logic [8*SpmBytes-1:0]   spm_rd_data_i [Ports],

  output logic                    spm_wr_valid_o,
  output girih_pkg::spm_addr_t    spm_wr_word_o,
  output logic [8*SpmBytes-1:0]   spm_wr_data_o,
  output logic [SpmBytes-1:0]     spm_wr_be_o,
  input  logic                    spm_wr_gnt_i,

  output logic [Sources-1:0]      acc_rd_valid_o,
  output logic [Sources-1:0]      acc_rd_fetch_o,
  output girih_pkg::acc_addr_t    acc_rd_row_o [Sources],
  input  logic [Sources-1:0]      acc_rd_ready_i,
  input  logic [Sources-1:0]      acc_rd_came_i,
  input  logic [31:0]             acc_rd_data_i [Cfg.NDim],

  output logic                    acc_wr_valid_o,
  output girih_pkg::acc_addr_t    acc_wr_row_o,
  output logic [31:0]             acc_wr_data_o [Cfg.NDim],
  output logic [Cfg.NDim-1:0]     acc_wr_lanes_o,
  input  logic                    acc_wr_gnt_i
);

  localparam int unsigned Lanes   = Cfg.VecLanes;
  localparam int unsigned Streams = Sources + 1;          // a, b, c, d
  localparam int unsigned FrontStages = 14;
  localparam int unsigned BackStages  = 8;
  // Stages of the first half by what they load.
  localparam int unsigned StageInt = 1, StageWin = 2, StageFp = 3, StageMul = 6, StageVop = 10;
  // A partial of a row may be used again after 6 cycles, and each one's turn comes every 128 / Lanes chunks.
  localparam int unsigned RowGap = (Lanes > 16) ? 2 : 1;
  // Chunks that are in the lanes or in the writer: as many as cover both, and a wait.
  localparam int unsigned Room = 32;
  // A chunk with a special function: how long after the one before, and how much later it leaves.
  localparam int unsigned SfuSteps   = Lanes / Cfg.SfuLanes;
  localparam int unsigned SfuLatency = sfu_pkg::Stages + 1 + SfuSteps;

  if (Lanes < 2 || Lanes > 32 || (Lanes & (Lanes - 1)) != 0) begin : gen_illegal
    $fatal(1, "vector_engine: VecLanes must be 2, 4, 8, 16 or 32");
  end
  // The cost formula allows a chunk 8 cycles.
  if (Cfg.SfuLanes == 0 || Lanes % Cfg.SfuLanes != 0 || Lanes > 8 * Cfg.SfuLanes) begin : gen_illegal_sfu
    $fatal(1, "vector_engine: SfuLanes must divide VecLanes and be at least an eighth of it");
  end

  // ---------------------------------------------------------------- slots: instructions in flight
  typedef struct packed {
    girih_pkg::ctx_t ctx;
    logic [31:0]     index;
  } owner_t;

  // What a stream needs to start.
  typedef struct packed {
    logic    slot;
    stream_t stream;
    shape_t  shape;
  } start_t;

  girih_isa_pkg::vector_t cmd_q;             // the next instruction, as it came
  girih_pkg::job_t        cmd_job_q;
  logic                   cmd_free_q;

  logic [3:0]       elem_q [Streams][Slots];
  logic [31:0]      konst_q [Sources][Slots];
  math_t            math_q [Slots];
  logic [15:0]      last0_q [Slots];
  owner_t           owner_q [Slots];
  logic [Slots-1:0] busy_q;
  logic             accept_q, retire_q;      // slot that the next command takes, that retires next
  logic             accept;
  logic             done_valid, done_slot;

  assign cmd_ready_o = cmd_free_q;
  assign accept      = !cmd_free_q && !busy_q[accept_q];

  always_ff @(posedge clk_i) begin
    if (!rst_ni) cmd_free_q <= 1'b1;
    else cmd_free_q <= cmd_free_q ? !cmd_valid_i : accept;
  end
  // Whether a command is there is heard from afar: these registers do not wait for it.
  always_ff @(posedge clk_i) begin
    if (cmd_free_q) begin
      cmd_q     <= cmd_i;
      cmd_job_q <= cmd_job_i;
    end
  end

  // Physical address: relative to the context's partition.
  function automatic logic [31:0] place(input logic in_acc, input logic [31:0] base);
    return base + (in_acc ? 32'(cmd_job_q.acc_base) : 32'(cmd_job_q.spm_base));
  endfunction

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      busy_q   <= '0;
      accept_q <= 1'b0;
      retire_q <= 1'b0;
    end else begin
      if (done_valid) begin
        busy_q[done_slot] <= 1'b0;
        retire_q          <= !retire_q;
      end
      if (accept) begin
        busy_q[accept_q] <= 1'b1;
        accept_q         <= !accept_q;
      end
    end
  end

  stream_t stream [Streams];
  shape_t  shape;
  math_t   math;
  logic    b_stream, c_none, c_stream, factor;

  assign b_stream = cmd_q.b_mode == girih_isa_pkg::OperandStream;
  assign factor   = cmd_q.scale_mode == girih_isa_pkg::OperandStream;
  assign c_none   = cmd_q.c_mode == girih_isa_pkg::OperandNone ||
                    (cmd_q.vop == girih_isa_pkg::VopNone && !factor);
  assign c_stream = cmd_q.c_mode == girih_isa_pkg::OperandStream && !c_none;

  always_comb begin
    stream[0] = '{
      konst: 1'b0, acc: cmd_q.a_space, bcast: cmd_q.a_bcast, elem: cmd_q.a_type,
      base: place(cmd_q.a_space, cmd_q.a_base),
      s1: addr_t'(cmd_q.a_s1), s2: addr_t'(cmd_q.a_s2), s3: addr_t'(cmd_q.a_s3)
    };
    stream[1] = '{
      konst: !b_stream, acc: cmd_q.b_space, bcast: cmd_q.b_bcast,
      elem: b_stream ? cmd_q.b_type : girih_isa_pkg::TypeFp32,
      base: b_stream ? place(cmd_q.b_space, cmd_q.b_base)
                     : (cmd_q.b_mode == girih_isa_pkg::OperandNone) ? FpOne : cmd_q.b_base,
      s1: addr_t'(cmd_q.b_s1), s2: addr_t'(cmd_q.b_s2), s3: addr_t'(cmd_q.b_s3)
    };
    stream[2] = '{
      konst: !c_stream, acc: cmd_q.c_space, bcast: cmd_q.c_bcast,
      elem: c_stream ? cmd_q.c_type : girih_isa_pkg::TypeFp32,
      base: c_stream ? place(cmd_q.c_space, cmd_q.c_base) : c_none ? FpNegZero : cmd_q.c_base,
      s1: addr_t'(cmd_q.c_s1), s2: addr_t'(cmd_q.c_s2), s3: addr_t'(cmd_q.c_s3)
    };
    stream[3] = '{
      konst: 1'b0, acc: cmd_q.d_space, bcast: 1'b0, elem: cmd_q.d_type,
      base: place(cmd_q.d_space, cmd_q.d_base),
      s1: addr_t'(cmd_q.d_s1), s2: addr_t'(cmd_q.d_s2), s3: addr_t'(cmd_q.d_s3)
    };
    shape = '{
      last0: cmd_q.n0 - 1'b1, last1: cmd_q.n1 - 1'b1,
      last2: cmd_q.n2 - 1'b1, last3: cmd_q.n3 - 1'b1,
      row: cmd_q.row_op != girih_isa_pkg::ReduceNone,
      sfu: cmd_q.sfu != girih_isa_pkg::SfuNone && cmd_q.sfu != girih_isa_pkg::SfuAbs,
      win_dims: cmd_q.win_dims
    };
    math = '{
      vop: c_none ? girih_isa_pkg::VopNone : cmd_q.vop,
      // A factor is no operand: x passes the comparison.
      adds: !factor && (c_none || op_adds(cmd_q.vop)), select: cmd_q.vop == girih_isa_pkg::VopSelect,
      factor: factor, abs: cmd_q.sfu == girih_isa_pkg::SfuAbs, sfu_op: cmd_q.sfu[1:0],
      row_op: cmd_q.row_op, win_op: cmd_q.win_op,
      za: cmd_q.za, zb: cmd_q.zb, zc: cmd_q.zc, zd: cmd_q.zd, lo: cmd_q.lo, hi: cmd_q.hi,
      scale: (cmd_q.scale_mode == girih_isa_pkg::OperandImmediate) ? cmd_q.scale : FpOne
    };
  end

  always_ff @(posedge clk_i) begin
    if (accept) begin
      for (int u = 0; u < int'(Streams); u++) elem_q[u][accept_q] <= stream[u].elem;
      for (int u = 0; u < int'(Sources); u++) konst_q[u][accept_q] <= stream[u].base;
      last0_q[accept_q] <= shape.last0;
      math_q[accept_q]  <= math;
      owner_q[accept_q] <= '{ctx: cmd_job_q.ctx, index: cmd_job_q.index};
    end
  end

  // Each stream goes through the instructions by itself. At most one waits while another is under way.
  logic [Streams-1:0] start_ready, start_valid, start_take;
  start_t             start [Streams];

  for (genvar u = 0; u < int'(Streams); u++) begin : gen_start
    prim_stream_reg #(.T(start_t)) u_start (
      .clk_i, .rst_ni,
      .in_valid_i (accept), .in_ready_o(start_ready[u]),
      .in_data_i  ('{slot: accept_q, stream: stream[u], shape: shape}),
      .out_valid_o(start_valid[u]), .out_ready_i(start_take[u]), .out_data_o(start[u])
    );
  end

  // ---------------------------------------------------------------- sources
  logic [Sources-1:0] chunk_valid, chunk_ready;
  chunk_t             chunk [Sources];
  logic [31:0]        raw [Sources][Lanes];

  for (genvar u = 0; u < int'(Sources); u++) begin : gen_source
    vec_source #(.Cfg(Cfg), .Reduced(u != 0)) u_source (
      .clk_i, .rst_ni,
      .job_valid_i   (start_valid[u]),
      .job_slot_i    (start[u].slot),
      .job_stream_i  (start[u].stream),
      .job_shape_i   (start[u].shape),
      .job_take_o    (start_take[u]),
      .spm_valid_o   (spm_rd_valid_o[u]),
      .spm_fetch_o   (spm_rd_fetch_o[u]),
      .spm_word_o    (spm_rd_word_o[u]),
      .spm_ready_i   (spm_rd_ready_i[u]),
      .spm_came_i    (spm_rd_came_i[u]),
      .spm_data_i    (spm_rd_data_i[u % Ports]),
      .acc_valid_o   (acc_rd_valid_o[u]),
      .acc_fetch_o   (acc_rd_fetch_o[u]),
      .acc_row_o     (acc_rd_row_o[u]),
      .acc_ready_i   (acc_rd_ready_i[u]),
      .acc_came_i    (acc_rd_came_i[u]),
      .acc_data_i    (acc_rd_data_i),
      .konst_i       (konst_q[u]),
      .chunk_valid_o (chunk_valid[u]),
      .chunk_ready_i (chunk_ready[u]),
      .chunk_o       (chunk[u]),
      .chunk_data_o  (raw[u])
    );
  end

  // ---------------------------------------------------------------- what enters the lanes
  // Everything that enters comes out: so there must be room for what comes of it, and behind the last chunk
  // of a row nothing may come out earlier than the row's result. Chunks with a special function come when it
  // is their turn in the units, chunks without one when they cannot pass any that has.
  logic [$clog2(Room+1)-1:0] used_q;         // chunks that are promised room
  logic room_q;                              // there is some, as of the cycle before
  logic row_under_way_q, row_gap_q, row_free;
  logic [$clog2(SfuLatency+1)-1:0] sfu_left_q;    // cycles until the units are left behind
  logic sfu_busy_q, sfu_feeds_q;
  logic issue, yields, sfu_issue, chunk_gone;

  assign issue = chunk_valid[0] && room_q && !row_under_way_q && !row_gap_q &&
                 (!chunk[0].win_last ||
                  (chunk_valid[1] && chunk_valid[2] && !(chunk[0].sfu ? sfu_feeds_q : sfu_busy_q)));
  assign sfu_issue = issue && chunk[0].win_last && chunk[0].sfu;
  assign yields = issue && chunk[0].win_last && (!chunk[0].row || chunk[0].row_last);
  assign chunk_ready = {{2{issue && chunk[0].win_last}}, issue};

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      used_q          <= '0;
      room_q          <= 1'b1;
      row_under_way_q <= 1'b0;
      row_gap_q       <= 1'b0;
      sfu_left_q      <= '0;
      sfu_busy_q      <= 1'b0;
      sfu_feeds_q     <= 1'b0;
    end else begin
      if (yields != chunk_gone) used_q <= chunk_gone ? used_q - 1'b1 : used_q + 1'b1;
      room_q          <= used_q < $bits(used_q)'(Room - 1);
      row_under_way_q <= row_under_way_q ? !row_free : yields && chunk[0].row;
      row_gap_q       <= RowGap > 1 && issue && chunk[0].row;
      if (sfu_issue) sfu_left_q <= $bits(sfu_left_q)'(SfuLatency);
      else if (sfu_busy_q) sfu_left_q <= sfu_left_q - 1'b1;
      sfu_busy_q      <= sfu_issue || sfu_left_q > $bits(sfu_left_q)'(1);
      sfu_feeds_q     <= sfu_issue ? SfuSteps > 1
                                   : sfu_left_q > $bits(sfu_left_q)'(SfuLatency - SfuSteps + 2);
    end
  end

  // ---------------------------------------------------------------- control beside the lanes
  typedef struct packed {
    logic valid;
    logic slot;
    logic b_new;                // a new chunk of b, c; otherwise the one before stays
    logic c_new;
    logic win_first;
    logic win_last;
    logic row;
    logic row_last;
    logic adds;                 // vop takes the adder
    logic abs;
    logic factor;               // c goes on to the second half
    logic sfu;
  } front_meta_t;

  // What goes with a chunk through the special functions.
  typedef struct packed {
    logic slot;
    logic row;
    logic row_last;
  } side_t;

  typedef struct packed {
    logic valid;
    logic slot;
  } back_meta_t;

  front_meta_t front_q [FrontStages];
  back_meta_t  back_q [BackStages];
  front_meta_t z_meta;
  logic [FrontStages-1:0] front_en;
  logic [BackStages-1:0]  back_en;
  logic row_valid, row_slot, back_slot;
  logic sfu_soon, sfu_valid, z_valid, z_row;     // z: from the first half or from the special functions
  side_t sfu_soon_side, sfu_side;

  assign z_meta    = front_q[FrontStages-1];
  assign z_valid   = sfu_valid || (z_meta.valid && !z_meta.sfu);
  assign z_row     = sfu_valid ? sfu_side.row : z_meta.row;
  assign back_slot = row_valid ? row_slot : sfu_valid ? sfu_side.slot : z_meta.slot;

  always_comb begin
    front_en[0] = issue;
    for (int k = 1; k < int'(FrontStages); k++) front_en[k] = front_q[k-1].valid;
    back_en[0] = (z_valid && !z_row) || row_valid;
    for (int k = 1; k < int'(BackStages); k++) back_en[k] = back_q[k-1].valid;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      for (int k = 0; k < int'(FrontStages); k++) front_q[k].valid <= 1'b0;
      for (int k = 0; k < int'(BackStages); k++) back_q[k].valid <= 1'b0;
    end else begin
      for (int k = 0; k < int'(FrontStages); k++) front_q[k].valid <= front_en[k];
      // Of a window only the last chunk goes on.
      front_q[StageWin].valid <= front_en[StageWin] && front_q[StageWin-1].win_last;
      for (int k = 0; k < int'(BackStages); k++) back_q[k].valid <= back_en[k];
    end
    if (front_en[0]) begin
      front_q[0].slot      <= chunk[0].slot;
      front_q[0].b_new     <= chunk[0].win_last && !chunk[1].same;
      front_q[0].c_new     <= chunk[0].win_last && !chunk[2].same;
      front_q[0].win_first <= chunk[0].win_first;
      front_q[0].win_last  <= chunk[0].win_last;
      front_q[0].row       <= chunk[0].row;
      front_q[0].row_last  <= chunk[0].row_last;
      front_q[0].sfu       <= chunk[0].sfu;
      front_q[0].adds      <= math_q[chunk[0].slot].adds;
      front_q[0].abs       <= math_q[chunk[0].slot].abs;
      front_q[0].factor    <= math_q[chunk[0].slot].factor;
    end
    for (int k = 1; k < int'(FrontStages); k++) begin
      if (front_en[k]) begin
        front_q[k].slot      <= front_q[k-1].slot;
        front_q[k].b_new     <= front_q[k-1].b_new;
        front_q[k].c_new     <= front_q[k-1].c_new;
        front_q[k].win_first <= front_q[k-1].win_first;
        front_q[k].win_last  <= front_q[k-1].win_last;
        front_q[k].row       <= front_q[k-1].row;
        front_q[k].row_last  <= front_q[k-1].row_last;
        front_q[k].sfu       <= front_q[k-1].sfu;
        front_q[k].adds      <= front_q[k-1].adds;
        front_q[k].abs       <= front_q[k-1].abs;
        front_q[k].factor    <= front_q[k-1].factor;
      end
    end
    if (back_en[0]) back_q[0].slot <= back_slot;
    for (int k = 1; k < int'(BackStages); k++) if (back_en[k]) back_q[k].slot <= back_q[k-1].slot;
  end

  // What a stage is to do is looked up while the stage before loads.
  front_t    front;
  front_do_t front_do_q;
  back_t     back;
  convert_t  convert_q;
  row_t      row_do_q;
  sfu_pkg::op_e sfu_op_q;
  // The chunk whose z comes next.
  side_t     z_soon;

  assign z_soon = sfu_soon ? sfu_soon_side : '{
    slot: front_q[FrontStages-2].slot, row: front_q[FrontStages-2].row, row_last: front_q[FrontStages-2].row_last
  };

  always_ff @(posedge clk_i) begin
    if (front_en[StageInt-1]) begin
      front_do_q.a_elem <= elem_q[0][chunk[0].slot];
      front_do_q.b_elem <= elem_q[1][chunk[0].slot];
      front_do_q.c_elem <= elem_q[2][chunk[0].slot];
      front_do_q.za     <= math_q[chunk[0].slot].za;
      front_do_q.zb     <= math_q[chunk[0].slot].zb;
      front_do_q.zc     <= math_q[chunk[0].slot].zc;
    end
    if (front_en[StageWin-1]) front_do_q.win_op <= math_q[front_q[StageWin-2].slot].win_op;
    if (front_en[StageFp-1]) begin
      automatic logic slot = front_q[StageFp-2].slot;
      front_do_q.a_is_fp  <= elem_is_fp(elem_q[0][slot]);
      front_do_q.b_is_fp  <= elem_is_fp(elem_q[1][slot]);
      front_do_q.c_is_fp  <= elem_is_fp(elem_q[2][slot]);
      front_do_q.a_is_one <= math_q[slot].select;
    end
    if (front_en[StageVop-1]) front_do_q.vop <= math_q[front_q[StageVop-2].slot].vop;
    if (front_en[FrontStages-1]) begin
      automatic logic slot = front_q[FrontStages-2].slot;
      sfu_op_q <= sfu_pkg::op_e'(math_q[`SEEDED_BUG(45, slot, accept_q)].sfu_op);
    end
    if (front_en[FrontStages-1] || sfu_soon) begin
      automatic logic [3:0] op = row_vop(math_q[z_soon.slot].row_op);
      row_do_q <= '{
        slot: z_soon.slot, last: z_soon.row_last, adds: op_adds(op), op: op, last0: last0_q[z_soon.slot]
      };
    end
    if (back_en[BackStages-2]) begin
      automatic logic slot = back_q[BackStages-3].slot;
      convert_q.elem <= elem_q[3][slot];
      convert_q.zd   <= math_q[slot].zd;
      convert_q.lo   <= math_q[slot].lo;
      convert_q.hi   <= math_q[slot].hi;
      convert_q.low  <= byte_less(elem_q[3][slot] == girih_isa_pkg::TypeInt8, math_q[slot].lo, math_q[slot].zd);
      convert_q.high <= byte_less(elem_q[3][slot] == girih_isa_pkg::TypeInt8, math_q[slot].hi, math_q[slot].zd);
    end
  end

  always_comb begin
    front.what = front_do_q;
    // The first stage follows the queues' heads, whether they enter or not.
    front.a_raw_en  = chunk_valid[0] && !chunk[0].same;
    front.b_en[0]   = chunk_valid[1] && !chunk[1].same;
    front.c_en[0]   = chunk_valid[2] && !chunk[2].same;
    front.a_int_en  = front_en[StageInt];
    front.win_en    = front_en[StageWin];
    front.win_first = front_q[StageWin-1].win_first;
    front.a_fp_en   = front_en[StageFp +: 3];
    for (int k = 1; k < 6; k++) front.b_en[k] = front_en[k] && front_q[k-1].b_new;
    for (int k = 1; k < 10; k++) front.c_en[k] = front_en[k] && front_q[k-1].c_new;
    for (int k = 10; k < 14; k++) front.c_en[k] = front_en[k] && front_q[k-1].c_new && front_q[k-1].factor;
    front.mul_en    = front_en[StageMul +: 4];
    for (int k = 0; k < 4; k++) begin
      front.add_en[k]     = front_en[StageVop+k] && front_q[StageVop+k-1].adds;
      front.compare_en[k] = front_en[StageVop+k] && !front_q[StageVop+k-1].adds;
    end
    front.z_added   = z_meta.adds;
    front.z_abs     = z_meta.abs;
  end

  always_comb begin
    back.what   = convert_q;
    back.scale  = math_q[back_slot].scale;
    back.factor = math_q[back_slot].factor;
    back.in_en  = back_en[0];
    back.mul_en = back_en[4:1];
    back.int_en = back_en[6:5];
    back.out_en = back_en[7];
  end

  // ---------------------------------------------------------------- lanes
  logic [31:0] front_z [Lanes];
  logic [31:0] front_c [Lanes];
  logic [31:0] sfu_z [Lanes];
  logic [31:0] sfu_c [Lanes];
  logic [31:0] z [Lanes];
  logic [31:0] d [Lanes];
  logic [31:0] row_result;

  for (genvar j = 0; j < int'(Lanes); j++) begin : gen_lane
    vec_front u_front (
      .clk_i, .ctrl_i(front), .a_i(raw[0][j]), .b_i(raw[1][j]), .c_i(raw[2][j]), .z_o(front_z[j]),
      .c_o(front_c[j])
    );
    assign z[j] = sfu_valid ? sfu_z[j] : front_z[j];
    vec_back u_back (
      .clk_i, .ctrl_i(back), .r_i((j == 0 && row_valid) ? row_result : z[j]),
      .c_i(sfu_valid ? sfu_c[j] : front_c[j]), .d_o(d[j])
    );
  end

  vec_sfu #(.Lanes(Lanes), .Units(Cfg.SfuLanes), .SideBits($bits(side_t))) u_sfu (
    .clk_i, .rst_ni,
    .in_valid_i  (z_meta.valid && z_meta.sfu),
    .in_op_i     (sfu_op_q),
    .in_z_i      (front_z),
    .in_c_i      (front_c),
    .in_side_i   ({z_meta.slot, z_meta.row, z_meta.row_last}),
    .soon_o      (sfu_soon),
    .soon_side_o (sfu_soon_side),
    .out_valid_o (sfu_valid),
    .out_z_o     (sfu_z),
    .out_c_o     (sfu_c),
    .out_side_o  (sfu_side)
  );

  vec_row #(.Lanes(Lanes), .Ahead(FrontStages + 1)) u_row (
    .clk_i, .rst_ni,
    .chunk_valid_i  (z_valid && z_row),
    .chunk_i        (row_do_q),
    .chunk_data_i   (z),
    .result_valid_o (row_valid),
    .result_slot_o  (row_slot),
    .result_o       (row_result),
    .free_o         (row_free)
  );

  // ---------------------------------------------------------------- destination
  vec_writer #(.Cfg(Cfg), .Depth(Room)) u_writer (
    .clk_i, .rst_ni,
    .job_valid_i   (start_valid[3]),
    .job_slot_i    (start[3].slot),
    .job_stream_i  (start[3].stream),
    .job_shape_i   (start[3].shape),
    .job_take_o    (start_take[3]),
    .chunk_valid_i (back_q[BackStages-1].valid),
    .chunk_data_i  (d),
    .chunk_gone_o  (chunk_gone),
    .spm_valid_o   (spm_wr_valid_o),
    .spm_word_o    (spm_wr_word_o),
    .spm_data_o    (spm_wr_data_o),
    .spm_be_o      (spm_wr_be_o),
    .spm_gnt_i     (spm_wr_gnt_i),
    .acc_valid_o   (acc_wr_valid_o),
    .acc_row_o     (acc_wr_row_o),
    .acc_data_o    (acc_wr_data_o),
    .acc_lanes_o   (acc_wr_lanes_o),
    .acc_gnt_i     (acc_wr_gnt_i),
    .done_valid_o  (done_valid),
    .done_slot_o   (done_slot)
  );

  // ---------------------------------------------------------------- what the frontend hears
  girih_pkg::activity_t activity_q;
  logic held;

  assign held = (spm_rd_valid_o & ~spm_rd_ready_i) != '0 || (acc_rd_valid_o & ~acc_rd_ready_i) != '0 ||
                (spm_wr_valid_o && !spm_wr_gnt_i) || (acc_wr_valid_o && !acc_wr_gnt_i);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) activity_q <= '0;
    else activity_q <= '{
      busy: busy_q != '0, ctx: owner_q[retire_q].ctx, stall_mem: held, stall_bus: 1'b0
    };
  end

  assign activity_o   = activity_q;
  assign idle_o       = busy_q == '0 && cmd_free_q;
  assign done_valid_o = done_valid;
  assign done_o       = '{ctx: owner_q[done_slot].ctx, index: owner_q[done_slot].index,
                          error: girih_isa_pkg::ErrNone, detail: '0};

  // The header and the windows are the frontend's business, and so are reserved bits.
  logic unused;
  assign unused = ^{cmd_q, cmd_job_q, z_meta, z_soon, sfu_side, konst_q[0][0], konst_q[0][1]};

  // ---------------------------------------------------------------- checks
  `ASSERT(SourcesAgree, !(issue && chunk[0].win_last) ||
                        (chunk[1].slot == chunk[0].slot && chunk[2].slot == chunk[0].slot))
  `ASSERT(DoneInOrder, !done_valid || (busy_q[done_slot] && done_slot == retire_q))
  `ASSERT(RowOrOther, !(row_valid && z_valid && !z_row))
  `ASSERT(SfuOrOther, !(sfu_valid && z_meta.valid && !z_meta.sfu))
  `ASSERT(RoomKept, used_q <= $bits(used_q)'(Room))
  `ASSERT(StartsHaveRoom, !accept || &start_ready)
  `ASSERT(LegalCounts, !accept || (cmd_q.n0 != '0 && cmd_q.n1 != '0 && cmd_q.n2 != '0 && cmd_q.n3 != '0))
  `COVER(TwoInFlight, busy_q == '1)
  `COVER(FactorRepeated, z_meta.valid && z_meta.factor && !z_meta.c_new)
  `COVER(FunctionOfRow, sfu_valid && sfu_side.row)
  `COVER(FunctionOfWindow, sfu_issue && !chunk[0].win_first)
  `COVER(FunctionWithFactor, z_meta.valid && z_meta.sfu && z_meta.factor)
  `COVER(FunctionBehindOther, sfu_valid && z_meta.valid && sfu_side.slot != z_meta.slot)
  `COVER(WaitsForFunctions, chunk_valid[0] && !chunk[0].sfu && sfu_busy_q)
  `COVER(WindowBesideFunction, issue && !chunk[0].win_last && !chunk[0].sfu && sfu_busy_q)
  `COVER(Selects, front_en[StageVop] && math_q[front_q[StageVop-1].slot].select)
  `COVER(BothHalvesBusy, front_q[0].valid && back_q[BackStages-1].valid &&
                         front_q[0].slot != back_q[BackStages-1].slot)
  `COVER(NoRoom, chunk_valid[0] && !room_q)
  `COVER(OtherBehindRow, chunk_valid[0] && row_under_way_q && !chunk[0].row)
  `COVER(WindowOpen, front_q[StageWin].valid && !front_q[StageWin].win_last)

endmodule
