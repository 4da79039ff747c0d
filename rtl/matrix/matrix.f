# SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
matrix_pkg.sv
matrix_passes.sv
matrix_rows.sv
matrix_weights.sv
matrix_segment.sv
matrix_array.sv
matrix_accumulate.sv
matrix_engine.sv
