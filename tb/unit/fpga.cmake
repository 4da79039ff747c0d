# SPDX-License-Identifier: Apache-2.0
#
# The FPGA's top, as it is placed but for the sizes of its memory and of a bit on the line.
girih_verilate(NAME fpga_top TOP girih_fpga_top PRESET Tiny
               ROOMS pkg prim mem matrix vector dma ctrl top fpga
               PARAMS Divisor=6 MemoryBytes=16384 UNITS 4)
girih_unit_test(NAME fpga_top_test SOURCES fpga_top_test.cpp MODELS fpga_top LIBS girih_isa)

girih_verilate(NAME fpga_uart_rx TOP uart_rx SOURCES rtl/fpga/uart_rx.sv PARAMS Divisor=6)
girih_unit_test(NAME fpga_uart_test SOURCES fpga_uart_test.cpp MODELS fpga_uart_rx)
