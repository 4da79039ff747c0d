// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Scratchpad: hashed banks of words, one read and one write per bank and cycle, byte enables.
//
//   read     granted in the cycle of the request (combinational), data exactly 3 cycles later, from a
//            register that keeps them until the data of the port's next granted read
//   write    granted in the cycle of the request; seen by reads granted from the second cycle on
//   bank     low 3 bits of x ^ (x >> 3) ^ (x >> 5) ^ ...: successive words never collide
//   order    lower port number wins in a bank; who has which port: docs/blocks/interfaces.md
//   requests come from registers and stay until granted
//
//   rd_valid, rd_word --> hash --> mem_arb --> register --> [ bank 0 ] --\
//                                    | gnt                  [  ...   ]    >-- mux --> rd_data_o (register)
//                                                           [ bank 7 ] --/
// The register behind the arbitration is there for the wires: the RAMs of a bank lie far apart.
// Side-band: ram_cfg_i goes to every RAM, ram_err_o is any RAM's error.

`include "prim_assert.svh"

module spm #(
  parameter girih_pkg::cfg_t Cfg = girih_presets_pkg::Default,
  localparam int unsigned ReadPorts  = 4 + Cfg.WeightPort / Cfg.SpmWordBytes +
                                       girih_pkg::vector_read_ports(Cfg.VecLanes, Cfg.SpmWordBytes),
  localparam int unsigned WritePorts = 2,
  localparam int unsigned WordBytes  = Cfg.SpmWordBytes,
  localparam int unsigned WordBits   = 8 * WordBytes
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  input  logic [ReadPorts-1:0]   rd_valid_i,
  input  girih_pkg::spm_addr_t   rd_word_i [ReadPorts],    // word index
  output logic [ReadPorts-1:0]   rd_gnt_o,
  output logic [WordBits-1:0]    rd_data_o [ReadPorts],

  input  logic [WritePorts-1:0]  wr_valid_i,
  input  girih_pkg::spm_addr_t   wr_word_i [WritePorts],
  input  logic [WordBits-1:0]    wr_data_i [WritePorts],
  input  logic [WordBytes-1:0]   wr_be_i [WritePorts],
  output logic [WritePorts-1:0]  wr_gnt_o,

  input  logic [7:0]             ram_cfg_i,
  output logic                   ram_err_o
);

  localparam int unsigned Banks     = Cfg.SpmBanks;
  localparam int unsigned Words     = Cfg.SpmKiB * 1024 / WordBytes;
  localparam int unsigned Rows      = Words / Banks;
  localparam int unsigned BankWidth = $clog2(Banks);
  localparam int unsigned RowWidth  = $clog2(Rows);

  if (Cfg.SpmWordBytes < Cfg.KDim || Cfg.SpmWordBytes < Cfg.NDim || Banks != 8) begin : gen_illegal
    $fatal(1, "spm: a word must hold KDim and NDim bytes, and there are 8 banks");
  end

  typedef logic [BankWidth-1:0] bank_t;
  typedef logic [RowWidth-1:0]  row_t;

  // The sum of all odd shifts, doubling its terms at every step.
  function automatic bank_t bank_of(input girih_pkg::spm_addr_t word);
    automatic girih_pkg::spm_addr_t odd = word >> 3;
    odd ^= odd >> 2;
    odd ^= odd >> 4;
    odd ^= odd >> 8;
    odd ^= odd >> 16;
    return bank_t'(word) ^ bank_t'(odd);
  endfunction

  function automatic row_t row_of(input girih_pkg::spm_addr_t word);
    return RowWidth'(word >> BankWidth);
  endfunction

  // ---------------------------------------------------------------- who gets which bank
  bank_t rd_bank [ReadPorts];
  bank_t wr_bank [WritePorts];

  always_comb begin
    for (int unsigned p = 0; p < ReadPorts; p++)  rd_bank[p] = rd_valid_i[p] ? bank_of(rd_word_i[p]) : '0;
    for (int unsigned p = 0; p < WritePorts; p++) wr_bank[p] = wr_valid_i[p] ? bank_of(wr_word_i[p]) : '0;
  end

  logic [Banks-1:0] rd_select [ReadPorts];      // the granted bank of each port, one hot
  logic [Banks-1:0] wr_select [WritePorts];

  mem_arb #(.Ports(ReadPorts), .Banks(Banks)) u_read_arb (
    .valid_i(rd_valid_i), .bank_i(rd_bank), .gnt_o(rd_gnt_o), .bank_o(rd_select)
  );
  mem_arb #(.Ports(WritePorts), .Banks(Banks)) u_write_arb (
    .valid_i(wr_valid_i), .bank_i(wr_bank), .gnt_o(wr_gnt_o), .bank_o(wr_select)
  );

  // ---------------------------------------------------------------- what each bank does next
  // At most one port is granted a bank, so the selection is an OR and needs no priority of its own. What
  // a port may not have at all is skipped first: that is for simulation, a grant implies it.
  logic [Banks-1:0] bank_rd_q, bank_wr_q, bank_wr_port_q;
  row_t             bank_rd_row_q [Banks];
  row_t             bank_wr_row_q [Banks];
  logic [WordBits-1:0]  wr_data_q [WritePorts];
  logic [WordBytes-1:0] wr_be_q [WritePorts];

  logic [Banks-1:0] bank_rd, bank_wr, bank_wr_port;
  row_t             bank_rd_row [Banks];
  row_t             bank_wr_row [Banks];

  always_comb begin
    bank_rd     = '0;
    bank_rd_row = '{default: '0};
    for (int unsigned p = 0; p < ReadPorts; p++) begin
      if (rd_valid_i[p]) begin
        bank_rd |= rd_select[p];
        for (int unsigned b = 0; b < Banks; b++) begin
          if (rd_select[p][b]) bank_rd_row[b] |= row_of(rd_word_i[p]);
        end
      end
    end
  end

  always_comb begin
    bank_wr      = '0;
    bank_wr_port = '0;
    bank_wr_row  = '{default: '0};
    for (int unsigned p = 0; p < WritePorts; p++) begin
      if (wr_valid_i[p]) begin
        bank_wr |= wr_select[p];
        for (int unsigned b = 0; b < Banks; b++) begin
          if (wr_select[p][b]) begin
            bank_wr_port[b] = 1'(p);
            bank_wr_row[b] |= row_of(wr_word_i[p]);
          end
        end
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      bank_rd_q <= '0;
      bank_wr_q <= '0;
    end else begin
      bank_rd_q <= bank_rd;
      bank_wr_q <= bank_wr;
    end
  end

  always_ff @(posedge clk_i) begin
    if (bank_rd != '0) begin
      for (int unsigned b = 0; b < Banks; b++) if (bank_rd[b]) bank_rd_row_q[b] <= bank_rd_row[b];
    end
  end

  always_ff @(posedge clk_i) begin
    if (bank_wr != '0) begin
      bank_wr_port_q <= bank_wr_port;
      for (int unsigned b = 0; b < Banks; b++) if (bank_wr[b]) bank_wr_row_q[b] <= bank_wr_row[b];
    end
    for (int unsigned p = 0; p < WritePorts; p++) begin
      if (wr_valid_i[p]) begin
        wr_data_q[p] <= wr_data_i[p];
        wr_be_q[p]   <= wr_be_i[p];
      end
    end
  end

  // ---------------------------------------------------------------- banks
  logic [WordBits-1:0] bank_data [Banks];
  logic [Banks-1:0]    bank_err;

  for (genvar b = 0; b < Banks; b++) begin : gen_bank
    prim_ram_1r1w #(.Width(WordBits), .Depth(Rows), .LaneWidth(8)) u_ram (
      .clk_i, .rst_ni,
      .rd_valid_i(bank_rd_q[b]),
      .rd_addr_i (bank_rd_row_q[b]),
      .rd_data_o (bank_data[b]),
      .wr_valid_i(bank_wr_q[b]),
      .wr_addr_i (bank_wr_row_q[b]),
      .wr_data_i (wr_data_q[bank_wr_port_q[b]]),
      .wr_be_i   (wr_be_q[bank_wr_port_q[b]]),
      .cfg_i     (ram_cfg_i),
      .err_o     (bank_err[b])
    );
  end
  assign ram_err_o = |bank_err;

  // ---------------------------------------------------------------- read data
  logic [ReadPorts-1:0] rd_gnt_q, rd_came_q;
  bank_t                rd_bank_q [ReadPorts];
  bank_t                rd_from_q [ReadPorts];

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      rd_gnt_q  <= '0;
      rd_came_q <= '0;
    end else begin
      rd_gnt_q  <= rd_gnt_o;
      rd_came_q <= rd_gnt_q;
    end
  end

  // Data move only on ports that were granted: idle ports cost neither power nor simulation time.
  always_ff @(posedge clk_i) begin
    for (int unsigned p = 0; p < ReadPorts; p++) begin
      if (rd_gnt_o[p])  rd_bank_q[p] <= rd_bank[p];
      if (rd_gnt_q[p])  rd_from_q[p] <= rd_bank_q[p];
      if (rd_came_q[p]) rd_data_o[p] <= bank_data[rd_from_q[p]];
    end
  end

  // ---------------------------------------------------------------- promises
  for (genvar p = 0; p < ReadPorts; p++) begin : gen_read_checks
    `ASSERT_STABLE(ReadStays, rd_valid_i[p], rd_gnt_o[p], rd_word_i[p])
    `ASSERT(ReadInRange, !rd_valid_i[p] || 32'(rd_word_i[p]) < Words)
    `COVER(ReadWaits, rd_valid_i[p] && !rd_gnt_o[p])
  end
  for (genvar p = 0; p < WritePorts; p++) begin : gen_write_checks
    `ASSERT_STABLE(WriteStays, wr_valid_i[p], wr_gnt_o[p], wr_word_i[p])
    `ASSERT(WriteInRange, !wr_valid_i[p] || 32'(wr_word_i[p]) < Words)
  end
  `ASSERT(FirstReadWins, !rd_valid_i[0] || rd_gnt_o[0])
  `ASSERT(FirstWriteWins, !wr_valid_i[0] || wr_gnt_o[0])
  `COVER(AllBanksRead, &bank_rd)

endmodule
