// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Accumulators: rows of NDim 32-bit lanes in two banks, even and odd rows, one read and one write per
// bank and cycle, lane enables. So VECTOR reads one tile while MATRIX accumulates the next.
//
//   read     granted in the cycle of the request (combinational), data exactly 2 cycles later, from a
//            register that keeps them until the data of the port's next granted read
//   write    granted in the cycle of the request; seen by reads granted from the second cycle on
//   order    lower port number wins in a bank: port 0 (MATRIX) is always granted
//   requests come from registers and stay until granted
//
// Side-band: ram_cfg_i goes to every RAM, ram_err_o is any RAM's error.

`include "prim_assert.svh"

module acc #(
  parameter girih_pkg::cfg_t Cfg = girih_presets_pkg::Default,
  localparam int unsigned ReadPorts  = 3,
  localparam int unsigned WritePorts = 3,
  localparam int unsigned Lanes      = Cfg.NDim
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  input  logic [ReadPorts-1:0]   rd_valid_i,
  input  girih_pkg::acc_addr_t   rd_row_i [ReadPorts],     // row index
  output logic [ReadPorts-1:0]   rd_gnt_o,
  output logic [31:0]            rd_data_o [ReadPorts][Lanes],

  input  logic [WritePorts-1:0]  wr_valid_i,
  input  girih_pkg::acc_addr_t   wr_row_i [WritePorts],
  input  logic [31:0]            wr_data_i [WritePorts][Lanes],
  input  logic [Lanes-1:0]       wr_lanes_i [WritePorts],
  output logic [WritePorts-1:0]  wr_gnt_o,

  input  logic [7:0]             ram_cfg_i,
  output logic                   ram_err_o
);

  localparam int unsigned Banks    = 2;
  localparam int unsigned Rows     = Cfg.AccKiB * 1024 / (4 * Lanes);
  localparam int unsigned RowWidth = $clog2(Rows / Banks);

  typedef logic [RowWidth-1:0] row_t;

  // ---------------------------------------------------------------- who gets which bank
  logic rd_bank [ReadPorts];
  logic wr_bank [WritePorts];

  always_comb begin
    for (int unsigned p = 0; p < ReadPorts; p++)  rd_bank[p] = rd_row_i[p][0];
    for (int unsigned p = 0; p < WritePorts; p++) wr_bank[p] = wr_row_i[p][0];
  end

  logic [Banks-1:0] rd_select [ReadPorts];      // the granted bank of each port, one hot
  logic [Banks-1:0] wr_select [WritePorts];

  mem_arb #(.Ports(ReadPorts), .Banks(Banks)) u_read_arb (
    .valid_i(rd_valid_i), .bank_i(rd_bank), .gnt_o(rd_gnt_o), .bank_o(rd_select)
  );
  mem_arb #(.Ports(WritePorts), .Banks(Banks)) u_write_arb (
    .valid_i(wr_valid_i), .bank_i(wr_bank), .gnt_o(wr_gnt_o), .bank_o(wr_select)
  );

  // ---------------------------------------------------------------- banks
  logic [32*Lanes-1:0] bank_data [Banks];
  logic [Banks-1:0]    bank_err;

  for (genvar b = 0; b < Banks; b++) begin : gen_bank
    logic                rd, wr;
    row_t                rd_row, wr_row;
    logic [Lanes-1:0]    wr_lanes;
    logic [32*Lanes-1:0] wr_data;

    // At most one port is granted the bank. Nothing moves while it is idle.
    always_comb begin
      rd     = 1'b0;
      rd_row = '0;
      for (int unsigned p = 0; p < ReadPorts; p++) begin
        if (rd_select[p][b]) begin
          rd      = 1'b1;
          rd_row |= rd_row_i[p][RowWidth:1];
        end
      end
    end

    always_comb begin
      wr       = 1'b0;
      wr_row   = '0;
      wr_lanes = '0;
      wr_data  = '0;
      for (int unsigned p = 0; p < WritePorts; p++) begin
        if (wr_select[p][b]) begin
          wr       = 1'b1;
          wr_row   = wr_row_i[p][RowWidth:1];
          wr_lanes = wr_lanes_i[p];
          for (int unsigned l = 0; l < Lanes; l++) wr_data[32*l +: 32] = wr_data_i[p][l];
        end
      end
    end

    prim_ram_1r1w #(.Width(32 * Lanes), .Depth(Rows / Banks), .LaneWidth(32)) u_ram (
      .clk_i, .rst_ni,
      .rd_valid_i(rd),
      .rd_addr_i (rd_row),
      .rd_data_o (bank_data[b]),
      .wr_valid_i(wr),
      .wr_addr_i (wr_row),
      .wr_data_i (wr_data),
      .wr_be_i   (wr_lanes),
      .cfg_i     (ram_cfg_i),
      .err_o     (bank_err[b])
    );
  end
  assign ram_err_o = |bank_err;

  // ---------------------------------------------------------------- read data
  logic [ReadPorts-1:0] rd_gnt_q;
  logic                 rd_bank_q [ReadPorts];

  always_ff @(posedge clk_i) begin
    if (!rst_ni) rd_gnt_q <= '0;
    else         rd_gnt_q <= rd_gnt_o;
  end

  always_ff @(posedge clk_i) begin
    for (int unsigned p = 0; p < ReadPorts; p++) begin
      if (rd_gnt_o[p]) rd_bank_q[p] <= rd_bank[p];
      if (rd_gnt_q[p]) begin
        for (int unsigned l = 0; l < Lanes; l++) begin
          rd_data_o[p][l] <= bank_data[rd_bank_q[p]][32*l +: 32];
        end
      end
    end
  end

  // ---------------------------------------------------------------- promises
  for (genvar p = 0; p < ReadPorts; p++) begin : gen_read_checks
    `ASSERT_STABLE(ReadStays, rd_valid_i[p], rd_gnt_o[p], rd_row_i[p])
    `ASSERT(ReadInRange, !rd_valid_i[p] || 32'(rd_row_i[p]) < Rows)
    `COVER(ReadWaits, rd_valid_i[p] && !rd_gnt_o[p])
  end
  for (genvar p = 0; p < WritePorts; p++) begin : gen_write_checks
    `ASSERT_STABLE(WriteStays, wr_valid_i[p], wr_gnt_o[p], wr_row_i[p])
    `ASSERT(WriteInRange, !wr_valid_i[p] || 32'(wr_row_i[p]) < Rows)
    `COVER(WriteWaits, wr_valid_i[p] && !wr_gnt_o[p])
  end
  `ASSERT(MatrixReadWins, !rd_valid_i[0] || rd_gnt_o[0])
  `ASSERT(MatrixWriteWins, !wr_valid_i[0] || wr_gnt_o[0])

endmodule
