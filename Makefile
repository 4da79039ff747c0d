# SPDX-License-Identifier: Apache-2.0
#
# `make` lists the targets. Every one works alone and first: it sets up and builds what it needs.

BUILD  ?= build/release
JOBS   ?= 2
NATIVE ?= OFF
PRESET ?= base
FLAVOUR ?=
SEEDS  ?= 1
CMAKE_ARGS ?=

CTEST := ctest --test-dir $(BUILD) --output-on-failure -j$(JOBS)

.DEFAULT_GOAL := help
SUFFIX := $(if $(FLAVOUR),_$(FLAVOUR))
.PHONY: help setup configure build rtl netlist test test-long nightly demo demo-llm bench synth fpga asic equiv
.PHONY: lint docs format-check clean distclean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  options: BUILD=$(BUILD) (folder), JOBS=$(JOBS), NATIVE=ON (compile for this processor)"

setup:  ## install Debian packages, Python packages and Verilator (once; into .tools)
	@scripts/setup.sh

configure: setup
	@if [ ! -f $(BUILD)/build.ninja ]; then \
	  cmake -S . -B $(BUILD) -G Ninja -DGIRIH_NATIVE=$(NATIVE) $(CMAKE_ARGS); fi

build: configure  ## compile the tools, the models and the tests
	@ninja -C $(BUILD) -j$(JOBS)

rtl: configure  ## one Verilated chip: make rtl PRESET=wide FLAVOUR=fast (or trace, or none)
	@ninja -C $(BUILD) -j$(JOBS) girih_rtl_$(PRESET)$(SUFFIX)

netlist: configure  ## the chip mapped for an FPGA, Verilated, for ./girih --device netlist: PRESET=tiny or ecp5
	@ninja -C $(BUILD) -j$(JOBS) girih girih_netlist_$(PRESET)

test: format-check build lint  ## format check, lint, then every test but the long ones
	@$(CTEST) -LE '^long$$'

test-long: build  ## the long tests
	@$(CTEST) -L '^long$$'

nightly:  ## everything on every preset, the long tests too (hours; in build/nightly)
	@$(MAKE) BUILD=build/nightly CMAKE_ARGS='$(CMAKE_ARGS) -DGIRIH_CHIP_PRESETS="tiny;base;wide;ecp5"' \
	  format-check build lint
	@ctest --test-dir build/nightly --output-on-failure -j$(JOBS)

demo: configure  ## a trained CNN from its ONNX file to checked answers on the RTL
	@ninja -C $(BUILD) -j$(JOBS) girih girih_rtl_$(PRESET)
	@GIRIH_BUILD=$(BUILD) ./girih demo --preset $(PRESET)

demo-llm: configure  ## a small trained Qwen3 speaks on the RTL, every tile checked
	@ninja -C $(BUILD) -j$(JOBS) girih_core girih_rtl_$(PRESET)
	@GIRIH_BUILD=$(BUILD) ./girih demo-llm --preset $(PRESET)

bench: configure  ## performance of networks and layers against their limits and baselines
	@ninja -C $(BUILD) -j$(JOBS) girih girih_rtl_$(PRESET)_fast girih_array_$(PRESET)
	@GIRIH_BUILD=$(BUILD) ./girih bench --preset $(PRESET)

synth: configure  ## Yosys for ECP5: utilisation, longest paths, netlist: make synth PRESET=ecp5 BLOCK=acc
	@ninja -C $(BUILD) girih_gen
	@.tools/venv/bin/python scripts/silicon/synth.py --build $(BUILD) --preset $(PRESET) --jobs $(JOBS) \
	  $(if $(BLOCK),--block $(BLOCK)) $(SYNTH_ARGS)

fpga: configure  ## place and route on an ECP5: make fpga PRESET=ecp5 BLOCK=acc SEEDS=3 (no BLOCK: the chip)
	@ninja -C $(BUILD) girih_gen
	@.tools/venv/bin/python scripts/silicon/fpga.py --build $(BUILD) --preset $(PRESET) --seeds $(SEEDS) \
	  --jobs $(JOBS) $(if $(BLOCK),--block $(BLOCK)) $(FPGA_ARGS)

asic: configure  ## open standard cells: gate equivalents, longest paths: make asic PRESET=tiny BLOCK=params
	@ninja -C $(BUILD) girih_gen
	@.tools/venv/bin/python scripts/silicon/asic.py --build $(BUILD) --preset $(PRESET) \
	  $(if $(BLOCK),--block $(BLOCK)) $(ASIC_ARGS)

equiv: configure  ## proofs that mapped blocks do what the RTL does: make equiv BLOCK=tokens (no PRESET: tiny)
	@ninja -C $(BUILD) girih_gen
	@.tools/venv/bin/python scripts/silicon/equiv.py --build $(BUILD) \
	  --preset $(if $(filter file,$(origin PRESET)),tiny,$(PRESET)) $(if $(BLOCK),--block "$(BLOCK)") $(EQUIV_ARGS)

lint: build  ## all four presets through Verilator -Wall and Yosys' slang front end
	@.tools/venv/bin/python scripts/lint.py --build $(BUILD) --jobs $(JOBS)

docs: configure  ## the reference pages that are generated: presets, instructions, registers
	@ninja -C $(BUILD) girih_gen
	@echo "generated pages: $(BUILD)/gen/docs"

format-check: setup  ## long lines, tabs, trailing blanks, missing SPDX lines
	@.tools/venv/bin/python scripts/format_check.py

clean:  ## remove the build folder
	@rm -rf $(BUILD)

distclean:  ## remove every build folder and the installed tools
	@rm -rf build .tools
