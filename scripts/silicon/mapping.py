# SPDX-License-Identifier: Apache-2.0
"""From RTL to a mapped ECP5 netlist.

The chip's blocks (the instances in its top) are mapped one after the other with their borders kept:
that is what the report counts, and it is cheaper than one big module. The netlist that is placed and
simulated is the same cells, flattened: nothing is mapped twice.
"""

import difflib
from pathlib import Path

from yosys import TOP, SiliconError, Source, run

# What a path may take in cells and wires, and what a wire between two cells takes after placement. Without
# a target the mapper doubles logic to make the longest path of every block as short as can be: a block of
# multiplexers alone grows sixfold.
DELAY_TARGET_PS = 16000
WIRE_PS = 1000

MUX_MAP = Path(__file__).resolve().parent / "mux_map.v"


def mapping_passes(name: str) -> list[str]:
    """`synth_ecp5` with wide multiplexers taken out before the mapper, and the mapper's own figures."""
    return [
        f"synth_ecp5 -top {name} -run begin:map_luts",
        "muxcover -nodecode -nopartial -mux4 -mux8", f"techmap -map {MUX_MAP.name}", "clean",
        "check -latchonly -assert", "techmap -map +/lattice/latches_map.v",
        f"abc9 -W {WIRE_PS} -D {DELAY_TARGET_PS}", "clean",
        f"synth_ecp5 -top {name} -run map_cells:check"]


def block_top(source: Source, block: str | None, out: Path) -> str:
    """The module to map: `girih_top`, or the first instance of `block` as Yosys names it."""
    if block is None or block == TOP:
        return TOP
    modules = source.modules()
    if block not in modules:
        near = difflib.get_close_matches(block, modules, n=1)
        hint = f" (did you mean {near[0]}?)" if near else ""
        raise SiliconError(f"there is no block '{block}'{hint}; a block is one of: "
                           + ", ".join(sorted(modules)))
    names = out / "modules.txt"
    run([source.read(), f"hierarchy -check -top {TOP}", f"tee -q -o {names.name} ls"],
        out / "elaborate.log", out, f"{source.preset.lower()}, reading")
    found = [line.strip() for line in names.read_text().splitlines()
             if line.strip().startswith(block + "$")]
    if not found:
        raise SiliconError(f"block '{block}' is not in the chip of preset {source.preset.lower()}: "
                           "no instance of it")
    return min(found, key=lambda name: (name.count("."), name))


def map_design(source: Source, block: str | None, out: Path) -> float:
    """Writes netlist.v, netlist.json (flattened) and blocks.json (borders kept); returns seconds."""
    instance = block_top(source, block, out)
    name = block or TOP
    rename = [] if instance == name else [f"rename -top {name}"]
    borders = [] if instance != name else [          # the instances in the chip's top, none below
        f"setattr -mod -set keep_hierarchy 1 *${TOP}.*",
        f"setattr -mod -unset keep_hierarchy *${TOP}.*.*"]
    (out / MUX_MAP.name).write_text(MUX_MAP.read_text())
    passes = [
        source.read(), f"hierarchy -check -top {instance}", *rename, *borders,
        *mapping_passes(name),
        "blackbox =A:whitebox", "autoname", "write_json blocks.json",
        "setattr -mod -unset keep_hierarchy", "flatten -noscopeinfo", "delete t:$scopeinfo", "opt_clean",
        f"hierarchy -check -top {name}", "check -mapped -noinit -assert", "stat",
        "write_json netlist.json", "write_verilog -noattr netlist.v"]
    return run(passes, out / "yosys.log", out, f"{source.preset.lower()} {name}")
