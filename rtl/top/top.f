# SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
engine_clock.sv
girih_top.sv
