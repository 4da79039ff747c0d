# SPDX-License-Identifier: Apache-2.0
#
# girih_unit_test(NAME <target> SOURCES <file>... [MODELS <verilated target>...] [LIBS <library>...]
#                 [LABELS <label>] [TIMEOUT <seconds>])
#
# A GoogleTest program whose tests ctest finds one by one, named <target>/<suite>.<test>.
# Tests with the label `long` are left out of `make test` and run by `make test-long`.
include(GoogleTest)

function(girih_unit_test)
  cmake_parse_arguments(PARSE_ARGV 0 A "" "NAME;TIMEOUT" "SOURCES;MODELS;LIBS;LABELS")
  if(A_UNPARSED_ARGUMENTS OR NOT A_NAME OR NOT A_SOURCES)
    message(FATAL_ERROR "girih_unit_test: NAME and SOURCES are needed; not understood: "
                        "${A_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT A_TIMEOUT)
    set(A_TIMEOUT 300)
  endif()
  add_executable(${A_NAME} ${A_SOURCES})
  target_link_libraries(${A_NAME} PRIVATE ${A_MODELS} ${A_LIBS} GTest::gtest_main)
  if(TARGET girih_tb)
    target_link_libraries(${A_NAME} PRIVATE girih_tb)
  endif()
  # A model's header is made by its custom command, which the test's own sources wait for.
  foreach(model IN LISTS A_MODELS)
    add_dependencies(${A_NAME} ${model}.verilate)
  endforeach()
  # One label a test: gtest_discover_tests would take a second one for the next property.
  get_filename_component(label ${CMAKE_CURRENT_SOURCE_DIR} NAME)
  if(A_LABELS)
    list(GET A_LABELS 0 label)
  endif()
  gtest_discover_tests(${A_NAME} TEST_PREFIX ${A_NAME}/ DISCOVERY_TIMEOUT 120
    PROPERTIES TIMEOUT ${A_TIMEOUT} LABELS ${label})
endfunction()
