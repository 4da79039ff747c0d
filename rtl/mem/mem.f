# SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
mem_arb.sv
mem_ask.sv
spm.sv
acc.sv
