# SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
vec_pkg.sv
fp32_mul.sv
fp32_add.sv
fp32_from_int.sv
fp32_to_int.sv
fp32_compare.sv
