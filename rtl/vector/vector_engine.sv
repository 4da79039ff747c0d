// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// VECTOR: up to three source streams through VecLanes FP32 lanes into one destination stream
// (docs/instruction-set.md section 7, docs/blocks/vector.md).
//
//   throughput     VecLanes elements a cycle when every source and the destination need at most one
//                  word a chunk; otherwise the slowest stream's words
//   latency        36 cycles from the command to done for one chunk on free ports
//   overlap        two instructions in flight: the second one's reads and arithmetic follow the first
//                  one's without a gap; they finish in order
//   back-pressure  stalled writes stop the lanes, full lanes stop the sources, in that order
//
//   cmd -> slots -> a: vec_source \
//                   b: vec_source  > lanes x vec_front -> (vec_row) -> lanes x vec_back -> vec_writer
//                   c: vec_source /

`include "prim_assert.svh"

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
  localparam int unsigned FrontStages = 12;
  localparam int unsigned BackStages  = 7;
  // Stages of the first half by what they load.
  localparam int unsigned StageInt = 1, StageWin = 2, StageFp = 3, StageMul = 5, StageVop = 8;

  if (Lanes < 2 || Lanes > 32 || (Lanes & (Lanes - 1)) != 0) begin : gen_illegal
    $fatal(1, "vector_engine: VecLanes must be 2, 4, 8, 16 or 32");
  end

  // ---------------------------------------------------------------- slots: instructions in flight
  typedef struct packed {
    girih_pkg::ctx_t ctx;
    logic [31:0]     index;
  } owner_t;

  stream_t         stream_q [Streams][Slots];
  shape_t          shape_q [Slots];
  math_t           math_q [Slots];
  owner_t          owner_q [Slots];
  logic [Slots-1:0] busy_q;
  logic            accept_q, retire_q;       // slot that the next command takes, that retires next
  logic            accept;
  logic            done_valid, done_slot;

  assign cmd_ready_o = !busy_q[accept_q];
  assign accept      = cmd_valid_i && cmd_ready_o;

  // Physical address: relative to the context's partition.
  function automatic logic [31:0] place(input logic in_acc, input logic [31:0] base);
    return base + (in_acc ? 32'(cmd_job_i.acc_base) : 32'(cmd_job_i.spm_base));
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

  always_ff @(posedge clk_i) begin
    if (accept) begin
      automatic logic b_stream = cmd_i.b_mode == girih_isa_pkg::OperandStream;
      automatic logic c_none   = cmd_i.c_mode == girih_isa_pkg::OperandNone ||
                                 cmd_i.vop == girih_isa_pkg::VopNone;
      automatic logic c_stream = cmd_i.c_mode == girih_isa_pkg::OperandStream && !c_none;
      stream_q[0][accept_q] <= '{
        konst: 1'b0, acc: cmd_i.a_space, bcast: cmd_i.a_bcast, elem: cmd_i.a_type,
        base: place(cmd_i.a_space, cmd_i.a_base),
        s1: addr_t'(cmd_i.a_s1), s2: addr_t'(cmd_i.a_s2), s3: addr_t'(cmd_i.a_s3)
      };
      stream_q[1][accept_q] <= '{
        konst: !b_stream, acc: cmd_i.b_space, bcast: cmd_i.b_bcast,
        elem: b_stream ? cmd_i.b_type : girih_isa_pkg::TypeFp32,
        base: b_stream ? place(cmd_i.b_space, cmd_i.b_base)
                       : (cmd_i.b_mode == girih_isa_pkg::OperandNone) ? FpOne : cmd_i.b_base,
        s1: addr_t'(cmd_i.b_s1), s2: addr_t'(cmd_i.b_s2), s3: addr_t'(cmd_i.b_s3)
      };
      stream_q[2][accept_q] <= '{
        konst: !c_stream, acc: cmd_i.c_space, bcast: cmd_i.c_bcast,
        elem: c_stream ? cmd_i.c_type : girih_isa_pkg::TypeFp32,
        base: c_stream ? place(cmd_i.c_space, cmd_i.c_base) : c_none ? FpNegZero : cmd_i.c_base,
        s1: addr_t'(cmd_i.c_s1), s2: addr_t'(cmd_i.c_s2), s3: addr_t'(cmd_i.c_s3)
      };
      stream_q[3][accept_q] <= '{
        konst: 1'b0, acc: cmd_i.d_space, bcast: 1'b0, elem: cmd_i.d_type,
        base: place(cmd_i.d_space, cmd_i.d_base),
        s1: addr_t'(cmd_i.d_s1), s2: addr_t'(cmd_i.d_s2), s3: addr_t'(cmd_i.d_s3)
      };
      shape_q[accept_q] <= '{
        last0: cmd_i.n0 - 1'b1, last1: cmd_i.n1 - 1'b1,
        last2: cmd_i.n2 - 1'b1, last3: cmd_i.n3 - 1'b1,
        row: cmd_i.row_op != girih_isa_pkg::ReduceNone, win_dims: cmd_i.win_dims
      };
      math_q[accept_q] <= '{
        vop: c_none ? girih_isa_pkg::VopNone : cmd_i.vop, abs: cmd_i.sfu == girih_isa_pkg::SfuAbs,
        row_op: cmd_i.row_op, win_op: cmd_i.win_op,
        za: cmd_i.za, zb: cmd_i.zb, zc: cmd_i.zc, zd: cmd_i.zd, lo: cmd_i.lo, hi: cmd_i.hi,
        scale: cmd_i.scale_en ? cmd_i.scale : FpOne
      };
      owner_q[accept_q] <= '{ctx: cmd_job_i.ctx, index: cmd_job_i.index};
    end
  end

  // Each stream goes through the slots by itself.
  logic [Slots-1:0]   todo_q [Streams];
  logic [Streams-1:0] next_q;
  logic [Streams-1:0] take;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      for (int u = 0; u < int'(Streams); u++) todo_q[u] <= '0;
      next_q <= '0;
    end else begin
      for (int u = 0; u < int'(Streams); u++) begin
        if (accept) todo_q[u][accept_q] <= 1'b1;
        if (take[u]) begin
          todo_q[u][next_q[u]] <= 1'b0;
          next_q[u]            <= !next_q[u];
        end
      end
    end
  end

  // ---------------------------------------------------------------- sources
  logic [Sources-1:0] chunk_valid, chunk_ready;
  chunk_t             chunk [Sources];
  logic [31:0]        raw [Sources][Lanes];

  for (genvar u = 0; u < int'(Sources); u++) begin : gen_source
    logic [31:0] konst [Slots];
    for (genvar k = 0; k < int'(Slots); k++) begin : gen_konst
      assign konst[k] = stream_q[u][k].base;
    end

    vec_source #(.Cfg(Cfg), .Reduced(u != 0)) u_source (
      .clk_i, .rst_ni,
      .job_valid_i   (todo_q[u][next_q[u]]),
      .job_slot_i    (next_q[u]),
      .job_stream_i  (stream_q[u][next_q[u]]),
      .job_shape_i   (shape_q[next_q[u]]),
      .job_take_o    (take[u]),
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
      .konst_i       (konst),
      .chunk_valid_o (chunk_valid[u]),
      .chunk_ready_i (chunk_ready[u]),
      .chunk_o       (chunk[u]),
      .chunk_data_o  (raw[u])
    );
  end

  // ---------------------------------------------------------------- control beside the lanes
  typedef struct packed {
    logic valid;
    logic slot;
    logic b_new;                // a new chunk of b, c; otherwise the one before stays
    logic c_new;
    logic win_first;
    logic win_last;
    logic row_last;
  } front_meta_t;

  typedef struct packed {
    logic valid;
    logic slot;
  } back_meta_t;

  front_meta_t front_q [FrontStages];
  back_meta_t  back_q [BackStages];
  logic front_go, back_go, issue, out_row;
  logic [FrontStages-1:0] front_en;
  logic [BackStages-1:0]  back_en;
  logic row_valid, row_ready, row_idle, row_slot, z_valid, back_valid, back_slot, writer_ready;
  front_meta_t z_meta;

  assign issue = front_go && chunk_valid[0] &&
                 (!chunk[0].win_last || (chunk_valid[1] && chunk_valid[2]));
  assign chunk_ready = {{2{issue && chunk[0].win_last}}, issue};

  always_comb begin
    front_en[0] = issue;
    for (int k = 1; k < int'(FrontStages); k++) begin
      front_en[k] = front_go && front_q[k-1].valid;
      if (k == int'(StageFp)) front_en[k] = front_go && front_q[k-1].valid && front_q[k-1].win_last;
    end
    back_en[0] = back_go && back_valid;
    for (int k = 1; k < int'(BackStages); k++) back_en[k] = back_go && back_q[k-1].valid;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      for (int k = 0; k < int'(FrontStages); k++) front_q[k].valid <= 1'b0;
      for (int k = 0; k < int'(BackStages); k++) back_q[k].valid <= 1'b0;
    end else begin
      if (front_go) for (int k = 0; k < int'(FrontStages); k++) front_q[k].valid <= front_en[k];
      if (back_go) for (int k = 0; k < int'(BackStages); k++) back_q[k].valid <= back_en[k];
    end
    if (front_en[0]) begin
      front_q[0].slot      <= chunk[0].slot;
      front_q[0].b_new     <= chunk[0].win_last && !chunk[1].same;
      front_q[0].c_new     <= chunk[0].win_last && !chunk[2].same;
      front_q[0].win_first <= chunk[0].win_first;
      front_q[0].win_last  <= chunk[0].win_last;
      front_q[0].row_last  <= chunk[0].row_last;
    end
    for (int k = 1; k < int'(FrontStages); k++) begin
      if (front_en[k]) begin
        front_q[k].slot      <= front_q[k-1].slot;
        front_q[k].b_new     <= front_q[k-1].b_new;
        front_q[k].c_new     <= front_q[k-1].c_new;
        front_q[k].win_first <= front_q[k-1].win_first;
        front_q[k].win_last  <= front_q[k-1].win_last;
        front_q[k].row_last  <= front_q[k-1].row_last;
      end
    end
    if (back_en[0]) back_q[0].slot <= back_slot;
    for (int k = 1; k < int'(BackStages); k++) if (back_en[k]) back_q[k].slot <= back_q[k-1].slot;
  end

  // What leaves the first half goes to the row reduction, or on when no row is under way.
  assign z_meta    = front_q[FrontStages-1];
  assign out_row   = shape_q[z_meta.slot].row;
  assign z_valid   = z_meta.valid && !out_row && row_idle;
  assign front_go  = !z_meta.valid || (out_row ? row_ready : back_go && row_idle);
  assign back_go   = !back_q[BackStages-1].valid || writer_ready;
  assign back_valid = z_valid || row_valid;
  assign back_slot  = row_valid ? row_slot : z_meta.slot;

  front_t front;
  back_t  back;
  logic [31:0] scale_q;                      // of what is in the second half's first stage
  always_ff @(posedge clk_i) if (back_en[0]) scale_q <= math_q[back_slot].scale;

  back_t out_q;                              // what the last stage of the second half is to do
  always_ff @(posedge clk_i) begin
    if (back_en[BackStages-2]) begin
      automatic logic slot_out = back_q[BackStages-3].slot;
      out_q      <= '0;
      out_q.elem <= stream_q[3][slot_out].elem;
      out_q.zd   <= math_q[slot_out].zd;
      out_q.lo   <= math_q[slot_out].lo;
      out_q.hi   <= math_q[slot_out].hi;
    end
  end

  always_comb begin
    automatic logic slot_int = front_q[StageInt-1].slot;
    automatic logic slot_fp  = front_q[StageFp-1].slot;
    front = '0;
    front.a_raw_en = front_en[0] && !chunk[0].same;
    front.a_int_en = front_en[StageInt];
    front.win_en   = front_en[StageWin];
    front.a_fp_en  = front_en[StageFp +: 2];
    front.b_en[0]  = front_en[0] && chunk[0].win_last && !chunk[1].same;
    front.c_en[0]  = front_en[0] && chunk[0].win_last && !chunk[2].same;
    for (int k = 1; k < 5; k++) front.b_en[k] = front_en[k] && front_q[k-1].b_new;
    for (int k = 1; k < 8; k++) front.c_en[k] = front_en[k] && front_q[k-1].c_new;
    front.mul_en    = front_en[StageMul +: 3];
    for (int k = 0; k < 4; k++) begin
      automatic logic adds = op_adds(math_q[front_q[StageVop+k-1].slot].vop);
      front.add_en[k]     = front_en[StageVop+k] && adds;
      front.compare_en[k] = front_en[StageVop+k] && !adds;
    end
    front.a_elem    = stream_q[0][slot_int].elem;
    front.b_elem    = stream_q[1][slot_int].elem;
    front.c_elem    = stream_q[2][slot_int].elem;
    front.za        = math_q[slot_int].za;
    front.zb        = math_q[slot_int].zb;
    front.zc        = math_q[slot_int].zc;
    front.win_op    = math_q[front_q[StageWin-1].slot].win_op;
    front.win_first = front_q[StageWin-1].win_first;
    front.a_is_fp   = stream_q[0][slot_fp].elem == girih_isa_pkg::TypeFp32;
    front.b_is_fp   = stream_q[1][slot_fp].elem == girih_isa_pkg::TypeFp32;
    front.c_is_fp   = stream_q[2][slot_fp].elem == girih_isa_pkg::TypeFp32;
    front.vop       = math_q[front_q[StageVop-1].slot].vop;
    front.z_added   = op_adds(math_q[z_meta.slot].vop);
    front.z_abs     = math_q[z_meta.slot].abs;
  end

  always_comb begin
    back = out_q;
    back.in_en  = back_en[0];
    back.mul_en = back_en[3:1];
    back.int_en = back_en[5:4];
    back.out_en = back_en[6];
    back.scale  = scale_q;
  end

  // ---------------------------------------------------------------- lanes
  logic [31:0] z [Lanes];
  logic [31:0] d [Lanes];
  logic [31:0] row_result;

  for (genvar j = 0; j < int'(Lanes); j++) begin : gen_lane
    vec_front u_front (
      .clk_i, .ctrl_i(front), .a_i(raw[0][j]), .b_i(raw[1][j]), .c_i(raw[2][j]), .z_o(z[j])
    );
    vec_back u_back (
      .clk_i, .ctrl_i(back), .r_i((j == 0 && row_valid) ? row_result : z[j]), .d_o(d[j])
    );
  end

  vec_row #(.Lanes(Lanes)) u_row (
    .clk_i, .rst_ni,
    .chunk_valid_i  (z_meta.valid && out_row),
    .chunk_ready_o  (row_ready),
    .chunk_last_i   (z_meta.row_last),
    .chunk_slot_i   (z_meta.slot),
    .chunk_data_i   (z),
    .op_i           (math_q[z_meta.slot].row_op),
    .last0_i        (shape_q[z_meta.slot].last0),
    .result_valid_o (row_valid),
    .result_ready_i (back_go),
    .result_slot_o  (row_slot),
    .result_o       (row_result),
    .idle_o         (row_idle)
  );

  // ---------------------------------------------------------------- destination
  vec_writer #(.Cfg(Cfg)) u_writer (
    .clk_i, .rst_ni,
    .job_valid_i   (todo_q[3][next_q[3]]),
    .job_slot_i    (next_q[3]),
    .job_stream_i  (stream_q[3][next_q[3]]),
    .job_shape_i   (shape_q[next_q[3]]),
    .job_take_o    (take[3]),
    .chunk_valid_i (back_q[BackStages-1].valid),
    .chunk_ready_o (writer_ready),
    .chunk_data_i  (d),
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
  assign idle_o       = busy_q == '0;
  assign done_valid_o = done_valid;
  assign done_o       = '{ctx: owner_q[done_slot].ctx, index: owner_q[done_slot].index,
                          error: girih_isa_pkg::ErrNone, detail: '0};

  // The header and the windows are the frontend's business, and so are reserved bits.
  logic unused;
  assign unused = ^{cmd_i, cmd_job_i, z_meta};

  // ---------------------------------------------------------------- checks
  `ASSERT(SourcesAgree, !(issue && chunk[0].win_last) ||
                        (chunk[1].slot == chunk[0].slot && chunk[2].slot == chunk[0].slot))
  `ASSERT(DoneInOrder, !done_valid || (busy_q[done_slot] && done_slot == retire_q))
  `ASSERT(RowOrOther, !(row_valid && z_valid))
  `ASSERT(LegalCounts, !accept || (cmd_i.n0 != '0 && cmd_i.n1 != '0 && cmd_i.n2 != '0 && cmd_i.n3 != '0))
  `COVER(TwoInFlight, busy_q == '1)
  `COVER(BothHalvesBusy, front_q[0].valid && back_q[BackStages-1].valid &&
                         front_q[0].slot != back_q[BackStages-1].slot)
  `COVER(LanesStalled, z_meta.valid && !front_go)
  `COVER(RowBehindOther, row_valid && z_meta.valid && !out_row)
  `COVER(WindowOpen, front_q[StageWin].valid && !front_q[StageWin].win_last)

endmodule
