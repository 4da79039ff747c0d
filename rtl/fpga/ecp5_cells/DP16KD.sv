// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// ECP5: a block RAM of 18 kbit, two ports. 512 groups of four bytes of 9 bits; the ninth bit is reached
// by ports of 9 bits and more alone.
//
//   DATA_WIDTH   word    address   written bits
//   36           4 bytes AD[13:5]  bytes enabled by AD[3:0]; A only writes (DIB is the upper half),
//                                  B only reads (DOB is the upper half)
//   18           2 bytes AD[13:4]  bytes enabled by AD[1:0]
//   9            1 byte  AD[13:3]
//   4, 2, 1      bits    AD[13:2], AD[13:1], AD[13:0]: AD[13:3] is the byte, the rest the place in it
//
//   access     at the edge of CLK that CLKMUX chooses ("CLKA"/"CLKB" rising, "INV" falling) when CE and the
//              chip select inputs equal CSDECODE; a write when WE
//   read       registered: data one edge later ("OUTREG": two, the second when OCE)
//   WRITEMODE  what a writing port reads: "NORMAL" nothing (its data stay), "WRITETHROUGH" the new
//              bytes, "READBEFOREWRITE" the old ones
//   RST        the data become 0, with the edge or ("ASYNC") at once; no access while it is high
//   collision  one port reads bits that the other writes: the device promises nothing. The model
//              answers with the complement of the old bits, so that nobody can live with it
//   INITVAL    contents after configuration, 16 words of 20 bits each (18 used). All zero is what a
//              memory without contents is given; it then starts with what the simulator's seed makes of it
//
// GSR and ASYNC_RESET_RELEASE are without effect here. Both ports writing in one group at the same edge
// is not modelled (one of them wins the group); Girih's memories have one write port.

module DP16KD #(
  parameter int DATA_WIDTH_A = 18,
  parameter int DATA_WIDTH_B = 18,
  parameter string REGMODE_A = "NOREG",
  parameter string REGMODE_B = "NOREG",
  parameter string RESETMODE = "SYNC",
  parameter string ASYNC_RESET_RELEASE = "SYNC",
  parameter string WRITEMODE_A = "NORMAL",
  parameter string WRITEMODE_B = "NORMAL",
  parameter string CSDECODE_A = "0b000",
  parameter string CSDECODE_B = "0b000",
  parameter string CLKAMUX = "CLKA",
  parameter string CLKBMUX = "CLKB",
  parameter string GSR = "ENABLED",
  parameter logic [319:0] INITVAL_00 = 320'h0,
  parameter logic [319:0] INITVAL_01 = 320'h0,
  parameter logic [319:0] INITVAL_02 = 320'h0,
  parameter logic [319:0] INITVAL_03 = 320'h0,
  parameter logic [319:0] INITVAL_04 = 320'h0,
  parameter logic [319:0] INITVAL_05 = 320'h0,
  parameter logic [319:0] INITVAL_06 = 320'h0,
  parameter logic [319:0] INITVAL_07 = 320'h0,
  parameter logic [319:0] INITVAL_08 = 320'h0,
  parameter logic [319:0] INITVAL_09 = 320'h0,
  parameter logic [319:0] INITVAL_0A = 320'h0,
  parameter logic [319:0] INITVAL_0B = 320'h0,
  parameter logic [319:0] INITVAL_0C = 320'h0,
  parameter logic [319:0] INITVAL_0D = 320'h0,
  parameter logic [319:0] INITVAL_0E = 320'h0,
  parameter logic [319:0] INITVAL_0F = 320'h0,
  parameter logic [319:0] INITVAL_10 = 320'h0,
  parameter logic [319:0] INITVAL_11 = 320'h0,
  parameter logic [319:0] INITVAL_12 = 320'h0,
  parameter logic [319:0] INITVAL_13 = 320'h0,
  parameter logic [319:0] INITVAL_14 = 320'h0,
  parameter logic [319:0] INITVAL_15 = 320'h0,
  parameter logic [319:0] INITVAL_16 = 320'h0,
  parameter logic [319:0] INITVAL_17 = 320'h0,
  parameter logic [319:0] INITVAL_18 = 320'h0,
  parameter logic [319:0] INITVAL_19 = 320'h0,
  parameter logic [319:0] INITVAL_1A = 320'h0,
  parameter logic [319:0] INITVAL_1B = 320'h0,
  parameter logic [319:0] INITVAL_1C = 320'h0,
  parameter logic [319:0] INITVAL_1D = 320'h0,
  parameter logic [319:0] INITVAL_1E = 320'h0,
  parameter logic [319:0] INITVAL_1F = 320'h0,
  parameter logic [319:0] INITVAL_20 = 320'h0,
  parameter logic [319:0] INITVAL_21 = 320'h0,
  parameter logic [319:0] INITVAL_22 = 320'h0,
  parameter logic [319:0] INITVAL_23 = 320'h0,
  parameter logic [319:0] INITVAL_24 = 320'h0,
  parameter logic [319:0] INITVAL_25 = 320'h0,
  parameter logic [319:0] INITVAL_26 = 320'h0,
  parameter logic [319:0] INITVAL_27 = 320'h0,
  parameter logic [319:0] INITVAL_28 = 320'h0,
  parameter logic [319:0] INITVAL_29 = 320'h0,
  parameter logic [319:0] INITVAL_2A = 320'h0,
  parameter logic [319:0] INITVAL_2B = 320'h0,
  parameter logic [319:0] INITVAL_2C = 320'h0,
  parameter logic [319:0] INITVAL_2D = 320'h0,
  parameter logic [319:0] INITVAL_2E = 320'h0,
  parameter logic [319:0] INITVAL_2F = 320'h0,
  parameter logic [319:0] INITVAL_30 = 320'h0,
  parameter logic [319:0] INITVAL_31 = 320'h0,
  parameter logic [319:0] INITVAL_32 = 320'h0,
  parameter logic [319:0] INITVAL_33 = 320'h0,
  parameter logic [319:0] INITVAL_34 = 320'h0,
  parameter logic [319:0] INITVAL_35 = 320'h0,
  parameter logic [319:0] INITVAL_36 = 320'h0,
  parameter logic [319:0] INITVAL_37 = 320'h0,
  parameter logic [319:0] INITVAL_38 = 320'h0,
  parameter logic [319:0] INITVAL_39 = 320'h0,
  parameter logic [319:0] INITVAL_3A = 320'h0,
  parameter logic [319:0] INITVAL_3B = 320'h0,
  parameter logic [319:0] INITVAL_3C = 320'h0,
  parameter logic [319:0] INITVAL_3D = 320'h0,
  parameter logic [319:0] INITVAL_3E = 320'h0,
  parameter logic [319:0] INITVAL_3F = 320'h0
) (
  input  logic CLKA, CEA, OCEA, WEA, RSTA,
  input  logic CSA2, CSA1, CSA0,
  input  logic ADA13, ADA12, ADA11, ADA10, ADA9, ADA8, ADA7,
               ADA6, ADA5, ADA4, ADA3, ADA2, ADA1, ADA0,
  input  logic DIA17, DIA16, DIA15, DIA14, DIA13, DIA12, DIA11, DIA10, DIA9,
               DIA8, DIA7, DIA6, DIA5, DIA4, DIA3, DIA2, DIA1, DIA0,
  output logic DOA17, DOA16, DOA15, DOA14, DOA13, DOA12, DOA11, DOA10, DOA9,
               DOA8, DOA7, DOA6, DOA5, DOA4, DOA3, DOA2, DOA1, DOA0,
  input  logic CLKB, CEB, OCEB, WEB, RSTB,
  input  logic CSB2, CSB1, CSB0,
  input  logic ADB13, ADB12, ADB11, ADB10, ADB9, ADB8, ADB7,
               ADB6, ADB5, ADB4, ADB3, ADB2, ADB1, ADB0,
  input  logic DIB17, DIB16, DIB15, DIB14, DIB13, DIB12, DIB11, DIB10, DIB9,
               DIB8, DIB7, DIB6, DIB5, DIB4, DIB3, DIB2, DIB1, DIB0,
  output logic DOB17, DOB16, DOB15, DOB14, DOB13, DOB12, DOB11, DOB10, DOB9,
               DOB8, DOB7, DOB6, DOB5, DOB4, DOB3, DOB2, DOB1, DOB0
);

  localparam bit WideWrite = DATA_WIDTH_A == 36;  // port A writes only
  localparam bit WideRead  = DATA_WIDTH_B == 36;  // port B reads only
  typedef logic [13:0] address_t;
  typedef logic [35:0] group_t;                   // four bytes
  typedef logic [2:0]  select_t;

  function automatic bit width_ok(input int width);
    return width == 1 || width == 2 || width == 4 || width == 9 || width == 18 || width == 36;
  endfunction
  function automatic bit mode_ok(input string mode);
    return mode == "NORMAL" || mode == "WRITETHROUGH" || mode == "READBEFOREWRITE";
  endfunction
  if (!width_ok(DATA_WIDTH_A) || !width_ok(DATA_WIDTH_B)) begin : gen_bad_width
    $fatal(1, "DP16KD: DATA_WIDTH must be 1, 2, 4, 9, 18 or 36");
  end
  if (!mode_ok(WRITEMODE_A) || !mode_ok(WRITEMODE_B)) begin : gen_bad_write_mode
    $fatal(1, "DP16KD: WRITEMODE must be NORMAL, WRITETHROUGH or READBEFOREWRITE");
  end
  if (RESETMODE != "SYNC" && RESETMODE != "ASYNC") begin : gen_bad_reset
    $fatal(1, "DP16KD: RESETMODE must be SYNC or ASYNC");
  end
  if ((REGMODE_A != "NOREG" && REGMODE_A != "OUTREG") ||
      (REGMODE_B != "NOREG" && REGMODE_B != "OUTREG")) begin : gen_bad_register
    $fatal(1, "DP16KD: REGMODE must be NOREG or OUTREG");
  end

  function automatic select_t select(input string code);
    case (code)
      "0b001": return 3'd1;
      "0b010": return 3'd2;
      "0b011": return 3'd3;
      "0b100": return 3'd4;
      "0b101": return 3'd5;
      "0b110": return 3'd6;
      "0b111": return 3'd7;
      default: return 3'd0;
    endcase
  endfunction
  localparam select_t SelectA = select(CSDECODE_A);
  localparam select_t SelectB = select(CSDECODE_B);

  // ---------------------------------------------------------------- pins; index 0 is A, 1 is B
  logic        clock_a, clock_b;                  // scalars: a simulator sees that all are one clock
  logic        on [2], write [2], reset [2], output_on [2];
  address_t    address [2];
  group_t      wdata [2];
  group_t      rdata [2];

  assign clock_a      = (CLKAMUX == "INV") ? !CLKA : CLKA;
  assign clock_b      = (CLKBMUX == "INV") ? !CLKB : CLKB;
  assign reset[0]     = RSTA;
  assign reset[1]     = RSTB;
  assign on[0]        = CEA && !RSTA && {CSA2, CSA1, CSA0} == SelectA;
  assign on[1]        = CEB && !RSTB && {CSB2, CSB1, CSB0} == SelectB;
  assign write[0]     = on[0] && WEA;
  assign write[1]     = on[1] && WEB && !WideWrite && !WideRead;
  assign output_on[0] = OCEA;
  assign output_on[1] = OCEB;
  assign address[0]   = {ADA13, ADA12, ADA11, ADA10, ADA9, ADA8, ADA7, ADA6, ADA5,
                     ADA4, ADA3, ADA2, ADA1, ADA0};
  assign address[1]   = {ADB13, ADB12, ADB11, ADB10, ADB9, ADB8, ADB7, ADB6, ADB5,
                     ADB4, ADB3, ADB2, ADB1, ADB0};
  assign wdata[0]     = {{DIB17, DIB16, DIB15, DIB14, DIB13, DIB12, DIB11, DIB10, DIB9,
                     DIB8, DIB7, DIB6, DIB5, DIB4, DIB3, DIB2, DIB1, DIB0},
                         {DIA17, DIA16, DIA15, DIA14, DIA13, DIA12, DIA11, DIA10, DIA9,
                     DIA8, DIA7, DIA6, DIA5, DIA4, DIA3, DIA2, DIA1, DIA0}};
  assign wdata[1]     = {18'd0, wdata[0][35:18]};

  assign {DOA17, DOA16, DOA15, DOA14, DOA13, DOA12, DOA11, DOA10, DOA9,
                     DOA8, DOA7, DOA6, DOA5, DOA4, DOA3, DOA2, DOA1, DOA0} =
         WideRead ? rdata[1][17:0] : rdata[0][17:0];
  assign {DOB17, DOB16, DOB15, DOB14, DOB13, DOB12, DOB11, DOB10, DOB9,
                     DOB8, DOB7, DOB6, DOB5, DOB4, DOB3, DOB2, DOB1, DOB0} =
         WideRead ? rdata[1][35:18] : rdata[1][17:0];

  // ---------------------------------------------------------------- memory
  group_t group_q [512];

  localparam logic [64*320-1:0] Contents = {
    INITVAL_3F, INITVAL_3E, INITVAL_3D, INITVAL_3C, INITVAL_3B, INITVAL_3A,
    INITVAL_39, INITVAL_38, INITVAL_37, INITVAL_36, INITVAL_35, INITVAL_34,
    INITVAL_33, INITVAL_32, INITVAL_31, INITVAL_30, INITVAL_2F, INITVAL_2E,
    INITVAL_2D, INITVAL_2C, INITVAL_2B, INITVAL_2A, INITVAL_29, INITVAL_28,
    INITVAL_27, INITVAL_26, INITVAL_25, INITVAL_24, INITVAL_23, INITVAL_22,
    INITVAL_21, INITVAL_20, INITVAL_1F, INITVAL_1E, INITVAL_1D, INITVAL_1C,
    INITVAL_1B, INITVAL_1A, INITVAL_19, INITVAL_18, INITVAL_17, INITVAL_16,
    INITVAL_15, INITVAL_14, INITVAL_13, INITVAL_12, INITVAL_11, INITVAL_10,
    INITVAL_0F, INITVAL_0E, INITVAL_0D, INITVAL_0C, INITVAL_0B, INITVAL_0A,
    INITVAL_09, INITVAL_08, INITVAL_07, INITVAL_06, INITVAL_05, INITVAL_04,
    INITVAL_03, INITVAL_02, INITVAL_01, INITVAL_00
  };
  if (|Contents) begin : gen_contents
    initial begin
      for (int unsigned i = 0; i < 512; i++) begin
        group_q[i] = {Contents[40*i+20 +: 18], Contents[40*i +: 18]};
      end
    end
  end

  // ---------------------------------------------------------------- ports: write
  logic [5:0] place [2];                          // of the word in its group
  group_t     mask [2], data [2];                 // bits that a write changes, and to what

  for (genvar p = 0; p < 2; p++) begin : gen_write
    localparam int unsigned Width = p == 0 ? DATA_WIDTH_A : DATA_WIDTH_B;
    address_t ad;
    logic     clock;
    assign ad    = address[p];
    assign clock = p == 0 ? clock_a : clock_b;

    if (Width == 36) begin : gen_36
      assign place[p] = 6'd0;
      assign mask[p]  = {{9{ad[3]}}, {9{ad[2]}}, {9{ad[1]}}, {9{ad[0]}}};
    end else if (Width == 18) begin : gen_18
      assign place[p] = ad[4] ? 6'd18 : 6'd0;
      assign mask[p]  = {18'd0, {9{ad[1]}}, {9{ad[0]}}} << place[p];
    end else begin : gen_narrow
      localparam logic [2:0] InByte = Width == 9 ? 3'd0 : Width == 4 ? 3'd4 : Width == 2 ? 3'd6 : 3'd7;
      assign place[p] = 6'd9 * 6'(ad[4:3]) + 6'(ad[2:0] & InByte);
      assign mask[p]  = ((group_t'(1) << Width) - 1) << place[p];
    end
    assign data[p] = wdata[p] << place[p];

    always @(posedge clock) begin
      if (write[p]) group_q[ad[13:5]] <= (group_q[ad[13:5]] & ~mask[p]) | (data[p] & mask[p]);
    end
  end

  // ---------------------------------------------------------------- ports: read
  for (genvar p = 0; p < 2; p++) begin : gen_read
    localparam int unsigned Width = p == 0 ? DATA_WIDTH_A : DATA_WIDTH_B;
    localparam string       Mode  = p == 0 ? WRITEMODE_A : WRITEMODE_B;
    if (p == 0 && WideWrite) begin : gen_nothing
      assign rdata[p] = '0;
    end else begin : gen_data
      logic   clock;
      group_t seen, word, latch_q;
      assign clock = p == 0 ? clock_a : clock_b;

      always_comb begin
        seen = group_q[address[p][13:5]];
        if (write[1-p] && address[1-p][13:5] == address[p][13:5]) seen ^= mask[1-p];
        if (Mode == "WRITETHROUGH" && write[p]) seen = (seen & ~mask[p]) | (data[p] & mask[p]);
        word = (seen >> place[p]) & ((group_t'(1) << Width) - 1);
      end

      if (RESETMODE == "ASYNC") begin : gen_async
        always_ff @(posedge clock or posedge reset[p]) begin
          if (reset[p])                                       latch_q <= '0;
          else if (on[p] && (Mode != "NORMAL" || !write[p])) latch_q <= word;
        end
      end else begin : gen_sync
        always_ff @(posedge clock) begin
          if (reset[p])                                       latch_q <= '0;
          else if (on[p] && (Mode != "NORMAL" || !write[p])) latch_q <= word;
        end
      end

      if ((p == 0 ? REGMODE_A : REGMODE_B) == "OUTREG") begin : gen_register
        group_t register_q;
        if (RESETMODE == "ASYNC") begin : gen_async
          always_ff @(posedge clock or posedge reset[p]) begin
            if (reset[p])          register_q <= '0;
            else if (output_on[p]) register_q <= latch_q;
          end
        end else begin : gen_sync
          always_ff @(posedge clock) begin
            if (reset[p])          register_q <= '0;
            else if (output_on[p]) register_q <= latch_q;
          end
        end
        assign rdata[p] = register_q;
      end else begin : gen_no_register
        assign rdata[p] = latch_q;
      end
    end
  end

endmodule
