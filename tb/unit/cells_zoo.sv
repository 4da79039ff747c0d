// SPDX-License-Identifier: Apache-2.0
//
// RTL of many shapes for Yosys to map to ECP5 cells: cells_zoo_test.cpp simulates it three times, as it
// stands, as a netlist on the models of rtl/fpga/ecp5_cells, and as the text of netlist_model.py.
//
// Everything that a read port returns is defined: the test writes all memories first and never reads
// what is being written at the same time.

module cells_zoo #(
  localparam int unsigned Deep = 10               // address bits of the memories
) (
  input  logic            clk_i,
  input  logic            rst_ni,
  input  logic [35:0]     a_i, b_i,
  input  logic [17:0]     c_i,
  input  logic            en_i, we_i, re_i,
  input  logic [3:0]      be_i,
  input  logic [13:0]     waddr_i, raddr_i,

  output logic [35:0]     sum_o, difference_o, product_o, product_signed_o, product_9_o,
  output logic [47:0]     product_24_o,
  output logic [5:0]      compare_o,
  output logic [4:0]      ones_o, first_o,
  output logic [35:0]     shifted_o,
  output logic [15:0]     select_o,
  output logic [17:0]     plain_q, enabled_q, reset_q, reset_enabled_q, set_q, enable_first_q, async_q,
  output logic [17:0]     falling_q, low_enable_q, counter_q,
  output logic [35:0]     ram_36_o, ram_18_o, ram_reset_o,
  output logic [8:0]      ram_9_o,
  output logic [3:0]      ram_4_o,
  output logic [1:0]      ram_2_o,
  output logic            ram_1_o,
  output logic [17:0]     ram_first_o, ram_through_o, ram_hold_o,
  output logic [17:0]     shallow_16_o, shallow_32_o
);

  // ---------------------------------------------------------------- logic, carries, products
  assign sum_o            = a_i + b_i + 36'(en_i);
  assign difference_o     = a_i - b_i;
  assign product_o        = 36'(a_i[17:0]) * 36'(b_i[17:0]);
  assign product_signed_o = 36'($signed(a_i[17:0]) * $signed(b_i[17:0]));
  assign product_9_o      = {18'($signed(a_i[8:0]) * $signed(b_i[8:0])), 18'(a_i[17:9]) * 18'(b_i[17:9])};
  assign product_24_o     = 48'(a_i[23:0]) * 48'(b_i[23:0]);
  assign compare_o        = {a_i == b_i, a_i < b_i, $signed(a_i) < $signed(b_i), a_i[9:0] <= b_i[9:0],
                             a_i[4:0] == b_i[4:0], &a_i[6:0]};
  assign shifted_o        = a_i << b_i[5:0];
  always_comb begin
    ones_o  = '0;
    first_o = 5'd18;
    for (int unsigned i = 0; i < 18; i++) ones_o += 5'(c_i[i]);
    for (int unsigned i = 18; i > 0; i--) if (c_i[i-1]) first_o = 5'(i - 1);
    for (int unsigned i = 0; i < 16; i++) select_o[i] = c_i[a_i[i] ? {1'b0, 4'(b_i >> i)} : 5'(i) ^ {1'b0, b_i[3:0]}];
  end

  // ---------------------------------------------------------------- flip-flops
  always_ff @(posedge clk_i) begin
    plain_q <= c_i;
    if (en_i) enabled_q <= c_i;
    if (!en_i) low_enable_q <= c_i ^ a_i[17:0];
    if (!rst_ni) reset_q <= '0;
    else         reset_q <= c_i;
    if (!rst_ni)   reset_enabled_q <= '0;
    else if (en_i) reset_enabled_q <= a_i[17:0];
    if (!rst_ni) set_q <= 18'h2a5a5;
    else         set_q <= b_i[17:0];
    if (en_i) begin
      if (!rst_ni) enable_first_q <= '0;
      else         enable_first_q <= c_i;
    end
    if (!rst_ni)   counter_q <= '0;
    else if (we_i) counter_q <= counter_q + 18'd1;
  end
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)   async_q <= 18'h0f0f0;
    else if (en_i) async_q <= c_i;
  end
  always_ff @(negedge clk_i) if (en_i) falling_q <= c_i;

  // ---------------------------------------------------------------- memories
  logic [Deep-1:0] wa, ra;
  assign wa = waddr_i[Deep-1:0];
  assign ra = raddr_i[Deep-1:0];

  logic [35:0] mem_36 [512], mem_reset [512];
  logic [35:0] mem_18 [1 << Deep];
  logic [8:0]  mem_9 [2048];
  logic [3:0]  mem_4 [4096];
  logic [1:0]  mem_2 [8192];
  logic        mem_1 [16384];
  logic [17:0] mem_first [1 << Deep], mem_through [1 << Deep], mem_hold [1 << Deep];
  logic [17:0] shallow_16 [16];
  logic [17:0] shallow_32 [32];

  always_ff @(posedge clk_i) begin
    for (int unsigned i = 0; i < 4; i++) begin
      if (we_i && be_i[i]) mem_36[wa[8:0]][9*i +: 9] <= a_i[9*i +: 9];
      if (we_i && be_i[i]) mem_18[wa][9*i +: 9] <= a_i[9*i +: 9];
    end
    if (we_i) mem_reset[wa[8:0]] <= b_i;
    if (we_i) mem_9[waddr_i[10:0]] <= a_i[8:0];
    if (we_i) mem_4[waddr_i[11:0]] <= a_i[3:0];
    if (we_i) mem_2[waddr_i[12:0]] <= a_i[1:0];
    if (we_i) mem_1[waddr_i] <= a_i[0];
    if (we_i) shallow_16[waddr_i[3:0]] <= c_i;
    if (we_i) shallow_32[waddr_i[4:0]] <= c_i;
    if (re_i) ram_36_o <= mem_36[ra[8:0]];
    if (re_i) ram_18_o <= mem_18[ra];
    if (re_i) ram_9_o <= mem_9[raddr_i[10:0]];
    if (re_i) ram_4_o <= mem_4[raddr_i[11:0]];
    if (re_i) ram_2_o <= mem_2[raddr_i[12:0]];
    if (re_i) ram_1_o <= mem_1[raddr_i];
    if (!rst_ni)   ram_reset_o <= '0;
    else if (re_i) ram_reset_o <= mem_reset[ra[8:0]];
  end

  // One port that reads and writes: the old word, the new one, none.
  always_ff @(posedge clk_i) begin
    if (en_i) begin
      ram_first_o <= mem_first[wa];
      if (we_i) mem_first[wa] <= c_i;
    end
  end
  always_ff @(posedge clk_i) begin
    if (en_i) begin
      ram_through_o <= we_i ? c_i : mem_through[wa];
      if (we_i) mem_through[wa] <= c_i;
    end
  end
  always_ff @(posedge clk_i) begin
    if (en_i) begin
      if (we_i) mem_hold[wa] <= c_i;
      else      ram_hold_o <= mem_hold[wa];
    end
  end

  assign shallow_16_o    = shallow_16[raddr_i[3:0]];
  assign shallow_32_o = shallow_32[raddr_i[4:0]];

endmodule
