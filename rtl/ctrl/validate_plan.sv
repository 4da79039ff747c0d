// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// The products that the extents, the cost and the MAC count of an instruction need: one step a cycle.
// A table, indexed by opcode and step, of the instruction's fields and of registers that are formed of them
// while step 0 (beats: 1) runs. A chained product (X, Y, Z) may be a step's factor four steps after the step
// that forms it and be looked at here (rows_i, z_i) five steps after; ragged tiles are added three steps after
// theirs, so that step must not be a term (validate_extent).
//
// STORE uses LOAD's table: its padding words are reserved and zero.

// Kind and step are one-hot, which synthesis may rely on. Simulation begins with any values; `StepsFit` of
// validate.sv checks after reset.
`ifdef SYNTHESIS
`define ONE_OF unique case
`else
`define ONE_OF case
`endif

module validate_plan
  import validate_pkg::*;
  import girih_isa_pkg::*;
#(
  parameter girih_pkg::cfg_t Cfg = girih_presets_pkg::Default
) (
  input  logic          clk_i,
  input  logic          ask_i,
  input  logic [1023:0] instr_i,
  input  kind_t         kind_i,         // registers: what it is
  input  logic [MostSteps-1:0] step_i,  // one of them
  input  logic [31:0]   z_i,
  input  logic [15:0]   rows_i,         // M
  output step_t         step_o,
  output logic          last_o          // no step after this one
);

  localparam int unsigned KLog   = $clog2(Cfg.KDim);
  localparam int unsigned NLog   = $clog2(Cfg.NDim);
  localparam int unsigned BusLog = $clog2(Cfg.BusBytes);
  localparam int unsigned VecLog = $clog2(Cfg.VecLanes);
  localparam int unsigned Longer = (Cfg.KDim > Cfg.NDim) ? Cfg.KDim : Cfg.NDim;

  load_t     ld;
  matrix_t   mx;
  vector_t   vc;
  setparam_t sp;
  fence_t    fc;
  assign ld = load_t'(instr_i);
  assign mx = matrix_t'(instr_i);
  assign vc = vector_t'(instr_i);
  assign sp = setparam_t'(instr_i);
  assign fc = fence_t'(instr_i);

  function automatic logic signed [32:0] sx(input logic [31:0] stride);
    return {stride[31], stride};
  endfunction
  function automatic logic signed [32:0] ux(input logic [31:0] value);
    return {1'b0, value};
  endfunction

  // One stream's term: count - 1 strides.
  function automatic step_t times(input logic [31:0] stride, input logic [19:0] factor);
    step_t s;
    s        = '0;
    s.target = ToExtent;
    s.a      = sx(stride);
    s.b      = factor;
    return s;
  endfunction
  function automatic step_t term(input logic [31:0] stride, input logic [15:0] count);
    step_t s;
    s      = times(stride, 20'(count));
    s.less = 1'b1;
    return s;
  endfunction
  // ... or none, in a dimension that stands still
  function automatic step_t term_of(input logic [31:0] stride, input logic [15:0] count, input logic still);
    return still ? times(stride, '0) : term(stride, count);
  endfunction
  function automatic step_t from(input step_t s, input logic [31:0] base);
    step_t r;
    r       = s;
    r.first = 1'b1;
    r.base  = base;
    return r;
  endfunction
  function automatic step_t judge(input step_t s, input logic [33:0] tail, input room_e room,
                                  input logic [4:0] word);
    step_t r;
    r      = s;
    r.last = 1'b1;
    r.tail = tail;
    r.room = room;
    r.word = word;
    return r;
  endfunction
  function automatic step_t chain(input target_e target, input logic [31:0] a,
                                  input logic [18:0] b);
    step_t s;
    s        = '0;
    s.target = target;
    s.a      = ux(a);
    s.b      = {1'b0, b};
    return s;
  endfunction
  function automatic step_t chain_on(input target_e target, input factor_e factor, input logic [18:0] b);
    step_t s;
    s        = chain(target, '0, b);
    s.factor = factor;
    return s;
  endfunction

  // ---- LOAD, STORE ------------------------------------------------------------------------------
  logic [21:0] f0_q;
  logic [15:0] f1_q, f2_q;
  logic [18:0] beats_q;
  logic [31:0] limit_q;
  room_e       local_room;
  assign local_room = (ld.space == SpaceAcc) ? InAcc : InSpm;

  // ---- MATRIX -----------------------------------------------------------------------------------
  logic [15:0]     k_tiles_q, n_tiles_q;
  logic [KLog-1:0] k_rest_q;            // values in the last tile, less one
  logic [NLog-1:0] n_rest_q;
  logic [32:0]     rows_bytes;
  logic [18:0]     rows_cost_q;          // of a pass
  assign rows_bytes = 33'(rows_i) << (NLog + 2);

  // ---- VECTOR -----------------------------------------------------------------------------------
  logic        still1, still2;          // reduced dimensions stand still
  logic        row_op;
  logic [18:0] row_cost_q;
  assign still1 = vc.win_op != ReduceNone && vc.win_dims != 2'd0;
  assign still2 = vc.win_op != ReduceNone && vc.win_dims[1];
  assign row_op = vc.row_op != ReduceNone;

  // Bytes of a row of n0 elements (of one element when it stands still).
  function automatic logic [33:0] row_tail(input logic [3:0] t, input logic [15:0] n0,
                                           input logic still);
    logic [33:0] count;
    count = still ? 34'd1 : 34'(n0);
    unique case (t)
      TypeInt8, TypeUint8: return count;
      TypeInt16, TypeBf16: return count << 1;
      default:             return count << 2;
    endcase
  endfunction
  logic [33:0] a_tail_q, b_tail_q, c_tail_q, d_tail_q;

  always_ff @(posedge clk_i) begin
    if (ask_i) begin
      f0_q       <= 22'(ld.n0) + 22'(ld.before0) + 22'(ld.after0);
      f1_q       <= ld.n1 + ld.before1 + ld.after1;             // below 2^16, else FIELD
      f2_q       <= ld.n2 + ld.before2 + ld.after2;
      beats_q    <= 19'((f0_q + 22'(Cfg.BusBytes - 1)) >> BusLog) + 19'd2;
      limit_q    <= ld.index_limit - 32'd1;
      k_tiles_q  <= ((mx.k0 - 16'd1) >> KLog) + 16'd1;
      n_tiles_q  <= ((mx.n - 16'd1) >> NLog) + 16'd1;
      k_rest_q   <= KLog'(mx.k0 - 16'd1);
      n_rest_q   <= NLog'(mx.n - 16'd1);
      rows_cost_q <= 19'(rows_i) + 19'(Longer);
      a_tail_q   <= row_tail(vc.a_type, vc.n0, vc.a_bcast);
      b_tail_q   <= row_tail(vc.b_type, vc.n0, vc.b_bcast);
      c_tail_q   <= row_tail(vc.c_type, vc.n0, vc.c_bcast);
      d_tail_q   <= row_tail(vc.d_type, vc.n0, row_op);
      row_cost_q <= 19'({(19'(vc.n0) + 19'(Cfg.VecLanes - 1)) >> VecLog, 3'b0}) +
                    19'd8 + (row_op ? 19'd192 : 19'd0);
    end
  end

  function automatic room_e room_of(input logic space);
    return (space == SpaceAcc) ? InAcc : InSpm;
  endfunction
  always_comb begin
    step_o = '0;
    last_o = 1'b0;
    if (ask_i) begin
      `ONE_OF (1'b1)
        kind_i.move: `ONE_OF (1'b1)
          step_i[1]: step_o = chain(ToY, 32'(f1_q), 19'(f2_q));
          step_i[2]: step_o = from(term(ld.t1, f1_q), ld.local_);
          step_i[3]: step_o = term(ld.t2, f2_q);
          step_i[4]: step_o = judge(term(ld.t3, ld.n3), 34'(f0_q), local_room, 5'd7);
          step_i[5]: step_o = chain_on(ToY, OfY, 19'(ld.n3));
          step_i[6]: if (ld.gather) step_o = judge(from(times('0, '0), ld.index), 34'({ld.n1, 2'b0}), InSpm, 5'd20);
          step_i[7]: step_o = from(ld.gather ? times(ld.s1, 20'(limit_q[15:0])) : term(ld.s1, ld.n1), ld.offset);
          step_i[8]: if (ld.gather) begin
            step_o        = times(ld.s1, 20'(limit_q[31:16]));
            step_o.target = ToExtentHigh;
          end
          step_i[9]:  step_o = chain_on(ToY, OfY, beats_q);
          step_i[10]: step_o = term(ld.s2, ld.n2);
          step_i[11]: begin
            step_o = judge(term(ld.s3, ld.n3), 34'(ld.n0), InWindow, 5'd6);
            last_o = 1'b1;
          end
          default: ;
        endcase

        kind_i.matrix: `ONE_OF (1'b1)
          step_i[0]:  step_o = chain(ToX, 32'(mx.m0), 19'(mx.m1));
          step_i[1]:  step_o = chain(ToY, 32'(n_tiles_q), 19'(mx.k2));
          step_i[2]:  step_o = chain(ToZ, 32'(mx.k0), 19'(mx.k1));
          step_i[3]:  step_o = from(term(mx.a_m0, mx.m0), mx.a_base);
          step_i[4]:  step_o = chain_on(ToRows, OfX, 19'(mx.m2));
          step_i[5]:  step_o = chain_on(ToY, OfY, 19'(mx.k1));
          step_i[6]:  step_o = chain_on(ToZ, OfZ, 19'(mx.k2));
          step_i[7]:  step_o = term(mx.a_m1, mx.m1);
          step_i[8]:  step_o = term(mx.a_m2, mx.m2);
          step_i[9]:  step_o = chain_on(ToY, OfY, 19'(k_tiles_q));
          step_i[10]: step_o = chain(ToX, 32'(rows_i), 19'(mx.n));
          step_i[11]: step_o = term(mx.a_k1, mx.k1);
          step_i[12]: step_o = judge(term(mx.a_k2, mx.k2), 34'(mx.k0), InSpm, 5'd7);
          step_i[13]: step_o = chain_on(ToY, OfY, rows_cost_q);
          step_i[14]: begin
            step_o        = times(mx.b_row, mx.columns ? 20'(k_rest_q) : 20'(n_rest_q));
            step_o.target = ToInner;
          end
          step_i[15]: begin
            step_o         = term(mx.b_n, n_tiles_q);
            step_o.target  = ToTiles;
            step_o.columns = 1'b1;
          end
          step_i[16]: begin
            step_o        = term(mx.b_k0, k_tiles_q);
            step_o.target = ToTiles;
          end
          step_i[17]: step_o = from(term(mx.b_k2, mx.k2), mx.b_base);
          step_i[18]: step_o = chain_on(ToMacsLow, OfX, 19'(z_i[15:0]));
          step_i[19]: step_o = chain_on(ToMacsHigh, OfX, 19'(z_i[31:16]));
          step_i[20]: step_o = judge(term(mx.b_k1, mx.k1), 34'd1, InSpm, 5'd8);
          step_i[21]: begin
            step_o = judge(from(term(mx.acc_n, n_tiles_q), mx.acc_base), 34'(rows_bytes), InAcc, 5'd9);
            last_o = mx.start != StartBias;
          end
          step_i[22]: begin
            step_o = judge(from(term(mx.bias_n, n_tiles_q), mx.bias_base), 34'(4 * Cfg.NDim), InAcc, 5'd10);
            last_o = 1'b1;
          end
          default: ;
        endcase

        kind_i.vector: begin
          `ONE_OF (1'b1)
            step_i[0]:  step_o = chain(ToY, 32'(vc.n1), 19'(vc.n2));
            step_i[1]:  step_o = from(term(vc.a_s1, vc.n1), vc.a_base);
            step_i[2]:  step_o = term(vc.a_s2, vc.n2);
            step_i[3]:  step_o = judge(term(vc.a_s3, vc.n3), a_tail_q, room_of(vc.a_space), 5'd12);
            step_i[4]:  step_o = chain_on(ToY, OfY, 19'(vc.n3));
            step_i[5]:  step_o = from(term_of(vc.b_s1, vc.n1, still1), vc.b_base);
            step_i[6]:  step_o = term_of(vc.b_s2, vc.n2, still2);
            step_i[7]:  step_o = judge(term(vc.b_s3, vc.n3), b_tail_q, room_of(vc.b_space), 5'd16);
            step_i[8]:  step_o = chain_on(ToY, OfY, row_cost_q);
            step_i[9]:  step_o = from(term_of(vc.c_s1, vc.n1, still1), vc.c_base);
            step_i[10]: step_o = term_of(vc.c_s2, vc.n2, still2);
            step_i[11]: step_o = judge(term(vc.c_s3, vc.n3), c_tail_q, room_of(vc.c_space), 5'd20);
            step_i[12]: step_o = from(term_of(vc.d_s1, vc.n1, still1), vc.d_base);
            step_i[13]: step_o = term_of(vc.d_s2, vc.n2, still2);
            step_i[14]: begin
              step_o = judge(term(vc.d_s3, vc.n3), d_tail_q, room_of(vc.d_space), 5'd24);
              last_o = 1'b1;
            end
            default: ;
          endcase
          // Streams that are not there.
          if (vc.b_mode != OperandStream && step_i[7:5] != '0) step_o = '0;
          if (vc.c_mode != OperandStream && step_i[11:9] != '0) step_o = '0;
        end

        kind_i.setparam: begin
          if (sp.source == SourceSpm) begin
            step_o = judge(from(times('0, '0), sp.local_), 34'd4, InSpm, 5'd7);
          end
          last_o = 1'b1;
        end

        kind_i.fence: begin
          if (fc.write) step_o = judge(from(times('0, '0), fc.offset), 34'd8, InWindow, 5'd6);
          last_o = 1'b1;
        end

        default: last_o = 1'b1;
      endcase
    end
  end

endmodule

`undef ONE_OF
