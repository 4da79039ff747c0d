// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Accumulators: rows of NDim 32-bit lanes in two banks, even and odd rows, one read and one write per
// bank and cycle, lane enables. So VECTOR reads one tile while MATRIX accumulates the next.
//
//   read     clients ask as they ask the scratchpad (spm.sv): taken where rd_valid_i meets rd_ready_o (a
//            register), answered in order by rd_came_o, 3 cycles later when nobody is in the way; the
//            port's data register keeps them until its next answer
//   asks     0       MATRIX: never waits, has no queue, data exactly 2 cycles after the request
//            1..3    VECTOR a, b, c: one data port
//            4       STORE
//   fetch    an ask with rd_fetch_i = 0 reads nothing; it keeps its place among the asks of its client
//   write    granted in the cycle of the request; seen by reads of MATRIX from the second cycle on, by
//            others taken from the next cycle on
//   order    lower number wins in a bank
//   requests come from registers and stay until taken or granted
//
// Side-band: ram_cfg_i goes to every RAM, ram_err_o is any RAM's error.

`include "prim_assert.svh"

module acc #(
  parameter girih_pkg::cfg_t Cfg = girih_presets_pkg::Default,
  localparam int unsigned Asks       = 5,
  localparam int unsigned ReadPorts  = 3,
  localparam int unsigned WritePorts = 3,
  localparam int unsigned Lanes      = Cfg.NDim
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  input  logic [Asks-1:0]        rd_valid_i,
  input  logic [Asks-1:0]        rd_fetch_i,
  input  girih_pkg::acc_addr_t   rd_row_i [Asks],          // row index
  output logic [Asks-1:0]        rd_ready_o,
  output logic [Asks-1:0]        rd_came_o,
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

  typedef struct packed {
    logic             fetch;
    logic [Banks-1:0] want;                     // the bank, one hot; zero for none
    row_t             row;
  } ask_t;

  // The data port of an ask.
  function automatic int unsigned port_of(input int unsigned ask);
    return (ask == 0) ? 0 : (ask < 4) ? 1 : 2;
  endfunction

  // ---------------------------------------------------------------- asks wait for their banks
  ask_t            asked [Asks];
  ask_t            ask [Asks];
  logic [Asks-1:0] waits, wants, pop;           // an ask is there; it wants a bank; it goes

  always_comb begin
    for (int unsigned p = 0; p < Asks; p++) begin
      asked[p].fetch = rd_fetch_i[p];
      asked[p].want  = {rd_row_i[p][0], !rd_row_i[p][0]} & {2{rd_fetch_i[p]}};
      asked[p].row   = rd_row_i[p][RowWidth:1];
    end
  end

  assign ask[0]        = asked[0];
  assign waits[0]      = rd_valid_i[0];
  assign wants[0]      = rd_valid_i[0];
  assign rd_ready_o[0] = 1'b1;

  for (genvar p = 1; p < Asks; p++) begin : gen_ask
    prim_stream_reg #(.T(ask_t)) u_queue (
      .clk_i, .rst_ni,
      .in_valid_i(rd_valid_i[p]), .in_ready_o(rd_ready_o[p]), .in_data_i(asked[p]),
      .out_valid_o(waits[p]), .out_ready_i(pop[p]), .out_data_o(ask[p])
    );
    assign wants[p] = waits[p] && ask[p].fetch;
  end

  // ---------------------------------------------------------------- who gets which bank
  logic [Asks-1:0]      first;                  // the ask of its data port
  logic [Banks-1:0]     port_want [ReadPorts];
  row_t                 port_row [ReadPorts];
  logic [ReadPorts-1:0] rd_gnt;
  logic [Banks-1:0]     rd_select [ReadPorts];  // the granted bank of each port, one hot
  logic [Banks-1:0]     wr_want [WritePorts];
  logic [Banks-1:0]     wr_select [WritePorts];

  always_comb begin
    automatic logic [ReadPorts-1:0] taken = '0;
    first     = '0;
    port_want = '{default: '0};
    port_row  = '{default: '0};
    for (int unsigned a = 0; a < Asks; a++) begin
      if (wants[a]) begin
        first[a] = !taken[port_of(a)];
        if (first[a]) begin
          port_want[port_of(a)] |= ask[a].want;
          port_row[port_of(a)]  |= ask[a].row;
        end
        taken[port_of(a)] = 1'b1;
      end
    end
    for (int unsigned p = 0; p < WritePorts; p++) begin
      wr_want[p] = {wr_row_i[p][0], !wr_row_i[p][0]} & {2{wr_valid_i[p]}};
    end
  end

  mem_arb #(.Ports(ReadPorts), .Banks(Banks)) u_read_arb (
    .want_i(port_want), .keep_i(port_want), .gnt_o(rd_gnt), .bank_o(rd_select)
  );
  mem_arb #(.Ports(WritePorts), .Banks(Banks)) u_write_arb (
    .want_i(wr_want), .keep_i(wr_want), .gnt_o(wr_gnt_o), .bank_o(wr_select)
  );

  always_comb begin
    for (int unsigned a = 0; a < Asks; a++) begin
      pop[a] = waits[a] && (!ask[a].fetch || (first[a] && rd_gnt[port_of(a)]));
    end
  end

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
          rd_row |= port_row[p];
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
  logic [ReadPorts-1:0] rd_bank_q;
  logic [Asks-1:0]      came_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      rd_gnt_q  <= '0;
      came_q    <= '0;
      rd_came_o <= '0;
    end else begin
      rd_gnt_q  <= rd_gnt;
      came_q    <= pop;
      rd_came_o <= came_q;
    end
  end

  always_ff @(posedge clk_i) begin
    for (int unsigned p = 0; p < ReadPorts; p++) begin
      if (rd_gnt[p]) rd_bank_q[p] <= port_want[p][1];
      if (rd_gnt_q[p]) begin
        for (int unsigned l = 0; l < Lanes; l++) begin
          rd_data_o[p][l] <= bank_data[rd_bank_q[p]][32*l +: 32];
        end
      end
    end
  end

  // ---------------------------------------------------------------- promises
  for (genvar p = 0; p < Asks; p++) begin : gen_read_checks
    `ASSERT_STABLE(ReadStays, rd_valid_i[p], rd_ready_o[p], {rd_fetch_i[p], rd_row_i[p]})
    `ASSERT(ReadInRange, !rd_valid_i[p] || !rd_fetch_i[p] || 32'(rd_row_i[p]) < Rows)
    `COVER(ReadWaits, wants[p] && !rd_gnt[port_of(p)])
  end
  for (genvar p = 0; p < WritePorts; p++) begin : gen_write_checks
    `ASSERT_STABLE(WriteStays, wr_valid_i[p], wr_gnt_o[p], wr_row_i[p])
    `ASSERT(WriteInRange, !wr_valid_i[p] || 32'(wr_row_i[p]) < Rows)
    `COVER(WriteWaits, wr_valid_i[p] && !wr_gnt_o[p])
  end
  `ASSERT(MatrixReadWins, !rd_valid_i[0] || (rd_gnt[0] && rd_fetch_i[0]))
  `ASSERT(MatrixWriteWins, !wr_valid_i[0] || wr_gnt_o[0])

endmodule
