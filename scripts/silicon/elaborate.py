# SPDX-License-Identifier: Apache-2.0
"""Reads a preset with Yosys and cuts it at the borders of its blocks.

The instances in the chip's top are the blocks; each becomes a file of its own, flattened inside, with the
rules checked that must hold before mapping: no latch, no loop, one driver for everything.
"""

import difflib
import re
from dataclasses import dataclass
from pathlib import Path

from yosys import SiliconError, Source, run

# Drivers and loops cross the borders of modules: they are looked for in a flattened copy.
RULES = ["proc -latches error", "select -assert-none t:$dlatch* t:$adlatch* t:$_DLATCH*",
         "design -push-copy", "flatten -noscopeinfo", "check -assert", "design -pop"]
# Widths are reduced here once and by the mapping again: sums of products need two rounds, first the
# products, then the sums (832 flip-flops of copied signs in the matrix array otherwise).
TIDY = ["flatten -noscopeinfo", "opt_expr", "opt_clean", "wreduce", "opt_clean"]


@dataclass
class Part:
    """A piece that is mapped by itself."""

    top: str                       # how Yosys calls the module
    name: str                      # how the log and the cache call it
    rtlil: Path


@dataclass
class Elaborated:
    name: str                      # of the top module of what is mapped
    root: str                      # path of it in the chip: all instances lie below
    parts: list[Part]
    modules: dict[str, str]        # path below the top: module; of every instance


def read_instances(source: Source, out: Path) -> dict[str, str]:
    """Yosys' module of every instance in the chip, by path (`girih_top.u_acc`: `acc$girih_top.u_acc`)."""
    listing = out / "modules.txt"
    run([source.read(), f"hierarchy -check -top {source.top}", f"tee -q -o {listing.name} ls"],
        out / "modules.log", out, f"{source.preset.lower()}, reading")
    names = re.findall(r"^  (\S+)$", listing.read_text(), re.MULTILINE)
    return {name.split("$", 1)[1]: name for name in names if "$" in name} | {source.top: source.top}


def instance_of(source: Source, block: str | None, instances: dict[str, str]) -> str:
    """Path of the instance to map: the chip, or the block's first instance nearest to the top."""
    if block is None or block == source.top:
        return source.top
    modules = source.modules()
    if block not in modules:
        near = difflib.get_close_matches(block, modules, n=1)
        hint = f" (did you mean {near[0]}?)" if near else ""
        raise SiliconError(f"there is no block '{block}'{hint}; a block is one of: "
                           + ", ".join(sorted(modules)))
    found = [path for path, name in instances.items() if name.startswith(block + "$")]
    if not found:
        raise SiliconError(f"block '{block}' is not in the chip of preset {source.preset.lower()}: "
                           "no instance of it")
    return min(found, key=lambda path: (path.count("."), path))


def elaborate(source: Source, block: str | None, out: Path) -> Elaborated:
    """Writes <out>/elaborated/<part>.il, one for each part."""
    instances = read_instances(source, out)
    root = instance_of(source, block, instances)
    name = block or source.top
    folder = out / "elaborated"
    folder.mkdir(exist_ok=True)
    for stale in folder.glob("*.il"):
        stale.unlink()
    passes = [source.read(), f"hierarchy -check -top {instances[root]}"]
    parts = []
    if root == source.top:
        borders = [path for path in instances if path.count(".") == 1]
        passes += [*RULES, *(f"setattr -mod -set keep_hierarchy 1 {instances[path]}" for path in borders), *TIDY]
        for path in sorted(borders):
            part = Part(instances[path], path.split(".")[1], folder / f"{path.split('.')[1]}.il")
            parts.append(part)
            passes += [f"select {part.top}", f"write_rtlil -selected {part.rtlil.relative_to(out)}",
                       "select -clear"]
        if borders:
            passes += [f"blackbox {' '.join(instances[path] for path in borders)}"]
    else:
        passes += [f"rename -top {name}", *RULES, *TIDY]
    top = Part(name, name, folder / f"{name}.il")
    passes += [f"write_rtlil {top.rtlil.relative_to(out)}"]
    run(passes, out / "elaborate.log", out, f"{source.preset.lower()} {name}, reading")
    below = {path.removeprefix(root + "."): instance.split("$")[0] for path, instance in instances.items()
             if path.startswith(root + ".")}
    return Elaborated(name, root, [*parts, top], below)
