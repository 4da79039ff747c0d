// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// What passes between the three parts of the validator: the plan says which products an instruction
// needs, the arithmetic part forms them one per cycle and judges the extents.

package validate_pkg;

  localparam int unsigned MostSteps = 23;         // of an instruction's plan

  // Where a product goes.
  typedef enum logic [3:0] {
    ToNothing,
    ToExtent,       // a term of the current stream: stride * (count - 1)
    ToExtentHigh,   // the same, times 2^16 (upper half of an index limit)
    ToRows,         // M = m0*m1*m2, judged against 65535
    ToX,            // m0*m1, then M*N
    ToY,            // cost so far, saturating
    ToZ,            // K = k0*k1*k2, saturating
    ToInner,        // ragged tiles: (remainder - 1) * inner stride
    ToTiles,        // ragged tiles: (tiles - 1) * tile stride
    ToMacsLow,      // MACs: M*N * K[15:0]
    ToMacsHigh      // ... and M*N * K[31:16], times 2^16
  } target_e;

  // The size a stream must stay below.
  typedef enum logic [1:0] {
    InSpm,
    InAcc,
    InWindow
  } room_e;

  // What kind of instruction: one of them, or none.
  typedef struct packed {
    logic move;                     // LOAD, STORE
    logic matrix;
    logic vector;
    logic setparam;
    logic fence;
  } kind_t;

  // What a step multiplies: its own factor, or a product formed before.
  typedef enum logic [1:0] {
    OfStep,
    OfX,
    OfY,
    OfZ
  } factor_e;

  typedef struct packed {
    target_e            target;
    factor_e            factor;
    logic signed [32:0] a;          // of OfStep
    logic signed [19:0] b;
    logic               less;       // b - 1 is meant: a count of steps between elements
    logic               first;      // of a stream: starts at `base`
    logic               last;       // of a stream: is judged, with `tail` bytes from the last address on
    logic [31:0]        base;
    logic [33:0]        tail;
    room_e              room;
    logic [4:0]         word;       // named by PARTITION
    logic               columns;    // ToTiles: along N (1) or along K (0)
  } step_t;

  // Judgements that rank below the field checks.
  typedef struct packed {
    logic        too_many_rows;     // FIELD, word 13
    logic        partition;
    logic [4:0]  partition_word;
    logic        window;
    logic        too_long;
    logic [47:0] macs;
  } extents_t;

  // A FIELD or ALIGN finding: the lowest word.
  typedef struct packed {
    logic       found;
    logic [4:0] word;
  } finding_t;

endpackage
