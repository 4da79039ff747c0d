# SPDX-License-Identifier: Apache-2.0
#
# The matrix engine on its memories, and the memories alone, on every preset.
foreach(preset Tiny Base Wide Ecp5)
  string(TOLOWER ${preset} lower)

  girih_verilate(NAME matrix_bench_${lower} TOP matrix_bench PRESET ${preset}
                 ROOMS pkg prim mem matrix SOURCES tb/unit/matrix_bench.sv)
  girih_unit_test(NAME matrix_engine_${lower}_test SOURCES matrix_engine_test.cpp
                  MODELS matrix_bench_${lower} LIBS girih_gen_include)
  target_compile_definitions(matrix_engine_${lower}_test PRIVATE
    GIRIH_MODEL=Vmatrix_bench_${lower} GIRIH_MODEL_HEADER="Vmatrix_bench_${lower}.h"
    GIRIH_PRESET_NAME="${lower}")

  foreach(memory spm acc)
    girih_verilate(NAME mem_${memory}_${lower} TOP ${memory} PRESET ${preset} ROOMS pkg prim mem)
    girih_unit_test(NAME mem_${memory}_${lower}_test SOURCES mem_${memory}_test.cpp
                    MODELS mem_${memory}_${lower} LIBS girih_gen_include)
    target_compile_definitions(mem_${memory}_${lower}_test PRIVATE
      GIRIH_MODEL=Vmem_${memory}_${lower} GIRIH_MODEL_HEADER="Vmem_${memory}_${lower}.h"
      GIRIH_PRESET_NAME="${lower}")
  endforeach()
endforeach()

girih_verilate(NAME matrix_bench_bugs TOP matrix_bench PRESET Tiny DEFINES GIRIH_SEEDED_BUGS
               ROOMS pkg prim mem matrix SOURCES tb/unit/matrix_bench.sv)
girih_unit_test(NAME matrix_bug_test SOURCES matrix_bug_test.cpp MODELS matrix_bench_bugs LIBS girih_gen_include)
target_compile_definitions(matrix_bug_test PRIVATE
  GIRIH_MODEL=Vmatrix_bench_bugs GIRIH_MODEL_HEADER="Vmatrix_bench_bugs.h"
  GIRIH_BUG_HEADER="Vmatrix_bench_bugs_girih_bug_pkg.h" GIRIH_PRESET_NAME="tiny")
