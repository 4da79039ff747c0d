// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// The matrix engine on its memories, the other clients' ports brought out for the test's agents.

module matrix_bench (
  input  logic                 clk_i,
  input  logic                 rst_ni,

  input  logic                 cmd_valid_i,
  output logic                 cmd_ready_o,
  input  logic [1023:0]        cmd_i,
  input  girih_pkg::ctx_t      job_ctx_i,
  input  logic [31:0]          job_index_i,
  input  girih_pkg::spm_addr_t job_spm_base_i,
  input  girih_pkg::acc_addr_t job_acc_base_i,

  output logic                 done_valid_o,
  output girih_pkg::ctx_t      done_ctx_o,
  output logic [31:0]          done_index_o,
  output logic                 idle_o,
  output logic                 busy_o,
  output girih_pkg::ctx_t      busy_ctx_o,
  output logic                 stall_o,
  output logic                 row_o,               // a row is written: the array's work of a cycle
  output logic                 overflow_valid_o,
  output girih_pkg::ctx_t      overflow_ctx_o,
  output logic                 err_o,

  input  logic [6:0]           spm_rd_valid_i,      // VECTOR a, b, c, STORE, lists
  input  girih_pkg::spm_addr_t spm_rd_word_i [7],
  output logic [6:0]           spm_rd_ready_o,
  input  logic [1:0]           spm_wr_valid_i,
  input  girih_pkg::spm_addr_t spm_wr_word_i [2],
  input  logic [8*girih_presets_pkg::Default.SpmWordBytes-1:0] spm_wr_data_i [2],
  output logic [1:0]           spm_wr_gnt_o,

  input  logic [1:0]           acc_rd_valid_i,
  input  girih_pkg::acc_addr_t acc_rd_row_i [2],
  output logic [1:0]           acc_rd_ready_o,
  output logic [31:0]          acc_rd_data_o [2][girih_presets_pkg::Default.NDim],
  input  logic [1:0]           acc_wr_valid_i,
  input  girih_pkg::acc_addr_t acc_wr_row_i [2],
  input  logic [31:0]          acc_wr_data_i [2][girih_presets_pkg::Default.NDim],
  output logic [1:0]           acc_wr_gnt_o
);

  localparam girih_pkg::cfg_t Cfg = girih_presets_pkg::Default;
  localparam int unsigned N  = Cfg.NDim;
  localparam int unsigned M  = 2 + Cfg.WeightPort / Cfg.SpmWordBytes;    // read ports of the engine
  localparam int unsigned R  = M + 2 + girih_pkg::vector_read_ports(Cfg.VecLanes, Cfg.SpmWordBytes);
  localparam int unsigned WB = Cfg.SpmWordBytes;

  logic [M+6:0]         rd_valid, rd_ready, rd_came;
  girih_pkg::spm_addr_t rd_word [M+7];
  logic [8*WB-1:0]      rd_data [R];
  logic [WB-1:0]        wr_be [2];
  logic                 spm_err, acc_err;

  assign rd_valid[M+6:M] = spm_rd_valid_i;
  assign rd_word[M:M+6]  = spm_rd_word_i;
  assign spm_rd_ready_o  = rd_ready[M+6:M];
  assign wr_be           = '{default: '1};
  assign err_o           = spm_err || acc_err;

  spm u_spm (
    .clk_i, .rst_ni,
    .rd_valid_i(rd_valid), .rd_fetch_i('1), .rd_word_i(rd_word), .rd_ready_o(rd_ready), .rd_came_o(rd_came),
    .rd_data_o(rd_data),
    .wr_valid_i(spm_wr_valid_i), .wr_word_i(spm_wr_word_i), .wr_data_i(spm_wr_data_i), .wr_be_i(wr_be),
    .wr_gnt_o(spm_wr_gnt_o), .ram_cfg_i('0), .ram_err_o(spm_err)
  );

  logic                 e_rd_valid, e_wr_valid;
  girih_pkg::acc_addr_t e_rd_row, e_wr_row;
  logic [31:0]          e_wr_data [N];
  logic [N-1:0]         e_wr_lanes;
  logic [2:0]           a_wr_gnt;
  logic [4:0]           a_rd_ready, a_rd_came;
  logic [31:0]          a_rd_data [3][N];
  girih_pkg::acc_addr_t a_rd_row [5], a_wr_row [3];
  logic [31:0]          a_wr_data [3][N];
  logic [N-1:0]         a_wr_lanes [3];

  assign a_rd_row      = '{e_rd_row, acc_rd_row_i[0], '0, '0, acc_rd_row_i[1]};
  assign a_wr_row      = '{e_wr_row, acc_wr_row_i[0], acc_wr_row_i[1]};
  assign a_wr_lanes    = '{e_wr_lanes, '1, '1};
  assign a_wr_data[0]  = e_wr_data;
  assign a_wr_data[1]  = acc_wr_data_i[0];
  assign a_wr_data[2]  = acc_wr_data_i[1];
  assign acc_rd_data_o[0] = a_rd_data[1];
  assign acc_rd_data_o[1] = a_rd_data[2];
  assign acc_rd_ready_o = {a_rd_ready[4], a_rd_ready[1]};
  assign acc_wr_gnt_o  = a_wr_gnt[2:1];

  acc u_acc (
    .clk_i, .rst_ni,
    .rd_valid_i({acc_rd_valid_i[1], 2'b00, acc_rd_valid_i[0], e_rd_valid}), .rd_fetch_i('1),
    .rd_row_i(a_rd_row), .rd_ready_o(a_rd_ready), .rd_came_o(a_rd_came), .rd_data_o(a_rd_data),
    .wr_valid_i({acc_wr_valid_i, e_wr_valid}), .wr_row_i(a_wr_row), .wr_data_i(a_wr_data),
    .wr_lanes_i(a_wr_lanes), .wr_gnt_o(a_wr_gnt), .ram_cfg_i('0), .ram_err_o(acc_err)
  );

  girih_pkg::job_t      job;
  girih_pkg::done_t     done;
  girih_pkg::activity_t activity;

  assign job = '{ctx: job_ctx_i, index: job_index_i, spm_base: job_spm_base_i, acc_base: job_acc_base_i,
                 win_base: '0, win_pages: '0};

  matrix_engine u_engine (
    .clk_i, .rst_ni,
    .cmd_valid_i, .cmd_ready_o, .cmd_job_i(job), .cmd_i(girih_isa_pkg::matrix_t'(cmd_i)),
    .done_valid_o, .done_o(done), .activity_o(activity), .idle_o, .overflow_valid_o, .overflow_ctx_o,
    .spm_rd_valid_o(rd_valid[M-1:0]), .spm_rd_word_o(rd_word[0:M-1]), .spm_rd_ready_i(rd_ready[M-1:0]),
    .spm_rd_came_i(rd_came[M-1:0]), .spm_rd_data_i(rd_data[0:M-1]),
    .acc_rd_valid_o(e_rd_valid), .acc_rd_row_o(e_rd_row), .acc_rd_data_i(a_rd_data[0]),
    .acc_wr_valid_o(e_wr_valid), .acc_wr_row_o(e_wr_row), .acc_wr_data_o(e_wr_data),
    .acc_wr_lanes_o(e_wr_lanes), .acc_wr_gnt_i(a_wr_gnt[0])
  );

  assign done_ctx_o   = done.ctx;
  assign done_index_o = done.index;
  assign busy_o       = activity.busy;
  assign busy_ctx_o   = activity.ctx;
  assign stall_o      = activity.stall_mem;
  assign row_o        = e_wr_valid;

  logic unused;
  assign unused = ^{done, activity, rd_came, a_rd_ready, a_rd_came};
  for (genvar p = M; p < R; p++) begin : gen_unused
    logic unused_data;
    assign unused_data = ^rd_data[p];
  end

endmodule
