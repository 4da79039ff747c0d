# SPDX-License-Identifier: Apache-2.0
#
# What scripts/setup.sh installed: Debian's libraries, the Python of .tools/venv, Verilator.

find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(Protobuf REQUIRED)
find_package(GTest REQUIRED)
find_package(Threads REQUIRED)
find_package(ZLIB REQUIRED)
find_library(GIRIH_LZ4 lz4 REQUIRED)

find_program(GIRIH_PYTHON python3 PATHS ${CMAKE_SOURCE_DIR}/.tools/venv/bin NO_DEFAULT_PATH)
if(NOT GIRIH_PYTHON)
  message(FATAL_ERROR "The Python packages are not installed; run: scripts/setup.sh")
endif()

# The Python package's core is compiled for the interpreter that will import it.
set(Python_EXECUTABLE ${GIRIH_PYTHON})
find_package(Python REQUIRED COMPONENTS Interpreter Development.Module)
find_package(pybind11 REQUIRED)

# The installed Verilator, else the user's own.
find_program(GIRIH_VERILATOR verilator
  PATHS ${CMAKE_SOURCE_DIR}/.tools/verilator/verilator/bin NO_DEFAULT_PATH)
find_program(GIRIH_VERILATOR verilator)
if(NOT GIRIH_VERILATOR)
  message(FATAL_ERROR "Verilator is not installed; run: scripts/setup.sh")
endif()
execute_process(COMMAND ${GIRIH_VERILATOR} --version OUTPUT_VARIABLE version)
string(REGEX MATCH "Verilator ([0-9.]+)" version "${version}")
if(CMAKE_MATCH_1 VERSION_LESS 5.050)
  message(FATAL_ERROR "${GIRIH_VERILATOR} is Verilator ${CMAKE_MATCH_1}; 5.050 or newer is needed. "
                      "Run: scripts/setup.sh (and remove this build folder)")
endif()

# A relocated Verilator knows its own root only when asked through its start script.
execute_process(COMMAND ${GIRIH_VERILATOR} --getenv VERILATOR_ROOT
  OUTPUT_VARIABLE GIRIH_VERILATOR_ROOT OUTPUT_STRIP_TRAILING_WHITESPACE)
if(NOT EXISTS ${GIRIH_VERILATOR_ROOT}/include/verilated.cpp)
  message(FATAL_ERROR "No include/verilated.cpp under Verilator's root '${GIRIH_VERILATOR_ROOT}'")
endif()
