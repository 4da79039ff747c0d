# SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
prim_arb_rr.sv
prim_clk_gate.sv
prim_fifo.sv
prim_ram_1r1w.sv
prim_regfile_1r1w.sv
prim_rst_sync.sv
prim_stream_reg.sv
