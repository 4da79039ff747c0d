// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// MATRIX: acc[m, n] = start + sum over k of (a[m, k] - za) * (b[n, k] - zb), weight-stationary; with
// `shift` the sum counts 256 times.
// docs/blocks/matrix.md has the timing; docs/instruction-set.md section 6 what an instruction means.
//
//   cmd --+--> weights: tile addresses --> spm words --> shadow tile
//         |                                                | swap
//         +--> passes --> rows --> spm words --> segment --> array --> accumulate --> acc write
//                          |                                             ^
//                          +-------------- tag, fixed latency -----------+--- acc read
//
//   throughput    a row a cycle over passes and instructions, see matrix_rows for what may hold it up
//   latency       9 + beats of the first tile from cmd to the first row's issue on an idle engine,
//                 Depth + 2 from a row's issue to its visible accumulators and to done
//   back-pressure cmd_ready_o from state alone: two instructions wait, at most four are in flight

`include "prim_assert.svh"

module matrix_engine #(
  parameter girih_pkg::cfg_t Cfg = girih_presets_pkg::Default,
  localparam int unsigned P        = Cfg.WeightPort / Cfg.SpmWordBytes,
  localparam int unsigned WordSize = 8 * Cfg.SpmWordBytes
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,

  input  logic                    cmd_valid_i,
  output logic                    cmd_ready_o,
  input  girih_pkg::job_t         cmd_job_i,
  input  girih_isa_pkg::matrix_t  cmd_i,

  output logic                    done_valid_o,
  output girih_pkg::done_t        done_o,
  output girih_pkg::activity_t    activity_o,
  output logic                    idle_o,
  output logic                    overflow_valid_o,     // an addition left INT32
  output girih_pkg::ctx_t         overflow_ctx_o,

  output logic [P+1:0]            spm_rd_valid_o,       // 0, 1: activations; 2..: weights
  output girih_pkg::spm_addr_t    spm_rd_word_o [P+2],
  input  logic [P+1:0]            spm_rd_ready_i,
  input  logic [P+1:0]            spm_rd_came_i,
  input  logic [WordSize-1:0]     spm_rd_data_i [P+2],

  output logic                    acc_rd_valid_o,
  output girih_pkg::acc_addr_t    acc_rd_row_o,
  input  logic [31:0]             acc_rd_data_i [Cfg.NDim],

  output logic                    acc_wr_valid_o,
  output girih_pkg::acc_addr_t    acc_wr_row_o,
  output logic [31:0]             acc_wr_data_o [Cfg.NDim],
  output logic [Cfg.NDim-1:0]     acc_wr_lanes_o,
  input  logic                    acc_wr_gnt_i
);

  import matrix_pkg::*;

  localparam int unsigned Hazard   = 4;
  localparam int unsigned Depth    = 11;             // issue to accumulator write
  localparam int unsigned AccAsk   = Depth - 5;      // issue to the accumulators' request
  localparam int unsigned RowShift = $clog2(4 * Cfg.NDim);
  localparam int unsigned WordBits = $clog2(Cfg.SpmWordBytes);

  if (Cfg.KDim > 32 || Cfg.NDim > 32 || Cfg.SpmWordBytes > 64) begin : gen_illegal
    $fatal(1, "matrix_engine: KDim and NDim are at most 32, SpmWordBytes at most 64");
  end

  // ---------------------------------------------------------------- command
  logic    accept, weights_ready, passes_ready, rows_ready, flight_ready;
  passes_t a_passes, b_passes;
  layout_t b_layout;
  rows_t   rows;

  assign cmd_ready_o = weights_ready && passes_ready && rows_ready && flight_ready;
  assign accept      = cmd_valid_i && cmd_ready_o;

  function automatic row_t acc_row(input logic [31:0] bytes);
    return row_t'(bytes >> RowShift);
  endfunction

  // Unused fields come from a legal instruction, so counts are at least 1. Strides may be cut to the
  // width of an address: the exact address lies in the partition.
  always_comb begin
    a_passes = '{
      base:    cmd_job_i.spm_base + spm_addr_t'(cmd_i.a_base),
      k0:      spm_addr_t'(Cfg.KDim),
      k1:      spm_addr_t'(cmd_i.a_k1),
      k2:      spm_addr_t'(cmd_i.a_k2),
      n:       '0,
      k0_last: cmd_i.k0 - 16'd1,
      k1_last: cmd_i.k1 - 16'd1,
      k2_last: cmd_i.k2 - 16'd1,
      n_last:  cmd_i.n - 16'd1
    };
    b_passes      = a_passes;
    b_passes.base = cmd_job_i.spm_base + spm_addr_t'(cmd_i.b_base);
    b_passes.k0   = spm_addr_t'(cmd_i.b_k0);
    b_passes.k1   = spm_addr_t'(cmd_i.b_k1);
    b_passes.k2   = spm_addr_t'(cmd_i.b_k2);
    b_passes.n    = spm_addr_t'(cmd_i.b_n);

    b_layout.row         = spm_addr_t'(cmd_i.b_row);
    b_layout.columns     = cmd_i.columns;
    b_layout.packed_rows = cmd_i.b_row == (cmd_i.columns ? Cfg.NDim : Cfg.KDim) &&
                           WordBits'(b_passes.base) == '0 && WordBits'(b_passes.k0) == '0 &&
                           WordBits'(b_passes.k1) == '0 && WordBits'(b_passes.k2) == '0 &&
                           WordBits'(b_passes.n) == '0;
    b_layout.op          = operand_of(cmd_i.b_type, cmd_i.zb);

    rows = '{
      m0_last:    cmd_i.m0 - 16'd1,
      m1_last:    cmd_i.m1 - 16'd1,
      m2_last:    cmd_i.m2 - 16'd1,
      m0:         spm_addr_t'(cmd_i.a_m0),
      m1:         spm_addr_t'(cmd_i.a_m1),
      m2:         spm_addr_t'(cmd_i.a_m2),
      acc:        acc_row(32'(cmd_job_i.acc_base) + cmd_i.acc_base),
      acc_n:      acc_row(cmd_i.acc_n),
      bias:       acc_row(32'(cmd_job_i.acc_base) + cmd_i.bias_base),
      bias_n:     acc_row(cmd_i.bias_n),
      start_zero: cmd_i.start == girih_isa_pkg::StartZero,
      start_bias: cmd_i.start == girih_isa_pkg::StartBias,
      op:         operand_of(cmd_i.a_type, cmd_i.za),
      shift:      cmd_i.shift,
      ctx:        cmd_job_i.ctx
    };
  end

  // ---------------------------------------------------------------- weights
  logic  tile_full, tile_take;
  beat_t beat;
  diff_t weight [Cfg.WeightPort];

  matrix_weights #(.Cfg(Cfg)) u_weights (
    .clk_i, .rst_ni,
    .push_valid_i(accept), .push_ready_o(weights_ready), .push_i(b_passes), .push_layout_i(b_layout),
    .tile_full_o(tile_full), .tile_take_i(tile_take),
    .spm_valid_o(spm_rd_valid_o[P+1:2]), .spm_word_o(spm_rd_word_o[2:P+1]),
    .spm_ready_i(spm_rd_ready_i[2]), .spm_came_i(spm_rd_came_i[2]), .spm_data_i(spm_rd_data_i[2:P+1]),
    .beat_o(beat), .weight_o(weight)
  );

  // ---------------------------------------------------------------- rows
  logic     pass_valid, pass_next;
  pass_t    pass;
  segment_t segment;
  row_tag_t tag [1:Depth];                 // tag[i]: the row issued i cycles ago
  logic     stall;

  matrix_passes #(.Cfg(Cfg)) u_passes (
    .clk_i, .rst_ni,
    .push_valid_i(accept), .push_ready_o(passes_ready), .push_i(a_passes),
    .valid_o(pass_valid), .pass_o(pass), .next_i(pass_next)
  );

  matrix_rows #(.Cfg(Cfg), .Hazard(Hazard)) u_rows (
    .clk_i, .rst_ni,
    .push_valid_i(accept), .push_ready_o(rows_ready), .push_i(rows),
    .pass_valid_i(pass_valid), .pass_i(pass), .pass_next_o(pass_next),
    .tile_full_i(tile_full), .tile_take_o(tile_take),
    .spm_valid_o(spm_rd_valid_o[1:0]), .spm_word_o(spm_rd_word_o[0:1]), .segment_o(segment),
    .flight_i(tag[1:Hazard-1]), .tag_o(tag[1]), .stall_o(stall)
  );

  for (genvar i = 2; i <= Depth; i++) begin : gen_tag
    row_tag_t tag_q;
    logic     valid_q;
    always_ff @(posedge clk_i) begin
      if (!rst_ni) valid_q <= 1'b0;
      else         valid_q <= tag[i-1].valid;
    end
    always_ff @(posedge clk_i) begin
      if (tag[i-1].valid) tag_q <= tag[i-1];
    end
    always_comb begin
      tag[i]       = tag_q;
      tag[i].valid = valid_q;
    end
  end

  // ---------------------------------------------------------------- segment, array, accumulators
  segment_t           segment2_q, segment3_q, segment4_q, segment5_q;
  diff_t              operand_diff [Cfg.KDim];
  logic signed [31:0] dot [Cfg.NDim];

  always_ff @(posedge clk_i) begin
    if (tag[1].valid) segment2_q <= segment;
    if (tag[2].valid) segment3_q <= segment2_q;
    if (tag[3].valid) segment4_q <= segment3_q;
    if (tag[4].valid) segment5_q <= segment4_q;
  end

  matrix_segment #(.Cfg(Cfg)) u_segment (
    .clk_i,
    .valid_i(tag[5].valid), .segment_i(segment5_q),
    .low_i(spm_rd_data_i[0]), .high_i(spm_rd_data_i[1]),
    .diff_o(operand_diff)
  );

  matrix_array #(.Cfg(Cfg)) u_array (
    .clk_i,
    .beat_i(beat), .weight_i(weight),
    .row_i(tag[5].valid), .swap_i(tag[5].swap), .segment_i(operand_diff),
    .shift_i(tag[Depth-3].shift), .dot_o(dot)
  );

  // The data come four cycles later, with the dot products.
  logic acc_rd_valid_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) acc_rd_valid_q <= 1'b0;
    else         acc_rd_valid_q <= tag[AccAsk-1].valid && tag[AccAsk-1].read;
  end
  assign acc_rd_valid_o = acc_rd_valid_q;
  assign acc_rd_row_o   = tag[AccAsk].read_row;

  matrix_accumulate #(.Cfg(Cfg)) u_accumulate (
    .clk_i, .rst_ni,
    .next_i(tag[Depth-2]), .tag_i(tag[Depth-1]), .dot_i(dot), .data_i(acc_rd_data_i),
    .wr_valid_o(acc_wr_valid_o), .wr_row_o(acc_wr_row_o), .wr_data_o(acc_wr_data_o),
    .wr_lanes_o(acc_wr_lanes_o), .wr_gnt_i(acc_wr_gnt_i),
    .overflow_valid_o, .overflow_ctx_o
  );

  // ---------------------------------------------------------------- done
  // tag[Depth] goes with the write; what was written is visible two cycles later.
  typedef struct packed {
    girih_pkg::ctx_t ctx;
    logic [31:0]     index;
  } flight_t;

  flight_t flight;
  logic    flight_valid, last1_q, last2_q;
  logic [2:0] flight_count;

  prim_fifo #(.T(flight_t), .Depth(4)) u_flight (
    .clk_i, .rst_ni,
    .push_valid_i(accept), .push_ready_o(flight_ready),
    .push_data_i('{ctx: cmd_job_i.ctx, index: cmd_job_i.index}),
    .pop_valid_o(flight_valid), .pop_ready_i(last2_q), .pop_data_o(flight),
    .count_o(flight_count)
  );

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      last1_q    <= 1'b0;
      last2_q    <= 1'b0;
      activity_o <= '0;
    end else begin
      last1_q    <= tag[Depth].valid && tag[Depth].last;
      last2_q    <= last1_q;
      activity_o <= '{busy: flight_valid, ctx: flight.ctx, stall_mem: stall, stall_bus: 1'b0};
    end
  end

  assign done_valid_o = last2_q;
  assign done_o       = '{ctx: flight.ctx, index: flight.index, error: 4'd0, detail: '0};
  assign idle_o       = !flight_valid;

  logic unused;
  assign unused = ^{cmd_i, cmd_job_i, flight_count, spm_rd_ready_i, spm_rd_came_i};

  `ASSERT_STABLE(CmdStable, cmd_valid_i, cmd_ready_o, cmd_i)
  `ASSERT(SegmentsNeverWait, (spm_rd_valid_o[1:0] & ~spm_rd_ready_i[1:0]) == '0)
  `ASSERT(SegmentsComeInTime, spm_rd_came_i[0] == tag[5].valid)
  // Promised by the accumulators: a write is seen by reads that are requested from its cycle on, not earlier.
  for (genvar i = AccAsk + 1; i < Depth; i++) begin : gen_settled
    `ASSERT(ReadsSettledRows, !acc_rd_valid_o || !tag[i].valid || tag[i].row != acc_rd_row_o)
  end
  `ASSERT(DoneHasItsInstruction, !done_valid_o || flight_valid)
  `COVER(BackToBack, accept && tag[1].valid)
  `COVER(FourInFlight, flight_count == 3'd4)

endmodule
