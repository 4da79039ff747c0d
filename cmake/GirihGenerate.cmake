# SPDX-License-Identifier: Apache-2.0
#
# One source for each fact: presets, instruction layout and registers become SystemVerilog, C++ headers
# and pages under <build>/gen/{rtl,include,docs}. Target `girih_gen` makes them all; the interface
# library `girih_gen_include` brings the headers.

set(GIRIH_GEN ${CMAKE_BINARY_DIR}/gen)
set(GIRIH_GEN_RTL)
set(generated)
set(scripts ${CMAKE_SOURCE_DIR}/scripts/gen)
set(presets_yaml ${CMAKE_SOURCE_DIR}/rtl/pkg/presets.yaml)
set(isa_yaml ${CMAKE_SOURCE_DIR}/sw/isa/isa.yaml)
set(registers_rdl ${CMAKE_SOURCE_DIR}/rtl/ctrl/girih.rdl)

# A source that appears later is seen at the next build.
file(GLOB unused CONFIGURE_DEPENDS ${presets_yaml} ${isa_yaml} ${registers_rdl} ${scripts}/*.py)

if(EXISTS ${presets_yaml})
  set(outputs ${GIRIH_GEN}/rtl/girih_presets_pkg.sv ${GIRIH_GEN}/include/girih/presets.h
              ${GIRIH_GEN}/docs/presets.md)
  add_custom_command(OUTPUT ${outputs}
    COMMAND ${GIRIH_PYTHON} ${scripts}/presets.py ${presets_yaml} --out ${GIRIH_GEN}
    DEPENDS ${presets_yaml} ${scripts}/presets.py
    COMMENT "Generating the presets" VERBATIM)
  list(APPEND generated ${outputs})
  list(APPEND GIRIH_GEN_RTL ${GIRIH_GEN}/rtl/girih_presets_pkg.sv)
endif()

if(EXISTS ${isa_yaml} AND EXISTS ${scripts}/isa.py)
  set(outputs ${GIRIH_GEN}/rtl/girih_isa_pkg.sv ${GIRIH_GEN}/include/girih/isa_layout.h
              ${GIRIH_GEN}/docs/isa_tables.md)
  add_custom_command(OUTPUT ${outputs}
    COMMAND ${GIRIH_PYTHON} ${scripts}/isa.py ${isa_yaml} --out ${GIRIH_GEN}
    DEPENDS ${isa_yaml} ${scripts}/isa.py
    COMMENT "Generating the instruction layout" VERBATIM)
  list(APPEND generated ${outputs})
  list(APPEND GIRIH_GEN_RTL ${GIRIH_GEN}/rtl/girih_isa_pkg.sv)
endif()

set(outputs ${GIRIH_GEN}/rtl/girih_functions_pkg.sv ${GIRIH_GEN}/include/girih/functions.h
            ${GIRIH_GEN}/docs/functions_tables.md)
add_custom_command(OUTPUT ${outputs}
  COMMAND ${GIRIH_PYTHON} ${scripts}/functions.py --out ${GIRIH_GEN}
  DEPENDS ${scripts}/functions.py
  COMMENT "Generating the tables of the special functions" VERBATIM)
list(APPEND generated ${outputs})
list(APPEND GIRIH_GEN_RTL ${GIRIH_GEN}/rtl/girih_functions_pkg.sv)

# The register block differs between presets (number of context pages): one folder each.
if(EXISTS ${registers_rdl} AND EXISTS ${presets_yaml})
  set(outputs ${GIRIH_GEN}/include/girih/registers.h ${GIRIH_GEN}/docs/registers/index.html)
  foreach(preset Tiny Base Wide Ecp5)
    list(APPEND outputs ${GIRIH_GEN}/rtl/${preset}/girih_regs.sv ${GIRIH_GEN}/rtl/${preset}/girih_regs_pkg.sv)
    list(APPEND GIRIH_GEN_RTL ${GIRIH_GEN}/rtl/${preset}/girih_regs.sv)
  endforeach()
  add_custom_command(OUTPUT ${outputs}
    COMMAND ${GIRIH_PYTHON} ${scripts}/registers.py ${registers_rdl} --presets ${presets_yaml}
            --out ${GIRIH_GEN}
    DEPENDS ${registers_rdl} ${presets_yaml} ${scripts}/registers.py
            ${scripts}/regblock.py ${scripts}/registers_header.py ${scripts}/presets.py
    COMMENT "Generating the registers" VERBATIM)
  list(APPEND generated ${outputs})
endif()

add_custom_target(girih_gen ALL DEPENDS ${generated})
add_library(girih_gen_include INTERFACE)
target_include_directories(girih_gen_include INTERFACE ${GIRIH_GEN}/include)
add_dependencies(girih_gen_include girih_gen)
