// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Bugs put in on purpose, to show that the tests find them. `SEEDED_BUG(id, good, bad) is `good`, and
// nothing else, unless GIRIH_SEEDED_BUGS is defined; then the bug whose number the bench has selected
// (girih_bug_pkg::selected; tb/harness/seeded_bug.h sets it at run time) takes `bad`. 0 selects none.
// Commas inside an argument need parentheses around them.

`ifndef PRIM_BUG_SVH
`define PRIM_BUG_SVH

`ifdef GIRIH_SEEDED_BUGS
package girih_bug_pkg;
  int selected /*verilator public_flat_rw*/ = 0;
endpackage
`define SEEDED_BUG(id, good, bad) ((girih_bug_pkg::selected == (id)) ? (bad) : (good))
`else
`define SEEDED_BUG(id, good, bad) (good)
`endif

`endif
