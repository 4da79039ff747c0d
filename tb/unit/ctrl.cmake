# SPDX-License-Identifier: Apache-2.0
#
# Registers and frontend together, engines modelled in C++.
foreach(preset Tiny Base)
  string(TOLOWER ${preset} lower)
  girih_verilate(NAME ctrl_bench_${lower} TOP ctrl_bench PRESET ${preset} ROOMS pkg prim ctrl
                 SOURCES tb/unit/ctrl_bench.sv UNITS 2)
  foreach(test csr validate frontend faults)
    girih_unit_test(NAME ctrl_${test}_${lower}_test SOURCES ctrl_${test}_test.cpp
                    MODELS ctrl_bench_${lower} LIBS girih_bfm girih_golden girih_isa)
    target_compile_definitions(ctrl_${test}_${lower}_test PRIVATE
      GIRIH_MODEL=Vctrl_bench_${lower} GIRIH_MODEL_HEADER="Vctrl_bench_${lower}.h"
      GIRIH_PRESET_NAME="${lower}")
  endforeach()
endforeach()
