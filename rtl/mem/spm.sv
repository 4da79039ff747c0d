// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Scratchpad: 8 banks of SpmWordBytes wide words, one read and one write per bank and cycle.
//
//   read     clients *ask*; an ask is taken where rd_valid_i meets rd_ready_o (a register), waits in a
//            queue of two until its bank is free, and is answered in order: rd_came_o of the ask, and the
//            data in its port's register, which keeps them until the port's next answer. 4 cycles from
//            the taken ask to the answer when nobody is in the way. Answers cannot be refused.
//   asks     0, 1         MATRIX activations: never wait, rd_ready_o is always high, 4 cycles exactly
//            2..1+P       MATRIX weights: taken together (rd_valid_i says which words are wanted),
//                         answered together when the last word is there
//            2+P..4+P     VECTOR a, b, c
//            5+P          STORE
//            6+P..8+P     index lists of LOAD and STORE, SETPARAM: one data port for the three
//   fetch    an ask with rd_fetch_i = 0 reads nothing; it keeps its place among the asks of its client
//   write    granted in the cycle of the request; seen by reads taken from the next cycle on
//   bank     low 3 bits of x ^ (x >> 3) ^ (x >> 5) ^ ...: successive words never collide
//   order    lower number wins in a bank and in a shared data port
//   requests come from registers and stay until taken or granted
//
//   rd_valid, rd_word --> hash --> [queue] --> mem_arb --> register --> [ bank 0 ] --\
//                           rd_ready_o          (pops the queue)        [  ...   ]    >-- mux --> rd_data_o
//                                                                       [ bank 7 ] --/         (register)
// No path leads from one client to another. The register behind the arbitration is there for the
// wires: the RAMs of a bank lie far apart.
// Side-band: ram_cfg_i goes to every RAM, ram_err_o is any RAM's error.

`include "prim_assert.svh"

module spm #(
  parameter girih_pkg::cfg_t Cfg = girih_presets_pkg::Default,
  localparam int unsigned WeightPorts = Cfg.WeightPort / Cfg.SpmWordBytes,
  localparam int unsigned VectorPorts = girih_pkg::vector_read_ports(Cfg.VecLanes, Cfg.SpmWordBytes),
  localparam int unsigned Asks       = 9 + WeightPorts,
  localparam int unsigned ReadPorts  = 4 + WeightPorts + VectorPorts,
  localparam int unsigned WritePorts = 2,
  localparam int unsigned WordBytes  = Cfg.SpmWordBytes,
  localparam int unsigned WordBits   = 8 * WordBytes
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  input  logic [Asks-1:0]        rd_valid_i,
  input  logic [Asks-1:0]        rd_fetch_i,
  input  girih_pkg::spm_addr_t   rd_word_i [Asks],         // word index
  output logic [Asks-1:0]        rd_ready_o,
  output logic [Asks-1:0]        rd_came_o,
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
  localparam int unsigned FirstWeight = 2;
  localparam int unsigned FirstVector = FirstWeight + WeightPorts;      // as ask and as data port
  localparam int unsigned StoreAsk    = FirstVector + 3;
  localparam int unsigned StorePort   = FirstVector + VectorPorts;

  if (Cfg.SpmWordBytes < Cfg.KDim || Cfg.SpmWordBytes < Cfg.NDim || Banks != 8) begin : gen_illegal
    $fatal(1, "spm: a word must hold KDim and NDim bytes, and there are 8 banks");
  end

  typedef logic [BankWidth-1:0] bank_t;
  typedef logic [RowWidth-1:0]  row_t;
  typedef logic [Banks-1:0]     want_t;             // the bank, one hot; zero for none

  typedef struct packed {
    logic  fetch;
    want_t want;
    row_t  row;
  } ask_t;

  // The data port of an ask.
  function automatic int unsigned port_of(input int unsigned ask);
    if (ask < FirstVector) return ask;
    if (ask < StoreAsk) return (VectorPorts == 1) ? FirstVector : ask;
    return (ask == StoreAsk) ? StorePort : StorePort + 1;
  endfunction

  // It has the port for itself: no choice stands before the arbitration.
  function automatic logic has_port(input int unsigned ask);
    return ask <= StoreAsk && (VectorPorts > 1 || ask < FirstVector || ask == StoreAsk);
  endfunction

  // The sum of all odd shifts, doubling its terms at every step.
  function automatic bank_t bank_of(input girih_pkg::spm_addr_t word);
    automatic girih_pkg::spm_addr_t odd = (word & girih_pkg::spm_addr_t'(Words - 1)) >> 3;
    odd ^= odd >> 2;
    odd ^= odd >> 4;
    odd ^= odd >> 8;
    odd ^= odd >> 16;
    return bank_t'(word) ^ bank_t'(odd);
  endfunction

  function automatic row_t row_of(input girih_pkg::spm_addr_t word);
    return RowWidth'(word >> BankWidth);
  endfunction

  // ---------------------------------------------------------------- asks wait for their banks
  // Where no ask is there, or it has been granted, its bank is none: nothing needs to look at more.
  ask_t            asked [Asks];       // at the port
  ask_t            ask [Asks];         // at the arbitration
  logic [Asks-1:0] waits, wants, pop;  // an ask is there; it wants a bank; it goes
  logic            weights_done;
  logic [ReadPorts-1:0] rd_gnt;

  always_comb begin
    for (int unsigned a = 0; a < Asks; a++) begin
      asked[a] = '0;
      if (rd_valid_i[a]) begin
        asked[a].fetch = rd_fetch_i[a];
        asked[a].want  = want_t'(rd_fetch_i[a]) << bank_of(rd_word_i[a]);
        asked[a].row   = row_of(rd_word_i[a]);
      end
    end
  end

  // MATRIX activations win every arbitration and never meet each other: a register is enough.
  for (genvar a = 0; a < FirstWeight; a++) begin : gen_fixed
    logic  valid_q;
    want_t want_q;
    row_t  row_q;
    always_ff @(posedge clk_i) begin
      if (!rst_ni) begin
        valid_q <= 1'b0;
        want_q  <= '0;
      end else if (rd_valid_i[a] || valid_q) begin
        valid_q <= rd_valid_i[a];
        want_q  <= asked[a].want;
      end
    end
    always_ff @(posedge clk_i) if (rd_valid_i[a]) row_q <= asked[a].row;
    assign ask[a]        = '{fetch: valid_q, want: want_q, row: row_q};
    assign waits[a]      = valid_q;
    assign wants[a]      = valid_q;
    assign rd_ready_o[a] = 1'b1;
  end

  // The others wait for their banks. The weights' words go together, and each one is granted by itself.
  for (genvar a = FirstWeight; a < Asks; a++) begin : gen_ask
    localparam logic IsWeight = a < FirstVector;
    mem_ask #(.Banks(Banks), .RowWidth(RowWidth)) u_ask (
      .clk_i, .rst_ni,
      .push_i(IsWeight ? rd_valid_i[FirstWeight +: WeightPorts] != '0 : rd_valid_i[a]),
      .room_o(rd_ready_o[a]),
      .fetch_i(asked[a].fetch), .want_i(asked[a].want), .row_i(asked[a].row),
      .full_o(waits[a]), .fetch_o(ask[a].fetch), .want_o(ask[a].want), .row_o(ask[a].row),
      .served_i(IsWeight && rd_gnt[port_of(a)]), .pop_i(pop[a])
    );
    assign wants[a] = ask[a].fetch;
  end

  // ---------------------------------------------------------------- who gets which bank
  logic [Asks-1:0]      first;                  // the ask of its data port
  want_t                port_want [ReadPorts];
  want_t                port_keep [ReadPorts];  // banks of all its asks
  row_t                 port_row [ReadPorts];
  want_t                vector_free;            // nobody before VECTOR keeps them
  want_t                rd_select [ReadPorts];  // the granted bank of each port, one hot
  want_t                wr_select [WritePorts];
  want_t                wr_want [WritePorts];

  always_comb begin
    automatic logic [ReadPorts-1:0] taken = '0;
    first     = '0;
    port_want = '{default: '0};
    port_keep = '{default: '0};
    port_row  = '{default: '0};
    for (int unsigned a = 0; a < Asks; a++) begin
      port_keep[port_of(a)] |= ask[a].want;
      first[a] = wants[a] && !taken[port_of(a)];
      if (has_port(a) || first[a]) begin
        port_want[port_of(a)] |= ask[a].want;
        port_row[port_of(a)]  |= ask[a].row;
      end
      if (wants[a]) taken[port_of(a)] = 1'b1;
    end
  end

  always_comb begin
    for (int unsigned p = 0; p < WritePorts; p++) begin
      wr_want[p] = '0;
      if (wr_valid_i[p]) wr_want[p] = want_t'(1) << bank_of(wr_word_i[p]);
    end
  end

  // A grant goes far: it looks at as little as can be. Words of one bank differ by a word of bank 0.
  assign wr_gnt_o[0]  = wr_valid_i[0];
  assign wr_gnt_o[1]  = wr_valid_i[1] && !(wr_valid_i[0] && bank_of(wr_word_i[0] ^ wr_word_i[1]) == '0);
  assign wr_select[0] = wr_want[0];
  assign wr_select[1] = wr_want[1] & ~wr_want[0];

  mem_arb #(.Ports(ReadPorts), .Banks(Banks)) u_read_arb (
    .want_i(port_want), .keep_i(port_keep), .gnt_o(rd_gnt), .bank_o(rd_select)
  );

  // VECTOR's asks: what each wants is compared beside the choice between them, not behind it.
  always_comb begin
    vector_free = '1;
    for (int unsigned a = 0; a < FirstVector; a++) vector_free &= ~ask[a].want;
  end

  assign weights_done = (wants[FirstWeight +: WeightPorts] & ~rd_gnt[FirstWeight +: WeightPorts]) == '0;
  always_comb begin
    for (int unsigned a = 0; a < Asks; a++) begin
      pop[a] = waits[a] && (!ask[a].fetch || ((has_port(a) || first[a]) && rd_gnt[port_of(a)]));
      if (a >= FirstWeight && a < FirstVector) pop[a] = waits[a] && weights_done;
      if (a >= FirstVector && a < StoreAsk && VectorPorts == 1) begin
        pop[a] = waits[a] && (!ask[a].fetch || (first[a] && (ask[a].want & vector_free) != '0));
      end
    end
  end

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
      if (rd_gnt[p]) begin
        bank_rd |= rd_select[p];
        for (int unsigned b = 0; b < Banks; b++) if (rd_select[p][b]) bank_rd_row[b] |= port_row[p];
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
  logic [ReadPorts-1:0] rd_gnt_q, rd_here_q;
  bank_t                rd_bank_q [ReadPorts];
  bank_t                rd_from_q [ReadPorts];
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

  function automatic bank_t place(input want_t want);
    automatic bank_t found = '0;
    for (int unsigned b = 0; b < Banks; b++) if (want[b]) found |= bank_t'(b);
    return found;
  endfunction

  // Data move only on ports that were granted: idle ports cost neither power nor simulation time.
  always_ff @(posedge clk_i) begin
    for (int unsigned p = 0; p < ReadPorts; p++) begin
      if (rd_gnt[p])    rd_bank_q[p] <= place(port_want[p]);
      if (rd_gnt_q[p])  rd_from_q[p] <= rd_bank_q[p];
      if (rd_here_q[p]) rd_data_o[p] <= bank_data[rd_from_q[p]];
    end
  end

  // ---------------------------------------------------------------- promises
  for (genvar a = 0; a < Asks; a++) begin : gen_read_checks
    `ASSERT_STABLE(ReadStays, rd_valid_i[a], rd_ready_o[a], {rd_fetch_i[a], rd_word_i[a]})
    `ASSERT(ReadInRange, !rd_valid_i[a] || !rd_fetch_i[a] || 32'(rd_word_i[a]) < Words)
    `COVER(ReadWaits, wants[a] && !rd_gnt[port_of(a)])
  end
  for (genvar a = 0; a < FirstWeight; a++) begin : gen_fixed_checks
    `ASSERT(AlwaysGranted, !waits[a] || rd_gnt[a])
    `ASSERT(AlwaysFetches, !rd_valid_i[a] || rd_fetch_i[a])
  end
  for (genvar p = 0; p < WritePorts; p++) begin : gen_write_checks
    `ASSERT_STABLE(WriteStays, wr_valid_i[p], wr_gnt_o[p], wr_word_i[p])
    `ASSERT(WriteInRange, !wr_valid_i[p] || 32'(wr_word_i[p]) < Words)
  end
  `ASSERT(FirstWriteWins, !wr_valid_i[0] || wr_gnt_o[0])
  `COVER(AllBanksRead, &bank_rd)
  `COVER(WeightsPartly, waits[FirstWeight] && !weights_done && rd_gnt[FirstWeight +: WeightPorts] != '0)
  `COVER(PortContended, |(wants & ~first))

endmodule
