// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
girih_pkg.sv
$GEN/girih_presets_pkg.sv
$GEN/girih_isa_pkg.sv
