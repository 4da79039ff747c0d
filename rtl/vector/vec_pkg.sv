// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// What the modules of the vector engine share: FP32 constants and helpers, a stream's description,
// the shape of an instruction, and the control that travels beside the lanes.

package vec_pkg;

  localparam logic [31:0] FpNan     = 32'h7fc0_0000;   // the one NaN that operations yield
  localparam logic [31:0] FpOne     = 32'h3f80_0000;
  localparam logic [31:0] FpNegZero = 32'h8000_0000;   // x + (-0) is x, for both zeros too

  // Beside girih_isa_pkg::vop_e: the larger one as it is, NaN above all, zeros equal; who wins is told.
  localparam logic [3:0] OpLargest  = 4'd15;

  localparam int unsigned Slots     = 2;               // instructions in flight
  localparam int unsigned AddrWidth = girih_pkg::SpmAddrWidth;
  localparam int unsigned Levels    = 4;               // loop levels of a stream

  typedef logic [AddrWidth-1:0]             addr_t;    // byte address, physical
  typedef logic [Levels-1:0][15:0]          counts_t;  // last index of each level, innermost first
  typedef logic [Levels-1:0][AddrWidth-1:0] strides_t;

  // One of the streams a, b, c, d of an instruction.
  typedef struct packed {
    logic        konst;          // no memory: `base` is the FP32 value of every element
    logic        acc;            // accumulators, otherwise scratchpad
    logic        bcast;          // one element for all i0
    logic [3:0]  elem;           // girih_isa_pkg::type_e
    logic [31:0] base;           // physical byte address, or the constant
    addr_t       s1;
    addr_t       s2;
    addr_t       s3;
  } stream_t;

  // What all streams of an instruction agree on.
  typedef struct packed {
    logic [15:0] last0;          // n0 - 1 ... n3 - 1
    logic [15:0] last1;
    logic [15:0] last2;
    logic [15:0] last3;
    logic        row;            // i0 is reduced
    logic        sfu;            // takes a special function
    logic [1:0]  win_dims;       // i1 (and i2) are reduced
  } shape_t;

  // Arithmetic of an instruction.
  typedef struct packed {
    logic [3:0]  vop;
    logic        adds;           // vop takes the adder, otherwise the comparison
    logic        select;         // vop chooses between b and c, without a product
    logic        factor;         // c is the second factor: the scale of each element
    logic        abs;
    logic [1:0]  sfu_op;         // sfu_pkg::op_e
    logic [3:0]  row_op;
    logic [3:0]  win_op;
    logic [7:0]  za;
    logic [7:0]  zb;
    logic [7:0]  zc;
    logic [7:0]  zd;
    logic [7:0]  lo;
    logic [7:0]  hi;
    logic [31:0] scale;          // 1.0 when the instruction does not scale
  } math_t;

  // What a chunk of VecLanes elements carries from its source to the lanes.
  typedef struct packed {
    logic slot;                  // which instruction
    logic same;                  // the elements are those of the chunk before
    logic win_first;
    logic win_last;
    logic row;                   // of an instruction that reduces rows
    logic row_last;
    logic sfu;                   // of one that takes a special function
  } chunk_t;

  // What stages of the first half are to do, as registers that are loaded with the stage before.
  typedef struct packed {
    logic [3:0] a_elem;          // at the integer stage
    logic [3:0] b_elem;
    logic [3:0] c_elem;
    logic [7:0] za;
    logic [7:0] zb;
    logic [7:0] zc;
    logic [3:0] win_op;
    logic       a_is_fp;         // at the conversion stage
    logic       a_is_one;        // x is b alone; whether a is zero goes with it
    logic       b_is_fp;
    logic       c_is_fp;
    logic [3:0] vop;             // at the first stage of the operation
  } front_do_t;

  // Controls of the first half of the lanes; `_en` enables a stage's registers.
  typedef struct packed {
    front_do_t  what;
    logic       a_raw_en;
    logic       a_int_en;
    logic       win_en;
    logic [2:0] a_fp_en;
    logic [5:0] b_en;            // raw, integer, wait, three of conversion
    logic [13:0] c_en;           // the same, four that wait for the product, four for the operation
    logic [3:0] mul_en;
    logic [3:0] add_en;          // vop, in the adder
    logic [3:0] compare_en;      // or in the comparison
    logic       win_first;
    logic       z_added;         // at the last stage of the operation
    logic       z_abs;
  } front_t;

  // The same of the second half.
  typedef struct packed {
    logic [3:0]  elem;
    logic [7:0]  zd;
    logic [7:0]  lo;
    logic [7:0]  hi;
    logic [10:0] low;            // the limits less the zero point, signed
    logic [10:0] high;
  } convert_t;

  typedef struct packed {
    convert_t    what;           // at the last stage
    logic [31:0] scale;          // of what enters
    logic        factor;         // it is c instead
    logic        in_en;
    logic [3:0]  mul_en;
    logic [1:0]  int_en;
    logic        out_en;
  } back_t;

  // What the row reduction needs to know of a chunk.
  typedef struct packed {
    logic        slot;
    logic        last;           // of its row
    logic        adds;
    logic [3:0]  op;             // girih_isa_pkg::vop_e
    logic [15:0] last0;          // n0 - 1
  } row_t;

  // log2 of an element's bytes
  function automatic logic [1:0] elem_log2(input logic [3:0] elem);
    unique case (elem)
      girih_isa_pkg::TypeInt8, girih_isa_pkg::TypeUint8: return 2'd0;
      girih_isa_pkg::TypeInt16, girih_isa_pkg::TypeBf16: return 2'd1;
      default:                                           return 2'd2;
    endcase
  endfunction

  // FP32 from the integer stage on.
  function automatic logic elem_is_fp(input logic [3:0] elem);
    return elem == girih_isa_pkg::TypeFp32 || elem == girih_isa_pkg::TypeBf16;
  endfunction

  // An 8-bit field of an instruction, signed or not, less another.
  function automatic logic [10:0] byte_less(input logic is_signed, input logic [7:0] x,
                                            input logic [7:0] y);
    return {{3{is_signed && x[7]}}, x} - {{3{is_signed && y[7]}}, y};
  endfunction

  // Of a magnitude, that is without its sign.
  function automatic logic fp_is_nan(input logic [30:0] x);
    return x[30:23] == 8'hff && x[22:0] != '0;
  endfunction

  // Subnormals become zero of their sign, NaN becomes the canonical one.
  function automatic logic [31:0] fp_normal(input logic [31:0] x);
    if (x[30:23] == 8'h00) return {x[31], 31'b0};
    if (fp_is_nan(x[30:0])) return FpNan;
    return x;
  endfunction

  // A value moved up until its top nibble holds its first one, by whole nibbles; `nibbles` counts them.
  // What is moved in is `fill`. Seven when there is no one at all.
  typedef struct packed {
    logic [2:0]  nibbles;
    logic [31:0] value;
  } coarse_t;

  function automatic coarse_t norm_coarse(input logic [31:0] value, input logic fill);
    logic [6:0] some;                            // nibbles that hold a one, the top one first
    coarse_t    r;
    for (int i = 0; i < 7; i++) some[i] = value[31 - 4*i -: 4] != '0;
    r.nibbles[2] = some[3:0] == '0;
    r.nibbles[1] = r.nibbles[2] ? some[5:4] == '0 : some[1:0] == '0;
    r.nibbles[0] = r.nibbles[2] ? (some[5:4] == '0 ? !some[6] : !some[4])
                                : (some[1:0] == '0 ? !some[2] : !some[0]);
    r.value = value;
    if (r.nibbles[2]) r.value = {r.value[15:0], {16{fill}}};
    if (r.nibbles[1]) r.value = {r.value[23:0], {8{fill}}};
    if (r.nibbles[0]) r.value = {r.value[27:0], {4{fill}}};
    return r;
  endfunction

  // Zeros before the first one of a nibble, from its top three bits; 3 when those are zeros.
  function automatic logic [1:0] nibble_zeros(input logic [2:0] top);
    return {top[2:1] == '0, !top[2] && (top[1] || !top[0])};
  endfunction

  // The operation of a row reduction.
  function automatic logic [3:0] row_vop(input logic [3:0] op);
    unique case (op)
      girih_isa_pkg::ReduceMax: return girih_isa_pkg::VopMax;
      girih_isa_pkg::ReduceMin: return girih_isa_pkg::VopMin;
      girih_isa_pkg::ReduceArgmax: return OpLargest;
      default:                  return girih_isa_pkg::VopAdd;
    endcase
  endfunction

  // The element takes the adder; other operations take the comparison.
  function automatic logic op_adds(input logic [3:0] op);
    return op == girih_isa_pkg::VopNone || op == girih_isa_pkg::VopAdd ||
           op == girih_isa_pkg::VopSub;
  endfunction

  // Last step of every FP32 operation: `mant` is the rounded 24-bit significand (bit 24: rounding
  // carried out), `exp` its biased exponent without bounds.
  function automatic logic [31:0] fp_pack(input logic sign, input logic signed [9:0] exp,
                                          input logic [24:0] mant);
    logic signed [9:0] e;
    e = exp + 10'(mant[24]);
    if (e <= 0) return {sign, 31'b0};
    if (e >= 255) return {sign, 8'hff, 23'b0};
    return {sign, e[7:0], mant[24] ? mant[23:1] : mant[22:0]};
  endfunction

endpackage
