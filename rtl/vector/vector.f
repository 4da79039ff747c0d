# SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
vec_pkg.sv
fp32_mul.sv
fp32_add.sv
fp32_from_int.sv
fp32_to_int.sv
fp32_compare.sv
vec_nest.sv
vec_op.sv
vec_source.sv
vec_front.sv
vec_row.sv
vec_back.sv
vec_writer.sv
vector_engine.sv
