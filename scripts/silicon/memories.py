#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Lists the chip's memories and fails on a large one that is not behind prim_ram_1r1w.

  memories.py [--preset tiny ...] [--build BUILD] [--all]

A memory is an array with 16 words or more that is written at an address (arrays whose elements are all
written at fixed places are registers, shorter ones are queues of registers). From 2,048 bits on it has
to be a prim_ram_1r1w, where an ASIC's macro takes its place.
"""

import argparse
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from yosys import ROOT, TOP, SiliconError, Source, generated_folder, preset_name, run

WRAPPER = "prim_ram_1r1w"
LIMIT_BITS = 2048
LEAST_WORDS = 16
PRESETS = ["tiny", "base", "wide", "ecp5"]


@dataclass(frozen=True)
class Memory:
    module: str       # as Yosys names the instance: <module>$<path>
    name: str
    width: int
    words: int
    reads: int
    writes: int
    addressed: bool   # written at an address that is not fixed
    source: str

    @property
    def bits(self) -> int:
        return self.width * self.words

    @property
    def path(self) -> str:
        return f"{self.module.partition('$')[2] or self.module}.{self.name}"

    @property
    def wrapped(self) -> bool:
        return self.module.partition("$")[0] == WRAPPER

    @property
    def stray(self) -> bool:
        """Large, and not where a macro can take its place."""
        return (self.addressed and not self.wrapped and self.bits >= LIMIT_BITS
                and self.words >= LEAST_WORDS)


def parse(dump: str) -> list[Memory]:
    """The memories in what Yosys' `dump t:$mem_v2` wrote."""
    found, module, cell = [], "", None
    for line in dump.splitlines():
        words = line.split()
        if not words:
            continue
        if words[0] == "module":
            module = words[1].lstrip("\\")
        elif words[0] == "attribute" and words[1] == "\\src":
            source = words[2].strip('"')
        elif words[0] == "cell" and words[1] == "$mem_v2":
            cell = {"name": words[2].lstrip("\\"), "source": source}
        elif cell is not None and words[0] == "parameter":
            cell[words[1].lstrip("\\")] = words[2]
        elif cell is not None and words[0] == "connect":
            cell[words[1].lstrip("\\")] = line.split(None, 2)[2]
        elif cell is not None and words[0] == "end":
            found.append(Memory(
                module=module, name=cell["name"], width=int(cell["WIDTH"]), words=int(cell["SIZE"]),
                reads=int(cell["RD_PORTS"]), writes=int(cell["WR_PORTS"]),
                addressed="\\" in cell["WR_ADDR"] or "$" in cell["WR_ADDR"],
                source=re.sub(r"^.*?(?=rtl/|gen/)", "", cell["source"])))
            cell = None
    return sorted(found, key=lambda memory: (-memory.bits, memory.path))


def list_memories(source: Source, out: Path, top: str = TOP) -> list[Memory]:
    """Reads the design and lists its memories, the largest first."""
    dump = out / "memories.il"
    run([source.read(top), f"hierarchy -check -top {top}", "proc", "memory_collect",
         f"tee -q -o {dump.name} dump t:$mem_v2"], out / "memories.log", out,
        f"{source.preset.lower()}, reading")
    return parse(dump.read_text())


def table(memories: list[Memory]) -> str:
    lines = [f"  {'bits':>8} {'width':>5} {'words':>6} {'read':>4} {'write':>5}  memory"]
    lines += [f"  {m.bits:8} {m.width:5} {m.words:6} {m.reads:4} {m.writes:5}  {m.path} ({m.source})"
              for m in memories]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--preset", action="append", help="tiny, base, wide, ecp5; default: all four")
    parser.add_argument("--build", type=Path, help="build folder with generated RTL; default: "
                        "GIRIH_BUILD, then build/release")
    parser.add_argument("--out", type=Path, default=ROOT / "build/memories", help="working folder")
    parser.add_argument("--all", action="store_true", help="list every memory, not only the large ones")
    args = parser.parse_args()
    failed = False
    try:
        generated = generated_folder(args.build)
        for preset in args.preset or PRESETS:
            name = preset_name(preset)
            out = (args.out / preset).resolve()
            memories = list_memories(Source(name, generated, out), out)
            wrapped = [m for m in memories if m.wrapped]
            stray = [m for m in memories if m.stray]
            if not wrapped:
                raise SiliconError(f"{preset}: no {WRAPPER} at all: the list is not to be trusted")
            outside = max((m.bits for m in memories if not m.wrapped and m.addressed
                           and m.words >= LEAST_WORDS), default=0)
            print(f"{preset}: {sum(m.bits for m in wrapped)} bits in {len(wrapped)} {WRAPPER}; "
                  f"largest memory outside: {outside} bits")
            if args.all:
                print(table(memories))
            if stray:
                failed = True
                print(f"{preset}: memories of {LIMIT_BITS} bits and more belong behind {WRAPPER}:\n"
                      + table(stray), file=sys.stderr)
    except SiliconError as error:
        print(f"memories: {error}", file=sys.stderr)
        return 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
