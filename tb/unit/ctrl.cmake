# SPDX-License-Identifier: Apache-2.0
#
# Registers and frontend together, engines modelled in C++.
foreach(preset Tiny Base Wide Ecp5)
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

# The counters alone, for the presets' numbers of contexts.
set(models)
foreach(contexts 2 4 8)
  girih_verilate(NAME ctrl_counters_${contexts} TOP counters PARAMS Contexts=${contexts} ROOMS pkg prim
                 SOURCES rtl/ctrl/girih_ctrl_pkg.sv rtl/ctrl/counters.sv)
  list(APPEND models ctrl_counters_${contexts})
endforeach()
girih_unit_test(NAME ctrl_counters_test SOURCES ctrl_counters_test.cpp MODELS ${models})
