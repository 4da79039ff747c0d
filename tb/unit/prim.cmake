# SPDX-License-Identifier: Apache-2.0
#
# Unit tests of rtl/prim.

foreach(prim prim_arb_rr prim_fifo prim_stream_reg prim_rst_sync prim_clk_gate)
  set(params)
  if(prim STREQUAL prim_arb_rr)
    set(params PARAMS Count=5)
  endif()
  girih_verilate(NAME ${prim} TOP ${prim} SOURCES rtl/prim/${prim}.sv ${params})
endforeach()

set(ram TOP prim_ram_1r1w SOURCES rtl/prim/prim_ram_1r1w.sv)
girih_verilate(NAME prim_ram ${ram} PARAMS Depth=48)
girih_verilate(NAME prim_ram_lanes ${ram} PARAMS Depth=48 DEFINES GIRIH_RAM_LANES)
girih_verilate(NAME prim_ram_output_reg ${ram} PARAMS Depth=48 OutputReg=1)

set(bug TOP prim_bug_example SOURCES tb/unit/prim_bug_example.sv)
girih_verilate(NAME prim_bug_off ${bug})
girih_verilate(NAME prim_bug_on ${bug} DEFINES GIRIH_SEEDED_BUGS)

girih_unit_test(NAME prim_arb_rr_test SOURCES prim_arb_rr_test.cpp MODELS prim_arb_rr)
girih_unit_test(NAME prim_bug_test SOURCES prim_bug_test.cpp MODELS prim_bug_on prim_bug_off)
girih_unit_test(NAME prim_fifo_test SOURCES prim_fifo_test.cpp MODELS prim_fifo)
girih_unit_test(NAME prim_ram_1r1w_test SOURCES prim_ram_1r1w_test.cpp
  MODELS prim_ram prim_ram_lanes prim_ram_output_reg)
girih_unit_test(NAME prim_rst_sync_test SOURCES prim_rst_sync_test.cpp
  MODELS prim_rst_sync prim_clk_gate)
girih_unit_test(NAME prim_stream_reg_test SOURCES prim_stream_reg_test.cpp MODELS prim_stream_reg)
