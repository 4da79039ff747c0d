// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// What the parts of the special function unit share (docs/functions.md).

package sfu_pkg;

  localparam int unsigned Stages       = 18;
  localparam int unsigned FractionBits = 25;       // F

  // The low bits of an instruction's `sfu`.
  typedef enum logic [1:0] {Exp2, Recip, Rsqrt, Log2} op_e;

  typedef enum logic [1:0] {Value, Zero, Inf, Nan} kind_e;

  // What travels beside the arithmetic. `exp`: k of log2 (modulo 256) until it is added, otherwise the biased
  // exponent of a result whose first one is in bit 58 of the sum (sfu_finish).
  typedef struct packed {
    kind_e             kind;
    logic              sign;
    op_e               op;
    logic signed [9:0] exp;
  } meta_t;

endpackage
