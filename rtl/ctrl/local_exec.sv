// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Executes the frontend's own instructions, one at a time: SETPARAM (immediate or a scratchpad word)
// and FENCE (a 64-bit write, then maybe an interrupt). Commands arrive with their tokens taken; a
// FENCE with everything earlier of its context retired.
//
//   latency       SETPARAM immediate 2 cycles; from the scratchpad 2 after the word came; FENCE 2 cycles,
//                 with a write the time AXI takes
//   back-pressure cmd_ready_o = 0 while one is executed; done has none
//   errors        WRITE_SLVERR, WRITE_DECERR with the offset of the beat in the window

`include "prim_assert.svh"

module local_exec
  import girih_pkg::*;
  import girih_ctrl_pkg::*;
  import girih_isa_pkg::*;
#(
  parameter cfg_t Cfg = girih_presets_pkg::Default,
  localparam int unsigned BusBits = 8 * Cfg.BusBytes,
  localparam int unsigned SpmBits = 8 * Cfg.SpmWordBytes,
  localparam int unsigned SpmIndexWidth = SpmAddrWidth - $clog2(Cfg.SpmWordBytes)
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,

  input  logic                    cmd_valid_i,
  output logic                    cmd_ready_o,
  input  job_t                    cmd_job_i,
  input  logic [1023:0]           cmd_i,
  output logic                    done_valid_o,
  output done_t                   done_o,

  output logic                    param_valid_o,
  output ctx_t                    param_ctx_o,
  output logic [4:0]              param_index_o,
  output logic [31:0]             param_data_o,

  output logic                    irq_valid_o,        // with done_valid_o, of done_o.ctx

  output logic                    spm_rd_valid_o,
  output logic [SpmIndexWidth-1:0] spm_rd_word_o,
  input  logic                    spm_rd_ready_i,
  input  logic                    spm_rd_came_i,
  input  logic [SpmBits-1:0]      spm_rd_data_i,      // with spm_rd_came_i

  output logic                    aw_valid_o,
  input  logic                    aw_ready_i,
  output logic [AxiAddrWidth-1:0] aw_addr_o,
  output ctx_t                    aw_user_o,
  output logic                    w_valid_o,
  input  logic                    w_ready_i,
  output logic [BusBits-1:0]      w_data_o,
  output logic [Cfg.BusBytes-1:0] w_strb_o,
  input  logic                    b_valid_i,
  output logic                    b_ready_o,
  input  logic [1:0]              b_resp_i,
  output traffic_t                traffic_o
);

  localparam int unsigned BusShift  = $clog2(Cfg.BusBytes);
  localparam int unsigned SpmShift  = $clog2(Cfg.SpmWordBytes);

  typedef enum logic [2:0] {
    StIdle,       // takes a command
    StRead,       // scratchpad word asked for
    StData,       // until it comes
    StWrite,      // address and data offered
    StResponse,   // write response awaited
    StDone        // parameter written, reported
  } state_e;
  state_e state_q;

  // Copied with the command.
  fence_t      fence;
  setparam_t   setparam;
  assign fence    = fence_t'(cmd_i);
  assign setparam = setparam_t'(cmd_i);

  job_t        job_q;
  logic        is_fence_q, irq_q;
  logic [31:0] offset_q, detail_q;
  logic [63:0] seq_q;
  logic [4:0]  param_q;
  logic [31:0] value_q;
  spm_addr_t   local_q;
  logic [3:0]  error_q;

  logic take;
  assign cmd_ready_o = state_q == StIdle;
  assign take        = cmd_valid_i && cmd_ready_o;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q    <= StIdle;
      aw_valid_o <= 1'b0;
      w_valid_o  <= 1'b0;
    end else begin
      unique case (state_q)
        StIdle: if (take) begin
          if (fence.opcode == OpFence) begin
            state_q    <= fence.write ? StWrite : StDone;
            aw_valid_o <= fence.write;
            w_valid_o  <= fence.write;
          end else begin
            state_q <= (setparam.source == SourceSpm) ? StRead : StDone;
          end
        end
        StRead: if (spm_rd_ready_i) state_q <= StData;
        StData: if (spm_rd_came_i) state_q <= StDone;
        StWrite: begin
          if (aw_ready_i) aw_valid_o <= 1'b0;
          if (w_ready_i) w_valid_o <= 1'b0;
          if ((aw_ready_i || !aw_valid_o) && (w_ready_i || !w_valid_o)) state_q <= StResponse;
        end
        StResponse: if (b_valid_i) state_q <= StDone;
        StDone:     state_q <= StIdle;
        default:    state_q <= StIdle;
      endcase
    end
  end

  logic [31:0] word;      // of the scratchpad row
  if (SpmShift == 2) begin : gen_word
    assign word = spm_rd_data_i[31:0];
  end else begin : gen_select
    assign word = spm_rd_data_i[{local_q[SpmShift-1:2], 5'd0} +: 32];
  end

  always_ff @(posedge clk_i) begin
    if (take) begin
      job_q      <= cmd_job_i;
      is_fence_q <= fence.opcode == OpFence;
      irq_q      <= fence.irq;
      offset_q   <= fence.offset;
      seq_q      <= {fence.seq_hi, fence.seq_lo};
      param_q    <= setparam.param;
      value_q    <= setparam.value;
      local_q    <= cmd_job_i.spm_base + spm_addr_t'(setparam.local_);
      error_q    <= ErrNone;
      detail_q   <= '0;
    end
    if (state_q == StData) value_q <= word;
    if (state_q == StResponse && b_valid_i && b_resp_i[1]) begin
      error_q  <= b_resp_i[0] ? ErrWriteDecerr : ErrWriteSlverr;
      detail_q <= {offset_q[31:BusShift], BusShift'(0)};
    end
  end

  assign done_valid_o  = state_q == StDone;
  assign done_o        = '{ctx: job_q.ctx, index: job_q.index, error: error_q, detail: detail_q};
  assign irq_valid_o   = done_valid_o && is_fence_q && irq_q && error_q == ErrNone;
  assign param_valid_o = done_valid_o && !is_fence_q;
  assign param_ctx_o   = job_q.ctx;
  assign param_index_o = param_q;
  assign param_data_o  = value_q;

  assign spm_rd_valid_o = state_q == StRead;
  assign spm_rd_word_o  = local_q[SpmAddrWidth-1:SpmShift];

  // The write is aligned down to a beat; strobes choose its eight bytes.
  logic [AxiAddrWidth-1:0] address;
  assign address   = {job_q.win_base, 12'b0} + AxiAddrWidth'(offset_q);
  assign aw_addr_o = {address[AxiAddrWidth-1:BusShift], BusShift'(0)};
  assign aw_user_o = job_q.ctx;
  assign b_ready_o = state_q == StResponse;
  for (genvar i = 0; i < int'(Cfg.BusBytes) / 8; i++) begin : gen_lane
    assign w_data_o[64*i +: 64] = seq_q;
    if (Cfg.BusBytes == 8) begin : gen_only
      assign w_strb_o[8*i +: 8] = '1;
    end else begin : gen_one_of
      assign w_strb_o[8*i +: 8] = {8{address[BusShift-1:3] == (BusShift-3)'(i)}};
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) traffic_o.valid <= 1'b0;
    else traffic_o.valid <= w_valid_o && w_ready_i;
    if (w_valid_o && w_ready_i) begin
      traffic_o.ctx   <= job_q.ctx;
      traffic_o.bytes <= 12'd8;
    end
  end

  `ASSERT_STABLE(AwStable, aw_valid_o, aw_ready_i, {aw_addr_o, aw_user_o})
  `ASSERT_STABLE(WStable, w_valid_o, w_ready_i, {w_data_o, w_strb_o})
  `ASSERT_STABLE(SpmStable, spm_rd_valid_o, spm_rd_ready_i, spm_rd_word_o)
  `ASSERT(WordAwaited, !spm_rd_came_i || state_q == StData)
  `ASSERT(OnlyOwn, !take || fence.opcode == OpFence || fence.opcode == OpSetparam)
  `COVER(ParamFromSpm, state_q == StData)
  `COVER(FenceFails, state_q == StResponse && b_valid_i && b_resp_i[1])
  `COVER(DataBeforeAddress, state_q == StWrite && w_ready_i && !aw_ready_i)

endmodule
