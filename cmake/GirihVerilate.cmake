# SPDX-License-Identifier: Apache-2.0
#
# girih_verilate(NAME <target> TOP <module> [PRESET Tiny|Base|Wide|Ecp5] [ROOMS <room>...]
#                [SOURCES <file>...] [PARAMS P=V...] [DEFINES D[=V]...] [UNITS <n>] [FAST] [TRACE])
#
# Turns RTL into a library <target> with the C++ class V<target> (header "V<target>.h").
#   ROOMS    rooms of rtl/ whose file lists rtl/<room>/<room>.f are read, in the order given
#   SOURCES  further files, relative to the top of the tree
#   PRESET   the default configuration girih_presets_pkg::Default; Base when not given
#   PARAMS   values for the top module's parameters
#   UNITS    number of C++ files that the model's hot code is spread over (build time; 1 if not given)
#   FAST     for speed: no assertions, undefined values fixed, -O3. Otherwise assertions stop the
#            simulation, and registers start with what the seed of Dut makes of them.
#   TRACE    waveforms (FST) can be asked for at run time
# Lint warnings are fatal; rtl/lint/waivers.vlt holds the waivers, rtl/lint/public.vlt what C++ may see.

set(GIRIH_VERILATE_SCRIPT ${CMAKE_SOURCE_DIR}/scripts/gen/verilate.py)

# Verilator's run-time library, compiled once for all models.
set(verilated_include ${GIRIH_VERILATOR_ROOT}/include)
add_library(girih_verilated STATIC
  ${verilated_include}/verilated.cpp
  ${verilated_include}/verilated_threads.cpp
  ${verilated_include}/verilated_fst_c.cpp)
target_include_directories(girih_verilated SYSTEM PUBLIC ${verilated_include} ${verilated_include}/vltstd)
target_compile_options(girih_verilated PRIVATE -w -O3)
target_compile_definitions(girih_verilated
  PUBLIC VM_SC=0 VM_COVERAGE=0 VM_TRACE_VCD=0 VM_TRACE_SAIF=0)
target_link_libraries(girih_verilated PUBLIC ZLIB::ZLIB ${GIRIH_LZ4} Threads::Threads)

# The files of a room's list, one a line, relative to the list; `$GEN/` is the folder of generated RTL,
# `$GEN_PRESET/` its part for one preset; // and # start a comment.
function(girih_room_files OUT ROOM PRESET)
  set(list ${CMAKE_SOURCE_DIR}/rtl/${ROOM}/${ROOM}.f)
  if(NOT EXISTS ${list})
    message(FATAL_ERROR "girih_verilate: there is no file list ${list}")
  endif()
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${list})
  file(STRINGS ${list} lines)
  set(files)
  foreach(line IN LISTS lines)
    string(REGEX REPLACE "(//|#).*" "" line "${line}")
    string(STRIP "${line}" line)
    if(line MATCHES "^\\$GEN/(.*)")
      list(APPEND files ${GIRIH_GEN}/rtl/${CMAKE_MATCH_1})
    elseif(line MATCHES "^\\$GEN_PRESET/(.*)")
      list(APPEND files ${GIRIH_GEN}/rtl/${PRESET}/${CMAKE_MATCH_1})
    elseif(line)
      list(APPEND files ${CMAKE_SOURCE_DIR}/rtl/${ROOM}/${line})
    endif()
  endforeach()
  set(${OUT} ${files} PARENT_SCOPE)
endfunction()

function(girih_verilate)
  cmake_parse_arguments(PARSE_ARGV 0 A "FAST;TRACE" "NAME;TOP;PRESET;UNITS" "ROOMS;SOURCES;PARAMS;DEFINES")
  if(A_UNPARSED_ARGUMENTS OR NOT A_NAME OR NOT A_TOP)
    message(FATAL_ERROR "girih_verilate: NAME and TOP are needed; not understood: ${A_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT A_PRESET)
    set(A_PRESET Base)
  endif()
  string(SUBSTRING ${A_PRESET} 0 1 first)
  string(SUBSTRING ${A_PRESET} 1 -1 rest)
  string(TOUPPER ${first} first)
  string(TOLOWER ${rest} rest)
  set(preset ${first}${rest})
  if(NOT A_UNITS)
    set(A_UNITS 1)
  endif()

  set(sources)
  foreach(room IN LISTS A_ROOMS)
    girih_room_files(files ${room} ${preset})
    list(APPEND sources ${files})
  endforeach()
  foreach(source IN LISTS A_SOURCES)
    cmake_path(ABSOLUTE_PATH source BASE_DIRECTORY ${CMAKE_SOURCE_DIR})
    list(APPEND sources ${source})
  endforeach()

  set(arguments -Wall -O3 --no-timing --top-module ${A_TOP} --output-split 20000
                +incdir+${CMAKE_SOURCE_DIR}/rtl/prim +define+GIRIH_PRESET=${preset})
  if(A_FAST)
    # Wide expressions as calls of Verilator's library are less code than spelt out: some 5 % faster.
    list(APPEND arguments --no-assert --x-assign fast --x-initial fast -fno-expand)
  else()
    list(APPEND arguments --assert --x-assign unique --x-initial unique)
  endif()
  if(A_TRACE)
    list(APPEND arguments --trace-fst --trace-structs)
  endif()
  foreach(parameter IN LISTS A_PARAMS)
    list(APPEND arguments -G${parameter})
  endforeach()
  foreach(define IN LISTS A_DEFINES)
    list(APPEND arguments +define+${define})
  endforeach()
  file(GLOB vlt CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/rtl/lint/*.vlt)

  set(dir ${CMAKE_CURRENT_BINARY_DIR}/${A_NAME}.model)
  set(units)
  math(EXPR last "${A_UNITS} - 1")
  foreach(index RANGE ${last})
    list(APPEND units ${dir}/fast_${index}.cpp)
  endforeach()
  add_custom_command(
    OUTPUT ${units} ${dir}/slow.cpp ${dir}/V${A_NAME}.h
    COMMAND ${GIRIH_PYTHON} ${GIRIH_VERILATE_SCRIPT} --verilator ${GIRIH_VERILATOR} --dir ${dir}
            --prefix V${A_NAME} --units ${A_UNITS} --depfile ${dir}/depends.d
            -- ${arguments} ${vlt} ${sources}
    DEPENDS ${sources} ${vlt} ${GIRIH_VERILATE_SCRIPT} ${GIRIH_GEN_RTL}
    DEPFILE ${dir}/depends.d
    COMMENT "Verilating ${A_NAME} (${A_TOP}, ${preset})"
    VERBATIM)

  add_library(${A_NAME} STATIC ${units} ${dir}/slow.cpp)
  add_custom_target(${A_NAME}.verilate DEPENDS ${dir}/V${A_NAME}.h)
  target_include_directories(${A_NAME} SYSTEM PUBLIC ${dir})
  target_link_libraries(${A_NAME} PUBLIC girih_verilated)
  target_compile_options(${A_NAME} PRIVATE -w)
  if(A_FAST)
    target_compile_options(${A_NAME} PRIVATE -O3)
  endif()
  set_source_files_properties(${dir}/slow.cpp PROPERTIES COMPILE_OPTIONS -O0)
  if(A_TRACE)
    target_compile_definitions(${A_NAME} PUBLIC VM_TRACE=1 VM_TRACE_FST=1)
  else()
    target_compile_definitions(${A_NAME} PRIVATE VM_TRACE=0 VM_TRACE_FST=0)
  endif()
endfunction()
