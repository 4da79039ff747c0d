// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Accumulators: rows of NDim 32-bit lanes in two banks, even and odd rows, one read and one write per
// bank and cycle, lane enables. So VECTOR reads one tile while MATRIX accumulates the next.
//
//   read     clients ask as they ask the scratchpad (spm.sv): taken where rd_valid_i meets rd_ready_o (a
//            register), answered in order by rd_came_o, 4 cycles later when nobody is in the way; the
//            port's data register keeps them until its next answer
//   asks     0       MATRIX: never waits, has a register for a queue, data exactly 4 cycles after the request
//            1..3    VECTOR a, b, c: one data port
//            4       STORE
//   fetch    an ask with rd_fetch_i = 0 reads nothing; it keeps its place among the asks of its client
//   write    granted in the cycle of the request; seen by reads taken from that cycle on
//   order    lower number wins in a bank
//   requests come from registers and stay until taken or granted
//
// Arbitration starts from registers and ends in registers: the RAMs of a bank lie far apart, and nothing
// leads from one client to another but a write's grant.
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
      asked[p].fetch = rd_valid_i[p] && rd_fetch_i[p];
      asked[p].want  = {rd_row_i[p][0], !rd_row_i[p][0]} & {2{asked[p].fetch}};
      asked[p].row   = rd_row_i[p][RowWidth:1];
    end
  end

  // MATRIX wins every arbitration: a register is enough.
  logic             matrix_valid_q;
  logic [Banks-1:0] matrix_want_q;
  row_t             matrix_row_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      matrix_valid_q <= 1'b0;
      matrix_want_q  <= '0;
    end else begin
      matrix_valid_q <= rd_valid_i[0];
      matrix_want_q  <= asked[0].want;
    end
  end
  always_ff @(posedge clk_i) if (rd_valid_i[0]) matrix_row_q <= asked[0].row;

  assign ask[0]        = '{fetch: matrix_valid_q, want: matrix_want_q, row: matrix_row_q};
  assign waits[0]      = matrix_valid_q;
  assign wants[0]      = matrix_valid_q;
  assign rd_ready_o[0] = 1'b1;

  for (genvar p = 1; p < Asks; p++) begin : gen_ask
    mem_ask #(.Banks(Banks), .RowWidth(RowWidth)) u_ask (
      .clk_i, .rst_ni,
      .push_i(rd_valid_i[p]), .room_o(rd_ready_o[p]),
      .fetch_i(asked[p].fetch), .want_i(asked[p].want), .row_i(asked[p].row),
      .full_o(waits[p]), .fetch_o(ask[p].fetch), .want_o(ask[p].want), .row_o(ask[p].row),
      .served_i(1'b0), .pop_i(pop[p])
    );
    assign wants[p] = ask[p].fetch;
  end

  // ---------------------------------------------------------------- who gets which bank
  logic [Asks-1:0]      first;                  // the ask of its data port
  logic [Banks-1:0]     port_want [ReadPorts];
  logic [Banks-1:0]     port_keep [ReadPorts];  // banks of all its asks
  row_t                 port_row [ReadPorts];
  logic [ReadPorts-1:0] rd_gnt;
  logic [Banks-1:0]     rd_select [ReadPorts];  // the granted bank of each port, one hot
  logic [Banks-1:0]     wr_select [WritePorts];

  always_comb begin
    automatic logic [ReadPorts-1:0] taken = '0;
    first     = '0;
    port_want = '{default: '0};
    port_keep = '{default: '0};
    port_row  = '{default: '0};
    for (int unsigned a = 0; a < Asks; a++) begin
      port_keep[port_of(a)] |= ask[a].want;
      if (wants[a]) begin
        first[a] = !taken[port_of(a)];
        if (first[a]) begin
          port_want[port_of(a)] |= ask[a].want;
          port_row[port_of(a)]  |= ask[a].row;
        end
        taken[port_of(a)] = 1'b1;
      end
    end
  end

  // A grant goes far: it looks at as little as can be.
  always_comb begin
    for (int unsigned p = 0; p < WritePorts; p++) begin
      wr_gnt_o[p] = wr_valid_i[p];
      for (int unsigned l = 0; l < p; l++) begin
        if (wr_valid_i[l] && wr_row_i[l][0] == wr_row_i[p][0]) wr_gnt_o[p] = 1'b0;
      end
      wr_select[p] = {wr_row_i[p][0], !wr_row_i[p][0]} & {2{wr_gnt_o[p]}};
    end
  end

  mem_arb #(.Ports(ReadPorts), .Banks(Banks)) u_read_arb (
    .want_i(port_want), .keep_i(port_keep), .gnt_o(rd_gnt), .bank_o(rd_select)
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
    logic                rd, wr, rd_q, wr_q;
    row_t                rd_row, wr_row, rd_row_q, wr_row_q;
    logic [Lanes-1:0]    wr_lanes, wr_lanes_q;
    logic [32*Lanes-1:0] wr_data, wr_data_q;

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

    always_ff @(posedge clk_i) begin
      if (!rst_ni) begin
        rd_q <= 1'b0;
        wr_q <= 1'b0;
      end else begin
        rd_q <= rd;
        wr_q <= wr;
      end
    end
    always_ff @(posedge clk_i) begin
      if (rd) rd_row_q <= rd_row;
      if (wr) begin
        wr_row_q   <= wr_row;
        wr_lanes_q <= wr_lanes;
        wr_data_q  <= wr_data;
      end
    end

    prim_ram_1r1w #(.Width(32 * Lanes), .Depth(Rows / Banks), .LaneWidth(32)) u_ram (
      .clk_i, .rst_ni,
      .rd_valid_i(rd_q),
      .rd_addr_i (rd_row_q),
      .rd_data_o (bank_data[b]),
      .wr_valid_i(wr_q),
      .wr_addr_i (wr_row_q),
      .wr_data_i (wr_data_q),
      .wr_be_i   (wr_lanes_q),
      .cfg_i     (ram_cfg_i),
      .err_o     (bank_err[b])
    );
  end
  assign ram_err_o = |bank_err;

  // ---------------------------------------------------------------- read data
  logic [ReadPorts-1:0] rd_gnt_q, rd_here_q;
  logic [ReadPorts-1:0] rd_bank_q, rd_from_q;
  logic [Asks-1:0]      came1_q, came2_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      rd_gnt_q  <= '0;
      rd_here_q <= '0;
      came1_q   <= '0;
      came2_q   <= '0;
      rd_came_o <= '0;
    end else begin
      rd_gnt_q  <= rd_gnt;
      rd_here_q <= rd_gnt_q;
      came1_q   <= pop;
      came2_q   <= came1_q;
      rd_came_o <= came2_q;
    end
  end

  always_ff @(posedge clk_i) begin
    for (int unsigned p = 0; p < ReadPorts; p++) begin
      if (rd_gnt[p]) rd_bank_q[p] <= port_want[p][1];
      if (rd_gnt_q[p]) rd_from_q[p] <= rd_bank_q[p];
      if (rd_here_q[p]) begin
        for (int unsigned l = 0; l < Lanes; l++) begin
          rd_data_o[p][l] <= bank_data[rd_from_q[p]][32*l +: 32];
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
  `ASSERT(MatrixReadWins, !matrix_valid_q || rd_gnt[0])
  `ASSERT(MatrixFetches, !rd_valid_i[0] || rd_fetch_i[0])
  `ASSERT(MatrixWriteWins, !wr_valid_i[0] || wr_gnt_o[0])

endmodule
