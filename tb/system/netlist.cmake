# SPDX-License-Identifier: Apache-2.0
#
# The netlist device: a preset mapped for ECP5, its netlist Verilated, on the bench of the RTL.
#
#   girih_netlist_chip_<preset>   static library, for tests: defines girih::rtl::make_netlist_chip
#   girih_netlist_<preset>        <build>/lib/girih_netlist_<preset>.so, for ./girih --device netlist
#
# Never built by default: mapping and compiling take many minutes. make netlist PRESET=tiny
add_library(girih_netlist_device STATIC dump.cpp netlist_device.cpp)
target_link_libraries(girih_netlist_device PUBLIC girih_rtl_device)
set_target_properties(girih_netlist_device PROPERTIES EXCLUDE_FROM_ALL ON)

function(girih_netlist PRESET)
  string(SUBSTRING ${PRESET} 0 1 first)
  string(SUBSTRING ${PRESET} 1 -1 rest)
  string(TOUPPER ${first} first)
  set(rtl)
  foreach(room IN LISTS chip_rooms)
    girih_room_files(files ${room} ${first}${rest})
    list(APPEND rtl ${files})
  endforeach()
  file(GLOB headers CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/rtl/prim/*.svh)
  set(silicon ${CMAKE_SOURCE_DIR}/scripts/silicon)
  set(text ${CMAKE_CURRENT_BINARY_DIR}/netlist_${PRESET}.v)
  add_custom_command(OUTPUT ${text}
    COMMAND ${GIRIH_PYTHON} ${silicon}/netlist_device.py --preset ${PRESET} --build ${CMAKE_BINARY_DIR}
            --out ${text}
    DEPENDS ${rtl} ${headers} ${GIRIH_GEN_RTL} ${silicon}/netlist_device.py ${silicon}/netlist_model.py
            ${silicon}/lut_text.py ${silicon}/mapping.py
    COMMENT "Netlist of ${PRESET}" USES_TERMINAL VERBATIM)

  set(model girih_netlist_model_${PRESET})
  girih_verilate(NAME ${model} TOP girih_top PRESET ${PRESET} UNITS 8
                 SOURCES ${text} rtl/fpga/ecp5_cells/DP16KD.sv)
  target_compile_options(${model} PRIVATE -O1)       # -O2: three times the compiler's time, no faster
  add_library(girih_netlist_chip_${PRESET} STATIC netlist_model.cpp)
  add_dependencies(girih_netlist_chip_${PRESET} ${model}.verilate)
  target_compile_definitions(girih_netlist_chip_${PRESET} PRIVATE
    GIRIH_MODEL=V${model} GIRIH_PRESET_NAME="${PRESET}" VM_TRACE=0)
  target_link_libraries(girih_netlist_chip_${PRESET} PRIVATE ${model} girih_bfm girih_netlist_device)

  add_library(girih_netlist_${PRESET} MODULE netlist_library.cpp)
  set_target_properties(girih_netlist_${PRESET} PROPERTIES
    PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
  target_link_libraries(girih_netlist_${PRESET} PRIVATE girih_netlist_device girih_netlist_chip_${PRESET})
  target_link_options(girih_netlist_${PRESET} PRIVATE -Wl,--exclude-libs,ALL -Wl,-Bsymbolic)
  set_target_properties(${model} ${model}.verilate girih_netlist_chip_${PRESET} girih_netlist_${PRESET}
                        PROPERTIES EXCLUDE_FROM_ALL ON)
endfunction()

girih_netlist(tiny)
girih_netlist(ecp5)

# Tests: `make build` does not make the netlists, the first test of each preset does. tiny's costs minutes
# and is in `make test` with a program and a broken table; the others are long.
function(girih_netlist_tests PRESET)
  set(programs)
  foreach(test IN LISTS ARGN)
    set(name ${test}_netlist_${PRESET}_test)
    add_executable(${name} EXCLUDE_FROM_ALL ${test}_test.cpp)
    target_compile_definitions(${name} PRIVATE GIRIH_NETLIST
      GIRIH_BREAKS="${CMAKE_CURRENT_BINARY_DIR}/netlist_${PRESET}.breaks.json")
    target_link_libraries(${name} PRIVATE girih_netlist_device girih_netlist_chip_${PRESET} girih_random
                                          girih_tb nlohmann_json::nlohmann_json GTest::gtest_main)
    list(APPEND programs ${name})
    girih_netlist_test(${PRESET} ${test} long COMMAND ${name})
  endforeach()
  add_test(NAME netlist.${PRESET}.build
    COMMAND ${CMAKE_COMMAND} --build ${CMAKE_BINARY_DIR} --parallel 2
            --target girih_netlist_${PRESET} girih ${programs})
  set_tests_properties(netlist.${PRESET}.build PROPERTIES TIMEOUT 7200 FIXTURES_SETUP netlist_${PRESET}
    RUN_SERIAL TRUE DEPENDS synth.${PRESET} LABELS netlist)
  foreach(check tiles output)
    girih_netlist_test(${PRESET} demo_${check} long
      COMMAND ${CMAKE_COMMAND} -E env GIRIH_ROOT=${CMAKE_SOURCE_DIR}
              ${CMAKE_BINARY_DIR}/sw/cli/girih demo --device netlist --preset ${PRESET} --check ${check})
  endforeach()
endfunction()

function(girih_netlist_test PRESET NAME LABEL)
  cmake_parse_arguments(PARSE_ARGV 3 A "" "" "COMMAND")
  add_test(NAME netlist.${PRESET}.${NAME} COMMAND ${A_COMMAND})
  set_tests_properties(netlist.${PRESET}.${NAME} PROPERTIES
    TIMEOUT 3600 LABELS ${LABEL} FIXTURES_REQUIRED netlist_${PRESET})
endfunction()

girih_netlist_tests(tiny system fault netlist)
girih_netlist_tests(ecp5 system)
set_tests_properties(netlist.ecp5.build PROPERTIES LABELS long)
girih_netlist_test(tiny smoke netlist
  COMMAND system_netlist_tiny_test --gtest_filter=Registers.*:*Program.RunsInLockstep/*)
girih_netlist_test(tiny broken netlist
  COMMAND netlist_netlist_tiny_test --gtest_filter=BrokenNetlist.OneIsReported)
