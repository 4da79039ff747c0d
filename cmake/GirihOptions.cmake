# SPDX-License-Identifier: Apache-2.0
#
# Language, warnings, optimisation, compiler cache.

# Unit tests of blocks run on every preset always; those of the whole chip on these (make nightly: all).
set(GIRIH_ALL_PRESETS tiny base wide ecp5)
set(GIRIH_CHIP_PRESETS tiny base CACHE STRING "Presets whose whole chip is built and tested")
foreach(preset IN LISTS GIRIH_CHIP_PRESETS)
  if(NOT preset IN_LIST GIRIH_ALL_PRESETS)
    message(FATAL_ERROR "GIRIH_CHIP_PRESETS: no preset \"${preset}\" (there are ${GIRIH_ALL_PRESETS})")
  endif()
endforeach()

option(GIRIH_NATIVE "Compile for this machine's processor instead of x86-64-v3" OFF)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Release or Debug" FORCE)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g")

# No contraction anywhere: golden and RTL round every multiplication and addition apart.
add_compile_options(-ffp-contract=off -Wall -Wextra -Werror)
if(GIRIH_NATIVE)
  add_compile_options(-march=native)
else()
  add_compile_options(-march=x86-64-v3)
endif()

# Everything may end in a shared library: a Verilated chip is one, loaded when it is asked for.
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
add_compile_options(-fno-semantic-interposition)

# The cache sees paths relative to the tree, so that build folders share it.
find_program(GIRIH_CCACHE ccache)
if(GIRIH_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${GIRIH_CCACHE})
endif()
