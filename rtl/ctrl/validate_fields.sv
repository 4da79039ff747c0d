// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// FIELD and ALIGN checks of one patched instruction (instruction-set.md section 9, items 4 and 5),
// all words at once, evaluated only when asked: sums and wide comparisons first, then the fields.
// Findings two cycles after the question, for one cycle; the caller keeps them.
// What needs a product (M > 65,535) is judged by validate_extent.

`include "prim_assert.svh"

module validate_fields
  import validate_pkg::*;
  import girih_isa_pkg::*;
#(
  parameter girih_pkg::cfg_t Cfg = girih_presets_pkg::Default
) (
  input  logic          clk_i,
  input  logic          ask_i,
  input  logic [1023:0] instr_i,
  output finding_t      field_o,
  output finding_t      align_o
);

  localparam int unsigned RowBytesLog = $clog2(4 * Cfg.NDim);
  localparam logic [31:0] MaxBytes = 32'd1 << 20;

  load_t     ld;
  matrix_t   mx;
  vector_t   vc;
  setparam_t sp;
  fence_t    fc;
  assign ld = load_t'(instr_i);       // STORE too: the same words, padding fields reserved and zero
  assign mx = matrix_t'(instr_i);
  assign vc = vector_t'(instr_i);
  assign sp = setparam_t'(instr_i);
  assign fc = fence_t'(instr_i);

  function automatic logic legal_type(input logic [3:0] t);
    return t <= TypeBf16;
  endfunction
  function automatic logic bits32(input logic [3:0] t);
    return t == TypeInt32 || t == TypeFp32;
  endfunction
  function automatic logic bits8(input logic [3:0] t);
    return t == TypeInt8 || t == TypeUint8;
  endfunction
  function automatic logic bits16(input logic [3:0] t);
    return t == TypeInt16 || t == TypeBf16;
  endfunction
  function automatic logic legal_sfu(input logic [3:0] f);
    return f == SfuNone || f == SfuAbs || (f >= SfuExp2 && f <= SfuLog2);
  endfunction
  // Not a multiple of the type's size.
  function automatic logic odd(input logic [31:0] value, input logic [3:0] t);
    return (bits32(t) && value[1:0] != '0) || (bits16(t) && value[0]);
  endfunction
  function automatic logic off_row(input logic [31:0] value);
    return value[RowBytesLog-1:0] != '0;
  endfunction

  logic [31:0] field, align;          // by word
  logic        is_store;
  logic        window_op, row_op, float_a, bad_factor, bad_select;
  assign is_store   = ld.opcode == OpStore;
  assign window_op  = vc.win_op != ReduceNone;
  assign row_op     = vc.row_op != ReduceNone;
  assign float_a    = vc.a_type == TypeFp32 || vc.a_type == TypeBf16;
  assign bad_factor = vc.scale_mode == OperandStream &&         // c, after the function
                      (vc.c_mode != OperandStream || vc.vop != VopNone || row_op);
  assign bad_select = vc.vop == VopSelect &&
                      (vc.b_mode == OperandNone || vc.c_mode == OperandNone);

  logic        asked_q;
  logic [32:0] f0_q;                  // rows with their padding
  logic [17:0] f1_q, f2_q;
  logic        n0_legal_q, limit_zero_q, lo_above_hi_q;
  always_ff @(posedge clk_i) begin
    asked_q <= ask_i;
    if (ask_i) begin
      f0_q          <= {1'b0, ld.n0} + 33'(ld.before0) + 33'(ld.after0);
      f1_q          <= 18'(ld.n1) + 18'(ld.before1) + 18'(ld.after1);
      f2_q          <= 18'(ld.n2) + 18'(ld.before2) + 18'(ld.after2);
      n0_legal_q    <= ld.n0 != '0 && ld.n0 <= MaxBytes;
      limit_zero_q  <= ld.index_limit == '0;
      lo_above_hi_q <= (vc.d_type == TypeInt8) ? $signed(vc.lo) > $signed(vc.hi) : vc.lo > vc.hi;
    end
  end

  always_comb begin
    field = '0;
    align = '0;
    if (asked_q) begin
      unique case (ld.opcode)
        OpLoad, OpStore: begin
          field[8]  = !n0_legal_q;
          field[9]  = ld.n1 == '0 || ld.n2 == '0;
          field[10] = ld.n3 == '0;
          field[17] = !is_store && f0_q > 33'(MaxBytes);
          field[18] = !is_store && (f1_q[17:16] != '0 ||
                                    (ld.gather && (ld.before1 != '0 || ld.after1 != '0)));
          field[19] = !is_store && f2_q[17:16] != '0;
          field[21] = ld.gather && limit_zero_q;
          if (ld.space == SpaceAcc) begin
            align[7]  = ld.local_[1:0] != '0;
            align[8]  = ld.n0[1:0] != '0;
            align[14] = ld.t1[1:0] != '0;
            align[15] = ld.t2[1:0] != '0;
            align[16] = ld.t3[1:0] != '0;
            align[17] = !is_store && (ld.before0[1:0] != '0 || ld.after0[1:0] != '0);
          end
          align[20] = ld.gather && ld.index[1:0] != '0;
        end
        OpMatrix: begin
          field[5]  = !bits8(mx.a_type) || !bits8(mx.b_type) || mx.start == 2'd3;
          field[11] = mx.n == '0 || mx.k0 == '0;
          field[12] = mx.k1 == '0 || mx.k2 == '0;
          field[13] = mx.m0 == '0 || mx.m1 == '0;
          field[14] = mx.m2 == '0;
          align[9]  = off_row(mx.acc_base);
          align[10] = mx.start == StartBias && off_row(mx.bias_base);
          align[25] = off_row(mx.acc_n);
          align[26] = mx.start == StartBias && off_row(mx.bias_n);
        end
        OpVector: begin
          field[5]  = !legal_type(vc.a_type) || !legal_type(vc.d_type) ||
                      vc.b_mode == 2'd3 || vc.c_mode == 2'd3 || vc.scale_mode == 2'd3 ||
                      (vc.b_mode == OperandStream && !legal_type(vc.b_type)) ||
                      (vc.c_mode == OperandStream && !legal_type(vc.c_type)) ||
                      (vc.a_space == SpaceAcc && !bits32(vc.a_type)) ||
                      (vc.b_mode == OperandStream && vc.b_space == SpaceAcc && !bits32(vc.b_type)) ||
                      (vc.c_mode == OperandStream && vc.c_space == SpaceAcc && !bits32(vc.c_type)) ||
                      (vc.d_space == SpaceAcc && !bits32(vc.d_type)) ||
                      (window_op && float_a) || bad_factor;
          field[6]  = vc.vop > VopSelect || !legal_sfu(vc.sfu) || vc.row_op > ReduceArgmax ||
                      vc.win_op > ReduceMin ||
                      (window_op ? (vc.win_dims == 2'd0 || vc.win_dims == 2'd3)
                                 : vc.win_dims != 2'd0) ||
                      (window_op && row_op) || bad_select;
          field[8]  = bits8(vc.d_type) && lo_above_hi_q;
          field[10] = vc.n0 == '0 || vc.n1 == '0;
          field[11] = vc.n2 == '0 || vc.n3 == '0;
          align[12] = odd(vc.a_base, vc.a_type);
          align[13] = odd(vc.a_s1, vc.a_type);
          align[14] = odd(vc.a_s2, vc.a_type);
          align[15] = odd(vc.a_s3, vc.a_type);
          if (vc.b_mode == OperandStream) begin
            align[16] = odd(vc.b_base, vc.b_type);
            align[17] = odd(vc.b_s1, vc.b_type);
            align[18] = odd(vc.b_s2, vc.b_type);
            align[19] = odd(vc.b_s3, vc.b_type);
          end
          if (vc.c_mode == OperandStream) begin
            align[20] = odd(vc.c_base, vc.c_type);
            align[21] = odd(vc.c_s1, vc.c_type);
            align[22] = odd(vc.c_s2, vc.c_type);
            align[23] = odd(vc.c_s3, vc.c_type);
          end
          align[24] = odd(vc.d_base, vc.d_type);
          align[25] = odd(vc.d_s1, vc.d_type);
          align[26] = odd(vc.d_s2, vc.d_type);
          align[27] = odd(vc.d_s3, vc.d_type);
        end
        OpSetparam: align[7] = sp.source == SourceSpm && sp.local_[1:0] != '0;
        OpFence:    align[6] = fc.write && fc.offset[2:0] != '0;
        default: ;
      endcase
    end
  end

  function automatic finding_t lowest(input logic [31:0] words);
    finding_t f;
    f = '{found: words != '0, word: '0};
    for (int unsigned w = 32; w > 0; w--) if (words[w-1]) f.word = 5'(w - 1);
    return f;
  endfunction

  logic [31:0] field_q, align_q;
  always_ff @(posedge clk_i) begin
    if (asked_q) begin
      field_q <= field;
      align_q <= align;
    end
  end
  assign field_o = lowest(field_q);
  assign align_o = lowest(align_q);

endmodule
