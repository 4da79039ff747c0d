# SPDX-License-Identifier: Apache-2.0
#
# LOAD, STORE and the AXI join together, on the presets that differ in their widths.
foreach(preset Tiny Base Wide Ecp5)
  string(TOLOWER ${preset} lower)
  girih_verilate(NAME dma_bench_${lower} TOP dma_bench PRESET ${preset}
                 ROOMS pkg prim dma SOURCES tb/unit/dma_bench.sv)
  foreach(test engine rate)
    girih_unit_test(NAME dma_${test}_${lower}_test SOURCES dma_${test}_test.cpp
                    MODELS dma_bench_${lower} LIBS girih_bfm girih_isa)
    target_compile_definitions(dma_${test}_${lower}_test PRIVATE
      GIRIH_MODEL=Vdma_bench_${lower} GIRIH_MODEL_HEADER="Vdma_bench_${lower}.h"
      GIRIH_PRESET_NAME="${lower}")
  endforeach()
endforeach()

girih_verilate(NAME dma_bench_bugs TOP dma_bench PRESET Tiny DEFINES GIRIH_SEEDED_BUGS
               ROOMS pkg prim dma SOURCES tb/unit/dma_bench.sv)
girih_unit_test(NAME dma_bug_test SOURCES dma_bug_test.cpp MODELS dma_bench_bugs LIBS girih_bfm girih_isa)
target_compile_definitions(dma_bug_test PRIVATE
  GIRIH_MODEL=Vdma_bench_bugs GIRIH_MODEL_HEADER="Vdma_bench_bugs.h"
  GIRIH_BUG_HEADER="Vdma_bench_bugs_girih_bug_pkg.h" GIRIH_PRESET_NAME="tiny")

girih_unit_test(NAME dma_axi_memory_test SOURCES dma_axi_memory_test.cpp LIBS girih_bfm)
