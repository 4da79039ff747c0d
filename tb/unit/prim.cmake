# SPDX-License-Identifier: Apache-2.0
girih_verilate(NAME prim_fifo TOP prim_fifo SOURCES rtl/prim/prim_fifo.sv)
girih_unit_test(NAME prim_fifo_test SOURCES prim_fifo_test.cpp MODELS prim_fifo)
