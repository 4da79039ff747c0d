// SPDX-License-Identifier: Apache-2.0
//
// Every cell of rtl/fpga/ecp5_cells, in every mode, side by side on the same pins: cells_test.cpp
// compares them with plain C++.
//
//   LUTs and carry cells   `Tables` of each, with the tables that table_of() gives them
//   flip-flops             one per combination of modes, numbered as in FlipFlop below
//   block RAMs             ram_widths: one per pair of widths; ram_modes: two ports of 18 bits, one
//                          per mode

module cells_bench #(
  parameter int unsigned Tables = 64,
  localparam int unsigned FlipFlops = 4 * 2 * 2 * 3 * 2 * 2,
  localparam int unsigned Widths = 6,
  localparam int unsigned Modes = 7
) (
  input  logic                 clk_i,
  input  logic                 clk_b_i,                     // of the second port of ram_modes[6]

  input  logic [3:0]           lut_i,                       // D C B A
  input  logic                 select_i,
  input  logic [1:0]           other_i,
  output logic [Tables-1:0]    lut_o,
  output logic                 pfumx_o, l6mux_o,

  input  logic [3:0]           carry_0_i, carry_1_i,        // D C B A of the two bits
  input  logic                 carry_i,
  output logic [1:0]           carry_s_o [Tables],
  output logic [Tables-1:0]    carry_o,

  input  logic                 ff_ce_i, ff_lsr_i, ff_di_i, ff_m_i,
  output logic [FlipFlops-1:0] ff_o,

  input  logic [3:0]           dist_wad_i, dist_di_i, dist_rad_i,
  input  logic                 dist_wre_i,
  output logic [3:0]           dist_o [4],                  // plain; clock, enable inverted; with contents

  input  logic                 ram_ce_a, ram_we_a, ram_oce_a, ram_rst_a,
  input  logic                 ram_ce_b, ram_we_b, ram_oce_b, ram_rst_b,
  input  logic [2:0]           ram_cs_a, ram_cs_b,
  input  logic [13:0]          ram_ad_a, ram_ad_b,
  input  logic [17:0]          ram_di_a, ram_di_b,
  output logic [17:0]          ram_widths_a_o [Widths*Widths],
  output logic [17:0]          ram_widths_b_o [Widths*Widths],
  output logic [17:0]          ram_modes_a_o [Modes],
  output logic [17:0]          ram_modes_b_o [Modes],
  output logic [17:0]          ram_contents_o,

  input  logic [17:0]          mul_a, mul_b,
  input  logic                 mul_sign_a, mul_sign_b,
  output logic [35:0]          mul_p_o,
  output logic                 mul_sign_o
);

  function automatic logic [15:0] table_of(input int unsigned i);
    return 16'(32'((i + 1) * 32'd40503) ^ 32'((i + 1) * 32'd2654435761) >> 13);
  endfunction

  // ---------------------------------------------------------------- logic
  for (genvar i = 0; i < Tables; i++) begin : gen_table
    LUT4 #(.INIT(table_of(i))) u_lut (
      .A(lut_i[0]), .B(lut_i[1]), .C(lut_i[2]), .D(lut_i[3]), .Z(lut_o[i])
    );
    CCU2C #(
      .INIT0(table_of(2 * i)), .INIT1(table_of(2 * i + 1)),
      .INJECT1_0(i % 2 == 1 ? "YES" : "NO"), .INJECT1_1(i / 2 % 2 == 1 ? "YES" : "NO")
    ) u_carry (
      .CIN(carry_i),
      .A0(carry_0_i[0]), .B0(carry_0_i[1]), .C0(carry_0_i[2]), .D0(carry_0_i[3]),
      .A1(carry_1_i[0]), .B1(carry_1_i[1]), .C1(carry_1_i[2]), .D1(carry_1_i[3]),
      .S0(carry_s_o[i][0]), .S1(carry_s_o[i][1]), .COUT(carry_o[i])
    );
  end
  PFUMX   u_pfumx (.ALUT(other_i[1]), .BLUT(other_i[0]), .C0(select_i), .Z(pfumx_o));
  L6MUX21 u_l6mux (.D0(other_i[0]), .D1(other_i[1]), .SD(select_i), .Z(l6mux_o));

  // ---------------------------------------------------------------- flip-flops
  for (genvar i = 0; i < FlipFlops; i++) begin : gen_ff
    localparam int Ce = i % 4, Clk = i / 4 % 2, Lsr = i / 8 % 2, Sr = i / 16 % 3, Set = i / 48 % 2, Mode = i / 96;
    TRELLIS_FF #(
      .GSR("DISABLED"), .CEMUX(Ce == 0 ? "CE" : Ce == 1 ? "INV" : Ce == 2 ? "1" : "0"),
      .CLKMUX(Clk == 0 ? "CLK" : "INV"), .LSRMUX(Lsr == 0 ? "LSR" : "INV"),
      .SRMODE(Sr == 0 ? "LSR_OVER_CE" : Sr == 1 ? "CE_OVER_LSR" : "ASYNC"),
      .REGSET(Set == 0 ? "RESET" : "SET"), .LSRMODE(Mode == 0 ? "LSR" : "PRLD")
    ) u_ff (.CLK(clk_i), .CE(ff_ce_i), .LSR(ff_lsr_i), .DI(ff_di_i), .M(ff_m_i), .Q(ff_o[i]));
  end

  // ---------------------------------------------------------------- distributed memories
  TRELLIS_DPR16X4 u_dist_0 (.WCK(clk_i), .WRE(dist_wre_i), .WAD(dist_wad_i), .DI(dist_di_i),
    .RAD(dist_rad_i), .DO(dist_o[0]));
  TRELLIS_DPR16X4 #(.WCKMUX("INV")) u_dist_1 (.WCK(clk_i), .WRE(dist_wre_i), .WAD(dist_wad_i),
    .DI(dist_di_i), .RAD(dist_rad_i), .DO(dist_o[1]));
  TRELLIS_DPR16X4 #(.WREMUX("INV")) u_dist_2 (.WCK(clk_i), .WRE(dist_wre_i), .WAD(dist_wad_i),
    .DI(dist_di_i), .RAD(dist_rad_i), .DO(dist_o[2]));
  TRELLIS_DPR16X4 #(.WREMUX("0"), .INITVAL(64'hfedc_ba98_7654_3210)) u_dist_3 (.WCK(clk_i),
    .WRE(dist_wre_i), .WAD(dist_wad_i), .DI(dist_di_i), .RAD(dist_rad_i), .DO(dist_o[3]));

  // ---------------------------------------------------------------- block RAMs
  function automatic int width_of(input int unsigned i);
    case (i)
      0: return 1;
      1: return 2;
      2: return 4;
      3: return 9;
      4: return 18;
      default: return 36;
    endcase
  endfunction

  for (genvar i = 0; i < Widths * Widths; i++) begin : gen_widths
    logic [17:0] DOA, DOB;
    DP16KD #(
      .DATA_WIDTH_A(width_of(i % Widths)), .DATA_WIDTH_B(width_of(i / Widths))
    ) u_ram (
      .CLKA(clk_i), .CEA(ram_ce_a), .OCEA(ram_oce_a), .WEA(ram_we_a), .RSTA(1'b0),
      .CLKB(clk_i), .CEB(ram_ce_b), .OCEB(ram_oce_b), .WEB(ram_we_b), .RSTB(1'b0),
      .CSA0(1'b0), .CSA1(1'b0), .CSA2(1'b0), .CSB0(1'b0), .CSB1(1'b0), .CSB2(1'b0),
      .ADA0(ram_ad_a[0]), .ADA1(ram_ad_a[1]), .ADA2(ram_ad_a[2]), .ADA3(ram_ad_a[3]),
      .ADA4(ram_ad_a[4]), .ADA5(ram_ad_a[5]),
      .ADA6(ram_ad_a[6]), .ADA7(ram_ad_a[7]), .ADA8(ram_ad_a[8]), .ADA9(ram_ad_a[9]),
      .ADA10(ram_ad_a[10]), .ADA11(ram_ad_a[11]),
      .ADA12(ram_ad_a[12]), .ADA13(ram_ad_a[13]), .DIA0(ram_di_a[0]), .DIA1(ram_di_a[1]),
      .DIA2(ram_di_a[2]), .DIA3(ram_di_a[3]),
      .DIA4(ram_di_a[4]), .DIA5(ram_di_a[5]), .DIA6(ram_di_a[6]), .DIA7(ram_di_a[7]),
      .DIA8(ram_di_a[8]), .DIA9(ram_di_a[9]),
      .DIA10(ram_di_a[10]), .DIA11(ram_di_a[11]), .DIA12(ram_di_a[12]), .DIA13(ram_di_a[13]),
      .DIA14(ram_di_a[14]), .DIA15(ram_di_a[15]),
      .DIA16(ram_di_a[16]), .DIA17(ram_di_a[17]), .DOA0(DOA[0]), .DOA1(DOA[1]), .DOA2(DOA[2]),
      .DOA3(DOA[3]),
      .DOA4(DOA[4]), .DOA5(DOA[5]), .DOA6(DOA[6]), .DOA7(DOA[7]), .DOA8(DOA[8]), .DOA9(DOA[9]),
      .DOA10(DOA[10]), .DOA11(DOA[11]), .DOA12(DOA[12]), .DOA13(DOA[13]), .DOA14(DOA[14]),
      .DOA15(DOA[15]),
      .DOA16(DOA[16]), .DOA17(DOA[17]),
      .ADB0(ram_ad_b[0]), .ADB1(ram_ad_b[1]), .ADB2(ram_ad_b[2]), .ADB3(ram_ad_b[3]),
      .ADB4(ram_ad_b[4]), .ADB5(ram_ad_b[5]),
      .ADB6(ram_ad_b[6]), .ADB7(ram_ad_b[7]), .ADB8(ram_ad_b[8]), .ADB9(ram_ad_b[9]),
      .ADB10(ram_ad_b[10]), .ADB11(ram_ad_b[11]),
      .ADB12(ram_ad_b[12]), .ADB13(ram_ad_b[13]), .DIB0(ram_di_b[0]), .DIB1(ram_di_b[1]),
      .DIB2(ram_di_b[2]), .DIB3(ram_di_b[3]),
      .DIB4(ram_di_b[4]), .DIB5(ram_di_b[5]), .DIB6(ram_di_b[6]), .DIB7(ram_di_b[7]),
      .DIB8(ram_di_b[8]), .DIB9(ram_di_b[9]),
      .DIB10(ram_di_b[10]), .DIB11(ram_di_b[11]), .DIB12(ram_di_b[12]), .DIB13(ram_di_b[13]),
      .DIB14(ram_di_b[14]), .DIB15(ram_di_b[15]),
      .DIB16(ram_di_b[16]), .DIB17(ram_di_b[17]), .DOB0(DOB[0]), .DOB1(DOB[1]), .DOB2(DOB[2]),
      .DOB3(DOB[3]),
      .DOB4(DOB[4]), .DOB5(DOB[5]), .DOB6(DOB[6]), .DOB7(DOB[7]), .DOB8(DOB[8]), .DOB9(DOB[9]),
      .DOB10(DOB[10]), .DOB11(DOB[11]), .DOB12(DOB[12]), .DOB13(DOB[13]), .DOB14(DOB[14]),
      .DOB15(DOB[15]),
      .DOB16(DOB[16]), .DOB17(DOB[17])
    );
    assign ram_widths_a_o[i] = DOA;
    assign ram_widths_b_o[i] = DOB;
  end

  // 0 NORMAL, 1 WRITETHROUGH, 2 READBEFOREWRITE, 3 OUTREG, 4 OUTREG and asynchronous reset,
  // 5 selected by code 101, 6 the second port at the falling edge of a clock of its own
  for (genvar i = 0; i < Modes; i++) begin : gen_modes
    logic [17:0] DOA, DOB;
    DP16KD #(
      .DATA_WIDTH_A(18), .DATA_WIDTH_B(18),
      .WRITEMODE_A(i == 1 ? "WRITETHROUGH" : i == 2 ? "READBEFOREWRITE" : "NORMAL"),
      .WRITEMODE_B(i == 1 ? "WRITETHROUGH" : i == 2 ? "READBEFOREWRITE" : "NORMAL"),
      .REGMODE_A(i == 3 || i == 4 ? "OUTREG" : "NOREG"), .REGMODE_B(i == 3 || i == 4 ? "OUTREG" : "NOREG"),
      .RESETMODE(i == 4 ? "ASYNC" : "SYNC"),
      .CSDECODE_A(i == 5 ? "0b101" : "0b000"), .CSDECODE_B(i == 5 ? "0b101" : "0b000"),
      .CLKBMUX(i == 6 ? "INV" : "CLKB")
    ) u_ram (
      .CLKA(clk_i), .CEA(ram_ce_a), .OCEA(ram_oce_a), .WEA(ram_we_a), .RSTA(ram_rst_a),
      .CLKB(i == 6 ? clk_b_i : clk_i), .CEB(ram_ce_b), .OCEB(ram_oce_b), .WEB(ram_we_b), .RSTB(ram_rst_b),
      .CSA0(i == 5 && ram_cs_a[0]), .CSA1(i == 5 && ram_cs_a[1]), .CSA2(i == 5 && ram_cs_a[2]),
      .CSB0(i == 5 && ram_cs_b[0]), .CSB1(i == 5 && ram_cs_b[1]), .CSB2(i == 5 && ram_cs_b[2]),
      .ADA0(ram_ad_a[0]), .ADA1(ram_ad_a[1]), .ADA2(ram_ad_a[2]), .ADA3(ram_ad_a[3]),
      .ADA4(ram_ad_a[4]), .ADA5(ram_ad_a[5]),
      .ADA6(ram_ad_a[6]), .ADA7(ram_ad_a[7]), .ADA8(ram_ad_a[8]), .ADA9(ram_ad_a[9]),
      .ADA10(ram_ad_a[10]), .ADA11(ram_ad_a[11]),
      .ADA12(ram_ad_a[12]), .ADA13(ram_ad_a[13]), .DIA0(ram_di_a[0]), .DIA1(ram_di_a[1]),
      .DIA2(ram_di_a[2]), .DIA3(ram_di_a[3]),
      .DIA4(ram_di_a[4]), .DIA5(ram_di_a[5]), .DIA6(ram_di_a[6]), .DIA7(ram_di_a[7]),
      .DIA8(ram_di_a[8]), .DIA9(ram_di_a[9]),
      .DIA10(ram_di_a[10]), .DIA11(ram_di_a[11]), .DIA12(ram_di_a[12]), .DIA13(ram_di_a[13]),
      .DIA14(ram_di_a[14]), .DIA15(ram_di_a[15]),
      .DIA16(ram_di_a[16]), .DIA17(ram_di_a[17]), .DOA0(DOA[0]), .DOA1(DOA[1]), .DOA2(DOA[2]),
      .DOA3(DOA[3]),
      .DOA4(DOA[4]), .DOA5(DOA[5]), .DOA6(DOA[6]), .DOA7(DOA[7]), .DOA8(DOA[8]), .DOA9(DOA[9]),
      .DOA10(DOA[10]), .DOA11(DOA[11]), .DOA12(DOA[12]), .DOA13(DOA[13]), .DOA14(DOA[14]),
      .DOA15(DOA[15]),
      .DOA16(DOA[16]), .DOA17(DOA[17]),
      .ADB0(ram_ad_b[0]), .ADB1(ram_ad_b[1]), .ADB2(ram_ad_b[2]), .ADB3(ram_ad_b[3]),
      .ADB4(ram_ad_b[4]), .ADB5(ram_ad_b[5]),
      .ADB6(ram_ad_b[6]), .ADB7(ram_ad_b[7]), .ADB8(ram_ad_b[8]), .ADB9(ram_ad_b[9]),
      .ADB10(ram_ad_b[10]), .ADB11(ram_ad_b[11]),
      .ADB12(ram_ad_b[12]), .ADB13(ram_ad_b[13]), .DIB0(ram_di_b[0]), .DIB1(ram_di_b[1]),
      .DIB2(ram_di_b[2]), .DIB3(ram_di_b[3]),
      .DIB4(ram_di_b[4]), .DIB5(ram_di_b[5]), .DIB6(ram_di_b[6]), .DIB7(ram_di_b[7]),
      .DIB8(ram_di_b[8]), .DIB9(ram_di_b[9]),
      .DIB10(ram_di_b[10]), .DIB11(ram_di_b[11]), .DIB12(ram_di_b[12]), .DIB13(ram_di_b[13]),
      .DIB14(ram_di_b[14]), .DIB15(ram_di_b[15]),
      .DIB16(ram_di_b[16]), .DIB17(ram_di_b[17]), .DOB0(DOB[0]), .DOB1(DOB[1]), .DOB2(DOB[2]),
      .DOB3(DOB[3]),
      .DOB4(DOB[4]), .DOB5(DOB[5]), .DOB6(DOB[6]), .DOB7(DOB[7]), .DOB8(DOB[8]), .DOB9(DOB[9]),
      .DOB10(DOB[10]), .DOB11(DOB[11]), .DOB12(DOB[12]), .DOB13(DOB[13]), .DOB14(DOB[14]),
      .DOB15(DOB[15]),
      .DOB16(DOB[16]), .DOB17(DOB[17])
    );
    assign ram_modes_a_o[i] = DOA;
    assign ram_modes_b_o[i] = DOB;
  end

  begin : gen_contents                            // words 0 to 15: 18'h20100 + i; word 1023: all ones
    logic [17:0] DOA, DOB;
    function automatic logic [319:0] words();
      for (int unsigned i = 0; i < 16; i++) words[20*i +: 20] = 20'h20100 + 20'(i);
    endfunction
    DP16KD #(
      .DATA_WIDTH_A(18), .DATA_WIDTH_B(18), .INITVAL_00(words()), .INITVAL_3F({20'h3ffff, 300'd0})
    ) u_ram (
      .CLKA(clk_i), .CEA(1'b0), .OCEA(1'b0), .WEA(1'b0), .RSTA(1'b0),
      .CLKB(clk_i), .CEB(ram_ce_b), .OCEB(ram_oce_b), .WEB(1'b0), .RSTB(1'b0),
      .CSA0(1'b0), .CSA1(1'b0), .CSA2(1'b0), .CSB0(1'b0), .CSB1(1'b0), .CSB2(1'b0),
      .ADA0(ram_ad_a[0]), .ADA1(ram_ad_a[1]), .ADA2(ram_ad_a[2]), .ADA3(ram_ad_a[3]),
      .ADA4(ram_ad_a[4]), .ADA5(ram_ad_a[5]),
      .ADA6(ram_ad_a[6]), .ADA7(ram_ad_a[7]), .ADA8(ram_ad_a[8]), .ADA9(ram_ad_a[9]),
      .ADA10(ram_ad_a[10]), .ADA11(ram_ad_a[11]),
      .ADA12(ram_ad_a[12]), .ADA13(ram_ad_a[13]), .DIA0(ram_di_a[0]), .DIA1(ram_di_a[1]),
      .DIA2(ram_di_a[2]), .DIA3(ram_di_a[3]),
      .DIA4(ram_di_a[4]), .DIA5(ram_di_a[5]), .DIA6(ram_di_a[6]), .DIA7(ram_di_a[7]),
      .DIA8(ram_di_a[8]), .DIA9(ram_di_a[9]),
      .DIA10(ram_di_a[10]), .DIA11(ram_di_a[11]), .DIA12(ram_di_a[12]), .DIA13(ram_di_a[13]),
      .DIA14(ram_di_a[14]), .DIA15(ram_di_a[15]),
      .DIA16(ram_di_a[16]), .DIA17(ram_di_a[17]), .DOA0(DOA[0]), .DOA1(DOA[1]), .DOA2(DOA[2]),
      .DOA3(DOA[3]),
      .DOA4(DOA[4]), .DOA5(DOA[5]), .DOA6(DOA[6]), .DOA7(DOA[7]), .DOA8(DOA[8]), .DOA9(DOA[9]),
      .DOA10(DOA[10]), .DOA11(DOA[11]), .DOA12(DOA[12]), .DOA13(DOA[13]), .DOA14(DOA[14]),
      .DOA15(DOA[15]),
      .DOA16(DOA[16]), .DOA17(DOA[17]),
      .ADB0(ram_ad_b[0]), .ADB1(ram_ad_b[1]), .ADB2(ram_ad_b[2]), .ADB3(ram_ad_b[3]),
      .ADB4(ram_ad_b[4]), .ADB5(ram_ad_b[5]),
      .ADB6(ram_ad_b[6]), .ADB7(ram_ad_b[7]), .ADB8(ram_ad_b[8]), .ADB9(ram_ad_b[9]),
      .ADB10(ram_ad_b[10]), .ADB11(ram_ad_b[11]),
      .ADB12(ram_ad_b[12]), .ADB13(ram_ad_b[13]), .DIB0(ram_di_b[0]), .DIB1(ram_di_b[1]),
      .DIB2(ram_di_b[2]), .DIB3(ram_di_b[3]),
      .DIB4(ram_di_b[4]), .DIB5(ram_di_b[5]), .DIB6(ram_di_b[6]), .DIB7(ram_di_b[7]),
      .DIB8(ram_di_b[8]), .DIB9(ram_di_b[9]),
      .DIB10(ram_di_b[10]), .DIB11(ram_di_b[11]), .DIB12(ram_di_b[12]), .DIB13(ram_di_b[13]),
      .DIB14(ram_di_b[14]), .DIB15(ram_di_b[15]),
      .DIB16(ram_di_b[16]), .DIB17(ram_di_b[17]), .DOB0(DOB[0]), .DOB1(DOB[1]), .DOB2(DOB[2]),
      .DOB3(DOB[3]),
      .DOB4(DOB[4]), .DOB5(DOB[5]), .DOB6(DOB[6]), .DOB7(DOB[7]), .DOB8(DOB[8]), .DOB9(DOB[9]),
      .DOB10(DOB[10]), .DOB11(DOB[11]), .DOB12(DOB[12]), .DOB13(DOB[13]), .DOB14(DOB[14]),
      .DOB15(DOB[15]),
      .DOB16(DOB[16]), .DOB17(DOB[17])
    );
    assign ram_contents_o = DOB;
  end

  // ---------------------------------------------------------------- multiplier
  MULT18X18D u_multiplier (
    .SIGNEDA(mul_sign_a), .SIGNEDB(mul_sign_b), .SIGNEDP(mul_sign_o),
      .A0(mul_a[0]), .A1(mul_a[1]), .A2(mul_a[2]), .A3(mul_a[3]), .A4(mul_a[4]), .A5(mul_a[5]),
      .A6(mul_a[6]), .A7(mul_a[7]), .A8(mul_a[8]), .A9(mul_a[9]), .A10(mul_a[10]), .A11(mul_a[11]),
      .A12(mul_a[12]), .A13(mul_a[13]), .A14(mul_a[14]), .A15(mul_a[15]), .A16(mul_a[16]),
      .A17(mul_a[17]),
      .B0(mul_b[0]), .B1(mul_b[1]), .B2(mul_b[2]), .B3(mul_b[3]), .B4(mul_b[4]), .B5(mul_b[5]),
      .B6(mul_b[6]), .B7(mul_b[7]), .B8(mul_b[8]), .B9(mul_b[9]), .B10(mul_b[10]), .B11(mul_b[11]),
      .B12(mul_b[12]), .B13(mul_b[13]), .B14(mul_b[14]), .B15(mul_b[15]), .B16(mul_b[16]),
      .B17(mul_b[17]),
      .P0(mul_p_o[0]), .P1(mul_p_o[1]), .P2(mul_p_o[2]), .P3(mul_p_o[3]), .P4(mul_p_o[4]),
      .P5(mul_p_o[5]),
      .P6(mul_p_o[6]), .P7(mul_p_o[7]), .P8(mul_p_o[8]), .P9(mul_p_o[9]), .P10(mul_p_o[10]),
      .P11(mul_p_o[11]),
      .P12(mul_p_o[12]), .P13(mul_p_o[13]), .P14(mul_p_o[14]), .P15(mul_p_o[15]),
      .P16(mul_p_o[16]), .P17(mul_p_o[17]),
      .P18(mul_p_o[18]), .P19(mul_p_o[19]), .P20(mul_p_o[20]), .P21(mul_p_o[21]),
      .P22(mul_p_o[22]), .P23(mul_p_o[23]),
      .P24(mul_p_o[24]), .P25(mul_p_o[25]), .P26(mul_p_o[26]), .P27(mul_p_o[27]),
      .P28(mul_p_o[28]), .P29(mul_p_o[29]),
      .P30(mul_p_o[30]), .P31(mul_p_o[31]), .P32(mul_p_o[32]), .P33(mul_p_o[33]),
      .P34(mul_p_o[34]), .P35(mul_p_o[35])
  );

endmodule
