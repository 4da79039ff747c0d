# SPDX-License-Identifier: Apache-2.0
#
# The models of the FPGA's cells: against C++, and against RTL that Yosys maps to them.
file(GLOB cells CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/rtl/fpga/ecp5_cells/*.sv)

girih_verilate(NAME cells_bench TOP cells_bench SOURCES ${cells} tb/unit/cells_bench.sv)
girih_unit_test(NAME cells_test SOURCES cells_test.cpp MODELS cells_bench)

# cells_zoo.sv three times: as it stands, mapped on the cells' models, mapped and written as text.
set(silicon ${CMAKE_SOURCE_DIR}/scripts/silicon)
set(zoo ${CMAKE_CURRENT_SOURCE_DIR}/cells_zoo.sv)
set(zoo_netlist ${CMAKE_CURRENT_BINARY_DIR}/netlist_cells_zoo.v)
set(zoo_text ${CMAKE_CURRENT_BINARY_DIR}/netlist_cells_zoo_text.v)
add_custom_command(OUTPUT ${zoo_netlist} ${zoo_text}
  COMMAND ${GIRIH_PYTHON} ${silicon}/map_file.py ${zoo} --top cells_zoo --netlist ${zoo_netlist}
          --text ${zoo_text}
  DEPENDS ${zoo} ${silicon}/map_file.py ${silicon}/netlist_model.py ${silicon}/lut_text.py
          ${silicon}/yosys.py
  COMMENT "Mapping cells_zoo" VERBATIM)
girih_verilate(NAME cells_zoo TOP cells_zoo SOURCES ${zoo})
girih_verilate(NAME cells_zoo_netlist TOP cells_zoo SOURCES ${cells} ${zoo_netlist})
girih_verilate(NAME cells_zoo_text TOP cells_zoo SOURCES rtl/fpga/ecp5_cells/DP16KD.sv ${zoo_text})
girih_unit_test(NAME cells_zoo_test SOURCES cells_zoo_test.cpp
                MODELS cells_zoo cells_zoo_netlist cells_zoo_text)
add_test(NAME cells.lut_text
  COMMAND ${GIRIH_PYTHON} ${CMAKE_SOURCE_DIR}/tests/silicon/lut_text_test.py)
set_tests_properties(cells.lut_text PROPERTIES LABELS unit)
