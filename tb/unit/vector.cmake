# SPDX-License-Identifier: Apache-2.0
set(vector_float_units fp32_mul fp32_add fp32_from_int fp32_to_int fp32_compare)
foreach(unit IN LISTS vector_float_units)
  girih_verilate(NAME ${unit} TOP ${unit} ROOMS pkg
                 SOURCES rtl/vector/vec_pkg.sv rtl/vector/${unit}.sv)
endforeach()
girih_unit_test(NAME vector_fp32_test SOURCES vector_fp32_test.cpp
                MODELS ${vector_float_units})

# The reference by which the engine is judged, against the golden model: two readings of one page.
girih_unit_test(NAME vector_reference_test SOURCES vector_reference_test.cpp LIBS girih_golden)

girih_verilate(NAME sfu TOP sfu ROOMS pkg vector DEFINES GIRIH_SEEDED_BUGS)
girih_unit_test(NAME vector_sfu_test SOURCES vector_sfu_test.cpp MODELS sfu LIBS girih_golden)

set(vec_sfus)
foreach(width 2_1 4_1 4_4 16_4)               # lanes, units
  string(REPLACE "_" ";" sizes ${width})
  list(GET sizes 0 lanes)
  list(GET sizes 1 units)
  girih_verilate(NAME vec_sfu_${width} TOP vec_sfu ROOMS pkg vector DEFINES GIRIH_SEEDED_BUGS
                 PARAMS Lanes=${lanes} Units=${units} SideBits=8)
  list(APPEND vec_sfus vec_sfu_${width})
endforeach()
girih_unit_test(NAME vector_vec_sfu_test SOURCES vector_vec_sfu_test.cpp MODELS ${vec_sfus} LIBS girih_golden)

set(vector_engines)
foreach(preset Tiny Base Wide Ecp5)
  string(TOLOWER ${preset} name)
  girih_verilate(NAME vector_engine_${name} TOP vector_engine PRESET ${preset} ROOMS pkg prim vector UNITS 2
                 DEFINES GIRIH_SEEDED_BUGS)
  list(APPEND vector_engines vector_engine_${name})
endforeach()
girih_unit_test(NAME vector_engine_test SOURCES vector_engine_test.cpp MODELS ${vector_engines}
                LIBS girih_gen_include)
