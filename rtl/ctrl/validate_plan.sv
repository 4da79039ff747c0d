// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// The products that the extents, the cost and the MAC count of an instruction need: one step a cycle.
// Combinational table, indexed by opcode and step. A chained product (X, Y, Z) may be used three steps
// after the step that forms it; ragged tiles are added four steps after theirs (validate_extent).
//
// STORE uses LOAD's table: its padding words are reserved and zero.

module validate_plan
  import validate_pkg::*;
  import girih_isa_pkg::*;
#(
  parameter girih_pkg::cfg_t Cfg = girih_presets_pkg::Default
) (
  input  logic          ask_i,
  input  logic [1023:0] instr_i,
  input  logic [4:0]    step_i,
  input  logic [31:0]   x_i,
  input  logic [31:0]   y_i,
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
  // count - 1 as a factor
  function automatic logic signed [19:0] less(input logic [15:0] count);
    return 20'(count) - 20'd1;
  endfunction

  // One stream's term.
  function automatic step_t term(input logic [31:0] stride, input logic signed [19:0] times);
    step_t s;
    s        = '0;
    s.target = ToExtent;
    s.a      = sx(stride);
    s.b      = times;
    return s;
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

  // ---- LOAD, STORE ------------------------------------------------------------------------------
  logic [21:0] f0;
  logic [15:0] f1, f2;
  logic [18:0] beats;
  logic [31:0] limit;
  room_e       local_room;
  assign f0         = 22'(ld.n0) + 22'(ld.before0) + 22'(ld.after0);
  assign f1         = ld.n1 + ld.before1 + ld.after1;       // below 2^16, else FIELD
  assign f2         = ld.n2 + ld.before2 + ld.after2;
  assign beats      = 19'((f0 + 22'(Cfg.BusBytes - 1)) >> BusLog) + 19'd2;
  assign limit      = ld.index_limit - 32'd1;
  assign local_room = (ld.space == SpaceAcc) ? InAcc : InSpm;

  // ---- MATRIX -----------------------------------------------------------------------------------
  logic [15:0]     k_tiles, n_tiles;
  logic [KLog-1:0] k_rest;              // values in the last tile, less one
  logic [NLog-1:0] n_rest;
  logic [32:0]     rows_bytes;
  assign k_tiles    = ((mx.k0 - 16'd1) >> KLog) + 16'd1;
  assign n_tiles    = ((mx.n - 16'd1) >> NLog) + 16'd1;
  assign k_rest     = KLog'(mx.k0 - 16'd1);
  assign n_rest     = NLog'(mx.n - 16'd1);
  assign rows_bytes = 33'(rows_i) << (NLog + 2);

  // ---- VECTOR -----------------------------------------------------------------------------------
  logic signed [19:0] v1, v2, v3, w1, w2;       // w: reduced dimensions stand still
  logic        row_op;
  logic [18:0] row_cost;
  assign v1 = less(vc.n1);
  assign v2 = less(vc.n2);
  assign v3 = less(vc.n3);
  assign w1 = (vc.win_op != ReduceNone && vc.win_dims != 2'd0) ? '0 : v1;
  assign w2 = (vc.win_op != ReduceNone && vc.win_dims[1]) ? '0 : v2;
  assign row_op   = vc.row_op != ReduceNone;
  assign row_cost = 19'({(19'(vc.n0) + 19'(Cfg.VecLanes - 1)) >> VecLog, 3'b0}) +
                    19'd8 + (row_op ? 19'd192 : 19'd0);

  function automatic room_e room_of(input logic space);
    return (space == SpaceAcc) ? InAcc : InSpm;
  endfunction
  // Bytes of a row of n0 elements (of one element when it stands still), less one.
  function automatic logic [33:0] row_tail(input logic [3:0] t, input logic [15:0] n0,
                                           input logic still);
    logic [33:0] count;
    count = still ? 34'd1 : 34'(n0);
    unique case (t)
      TypeInt8, TypeUint8: return count - 34'd1;
      TypeInt16:           return (count << 1) - 34'd1;
      default:             return (count << 2) - 34'd1;
    endcase
  endfunction

  always_comb begin
    step_o = '0;
    last_o = 1'b0;
    if (ask_i) begin
      unique case (ld.opcode)
        OpLoad, OpStore: unique case (step_i)
          5'd0: step_o = chain(ToY, 32'(f1), 19'(f2));
          5'd1: step_o = from(term(ld.t1, less(f1)), ld.local_);
          5'd2: step_o = term(ld.t2, less(f2));
          5'd3: step_o = chain(ToY, y_i, 19'(ld.n3));
          5'd4: step_o = judge(term(ld.t3, less(ld.n3)), 34'(f0) - 34'd1, local_room, 5'd7);
          5'd5: if (ld.gather) step_o = judge(from(term('0, '0), ld.index),
                                              34'({ld.n1, 2'b0}) - 34'd1, InSpm, 5'd20);
          5'd6: step_o = chain(ToY, y_i, beats);
          5'd7: step_o = from(term(ld.s1, ld.gather ? 20'(limit[15:0]) : less(ld.n1)), ld.offset);
          5'd8: if (ld.gather) begin
            step_o        = term(ld.s1, 20'(limit[31:16]));
            step_o.target = ToExtentHigh;
          end
          5'd9: step_o = term(ld.s2, less(ld.n2));
          5'd10: begin
            step_o = judge(term(ld.s3, less(ld.n3)), 34'(ld.n0) - 34'd1, InWindow, 5'd6);
            last_o = 1'b1;
          end
          default: ;
        endcase

        OpMatrix: unique case (step_i)
          5'd0:  step_o = chain(ToX, 32'(mx.m0), 19'(mx.m1));
          5'd1:  step_o = chain(ToY, 32'(n_tiles), 19'(mx.k2));
          5'd2:  step_o = chain(ToZ, 32'(mx.k0), 19'(mx.k1));
          5'd3:  step_o = chain(ToRows, x_i, 19'(mx.m2));
          5'd4:  step_o = chain(ToY, y_i, 19'(mx.k1));
          5'd5:  step_o = chain(ToZ, z_i, 19'(mx.k2));
          5'd6:  step_o = from(term(mx.a_m0, less(mx.m0)), mx.a_base);
          5'd7:  step_o = chain(ToY, y_i, 19'(k_tiles));
          5'd8:  step_o = term(mx.a_m1, less(mx.m1));
          5'd9:  step_o = term(mx.a_m2, less(mx.m2));
          5'd10: step_o = chain(ToY, y_i, 19'(rows_i) + 19'(Longer));
          5'd11: step_o = chain(ToX, 32'(rows_i), 19'(mx.n));
          5'd12: step_o = term(mx.a_k1, less(mx.k1));
          5'd13: step_o = judge(term(mx.a_k2, less(mx.k2)), 34'(mx.k0) - 34'd1, InSpm, 5'd7);
          5'd14: begin
            step_o        = term(mx.b_row, mx.columns ? 20'(k_rest) : 20'(n_rest));
            step_o.target = ToInner;
          end
          5'd15: begin
            step_o         = term(mx.b_n, less(n_tiles));
            step_o.target  = ToTiles;
            step_o.columns = 1'b1;
          end
          5'd16: begin
            step_o        = term(mx.b_k0, less(k_tiles));
            step_o.target = ToTiles;
          end
          5'd17: step_o = from(term(mx.b_k2, less(mx.k2)), mx.b_base);
          5'd18: step_o = chain(ToMacsLow, x_i, 19'(z_i[15:0]));
          5'd19: step_o = chain(ToMacsHigh, x_i, 19'(z_i[31:16]));
          5'd20: step_o = judge(term(mx.b_k1, less(mx.k1)), '0, InSpm, 5'd8);
          5'd21: begin
            step_o = judge(from(term(mx.acc_n, less(n_tiles)), mx.acc_base),
                           34'(rows_bytes) - 34'd1, InAcc, 5'd9);
            last_o = mx.start != StartBias;
          end
          5'd22: begin
            step_o = judge(from(term(mx.bias_n, less(n_tiles)), mx.bias_base),
                           34'(4 * Cfg.NDim - 1), InAcc, 5'd10);
            last_o = 1'b1;
          end
          default: ;
        endcase

        OpVector: begin
          unique case (step_i)
            5'd0:  step_o = chain(ToY, 32'(vc.n1), 19'(vc.n2));
            5'd1:  step_o = from(term(vc.a_s1, v1), vc.a_base);
            5'd2:  step_o = term(vc.a_s2, v2);
            5'd3:  step_o = chain(ToY, y_i, 19'(vc.n3));
            5'd4:  step_o = judge(term(vc.a_s3, v3), row_tail(vc.a_type, vc.n0, vc.a_bcast),
                                  room_of(vc.a_space), 5'd12);
            5'd5:  step_o = from(term(vc.b_s1, w1), vc.b_base);
            5'd6:  step_o = chain(ToY, y_i, row_cost);
            5'd7:  step_o = term(vc.b_s2, w2);
            5'd8:  step_o = judge(term(vc.b_s3, v3), row_tail(vc.b_type, vc.n0, vc.b_bcast),
                                  room_of(vc.b_space), 5'd16);
            5'd9:  step_o = from(term(vc.c_s1, w1), vc.c_base);
            5'd10: step_o = term(vc.c_s2, w2);
            5'd11: step_o = judge(term(vc.c_s3, v3), row_tail(vc.c_type, vc.n0, vc.c_bcast),
                                  room_of(vc.c_space), 5'd20);
            5'd12: step_o = from(term(vc.d_s1, w1), vc.d_base);
            5'd13: step_o = term(vc.d_s2, w2);
            5'd14: begin
              step_o = judge(term(vc.d_s3, v3), row_tail(vc.d_type, vc.n0, row_op),
                             room_of(vc.d_space), 5'd24);
              last_o = 1'b1;
            end
            default: ;
          endcase
          // Streams that are not there.
          if (vc.b_mode != OperandStream && step_i >= 5'd5 && step_i <= 5'd8 && step_i != 5'd6) begin
            step_o = '0;
          end
          if (vc.c_mode != OperandStream && step_i >= 5'd9 && step_i <= 5'd11) step_o = '0;
        end

        OpSetparam: begin
          if (sp.source == SourceSpm) begin
            step_o = judge(from(term('0, '0), sp.local_), 34'd3, InSpm, 5'd7);
          end
          last_o = 1'b1;
        end

        OpFence: begin
          if (fc.write) step_o = judge(from(term('0, '0), fc.offset), 34'd7, InWindow, 5'd6);
          last_o = 1'b1;
        end

        default: last_o = 1'b1;
      endcase
    end
  end

endmodule
