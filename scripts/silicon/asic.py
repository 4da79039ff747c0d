#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Maps a preset, or one block of it, to open standard cells: area in gate equivalents, longest paths.

  asic.py --preset tiny [--block vector_engine] [--period 10] [--build BUILD] [--out FOLDER]

Memories (prim_ram_1r1w) stay black boxes, counted in bits; clock gates become the library's cells. Each
block of the chip is mapped by itself and kept: what has not changed is not mapped again. Results:
report.json, report.md, and the netlists, in the output folder.
"""

import argparse
import hashlib
import json
import re
import sys
from pathlib import Path

import asic_report
import buffers
import liberty
import sta
from elaborate import instance_of, read_instances
from memories import WRAPPER
from yosys import ROOT, TOP, SiliconError, Source, generated_folder, preset_name, run
import rtl_files

GATE = ROOT / "rtl/asic/osu018_clk_gate.sv"
CONSTRAINTS = ROOT / "constraints/girih.sdc"
# Part of the top's own logic, whatever the number of their instances.
GLUE = {"engine_clock", "prim_rst_sync"}
# Buffers for nets with many sinks; sizes for the period aimed at.
MOST_SINKS = 16
ABC = ("strash;&get,-n;&fraig,-x;&put;scorr;dc2;&get,-n;&dch,-f;&nf,-D,{ps};&put;"
       f"buffer,-c,-N,{MOST_SINKS};" "upsize,-D,{ps};dnsize,-D,{ps}")


def asic_source(preset: str, generated: Path, out: Path) -> Source:
    """The preset's files, with the library's clock gate in the place of the generic one."""
    files = rtl_files.chip_files(generated.resolve(), preset)
    return Source(preset, generated, out,
                  [GATE if path.name == "prim_clk_gate.sv" else path for path in files])


def split_modules(text: str) -> tuple[str, dict[str, str]]:
    """The modules of an RTLIL file by name, each with its attributes; and what stands before them."""
    pieces = re.split(r"(?m)^(?=(?:attribute [^\n]*\n)*module \\)", text)
    modules, pending = {}, ""
    for piece in pieces[1:]:
        piece = pending + piece
        found = re.search(r"(?m)^module \\(\S+)", piece)
        if not found:                          # cut between two attributes
            pending = piece
            continue
        pending = ""
        modules[found.group(1)] = piece
    return pieces[0], modules


def take_out_rams(text: str) -> tuple[str, list[liberty.Ram]]:
    """Memories become cells of a type for each shape; returns the design and one Ram an instance."""
    head, modules = split_modules(text)
    shapes = {}
    for name, body in modules.items():
        if name.partition("$")[0] != WRAPPER:
            continue
        ports = tuple((port, direction, int(width or 1)) for width, direction, port in
                      re.findall(r"(?m)^  wire (?:width (\d+) )?(input|output) \d+ \\(\S+)", body))
        size = re.search(r"(?m)^  cell \$mem_v2 .*\n(?:    parameter .*\n)*?    parameter \\SIZE (\d+)", body)
        wide = {port: width for port, _, width in ports}
        shapes[name] = liberty.Ram(wide["rd_data_o"], int(size.group(1)), wide["wr_be_i"], ports)
    design = head + "".join(body for name, body in modules.items() if name not in shapes)
    used = []

    def replaced(match: re.Match) -> str:
        ram = shapes.get(match.group(1))
        if ram is None:
            return match.group(0)
        used.append(ram)
        return f"  cell \\{ram.name} "
    return re.sub(r"(?m)^  cell \\(\S+) ", replaced, design), used


def blocks_of(design: str) -> dict[str, str]:
    """The instances in the chip's top that are mapped by themselves: module's name to Yosys' name."""
    body = split_modules(design)[1][TOP]
    found = {}
    for name in re.findall(rf"(?m)^  cell \\(\w+\${TOP}\.\S+) ", body):
        if name.partition("$")[0] not in GLUE:
            found.setdefault(name.partition("$")[0], []).append(name)
    return {module: names[0] for module, names in found.items() if len(names) == 1}


def _renumbered(body: str) -> str:
    """A module with Yosys' running numbers counted from its own start, and without attributes: what
    stands elsewhere in the chip is no change of this one."""
    seen = {}
    body = re.sub(r"(?m)^ *attribute .*\n", "", body)
    return re.sub(r"\$\d+", lambda match: f"${seen.setdefault(match.group(0), len(seen))}", body)


class Flow:
    def __init__(self, preset: str, generated: Path, out: Path, period: float):
        self.preset, self.out, self.period = preset, out, period
        self.source = asic_source(preset, generated, out)
        self.library = liberty.Library()
        self.rams = {}                         # block to the memories in it
        self.seconds = 0.0

    def elaborate(self, top: str) -> str:
        """Reads the design; chip.il has it with black boxes for memories. Returns its text."""
        self.seconds += run(
            [self.source.read(), f"hierarchy -check -top {top}", "proc", "opt_clean",
             "select -assert-none t:$dlatch t:$adlatch", "memory_collect", "write_rtlil elaborated.il"],
            self.out / "elaborate.log", self.out, f"{self.preset.lower()}, reading")
        design, rams = take_out_rams((self.out / "elaborated.il").read_text())
        (self.out / "elaborated.il").unlink()
        (self.out / "chip.il").write_text(design)
        shapes = sorted(set(rams), key=lambda ram: ram.name)
        (self.out / "rams.lib").write_text(liberty.ram_library(shapes))
        return design

    def rams_below(self, design: str, top: str, without: set[str] = frozenset()) -> list[liberty.Ram]:
        """The memories of the instance `top` and of all below it."""
        modules = split_modules(design)[1]
        shapes = {ram.name: ram for ram in self._shapes(design)}

        def below(name: str) -> list[liberty.Ram]:
            found = []
            for cell in re.findall(r"(?m)^  cell \\(\S+) ", modules.get(name, "")):
                if cell in shapes:
                    found.append(shapes[cell])
                elif cell not in without:
                    found += below(cell)
            return found
        return below(top)

    def _shapes(self, design: str) -> list[liberty.Ram]:
        found = []
        for line in set(re.findall(r"girih_ram_(\d+)x(\d+)(?:_(\d+))?(?=\s)", design)):
            words, width, lanes = int(line[0]), int(line[1]), int(line[2] or 1)
            found.append(liberty.Ram(width, words, lanes, ()))
        return found

    def map_block(self, name: str, instance: str, boxes: dict[str, str]) -> dict:
        """Maps `instance` as module `name`; the instances in `boxes` stay black boxes. Cells by type."""
        folder = self.out / "blocks"
        folder.mkdir(exist_ok=True)
        netlist, counted, mapped = (folder / f"{name}.{end}" for end in ("v", "stat.json", "mapped.json"))
        script = ABC.format(ps=round(1000 * 0.8 * self.period))
        passes = ["read_rtlil chip.il", "read_liberty -lib -ignore_miss_data_latch rams.lib"]
        for box, box_instance in boxes.items():
            passes += [f"blackbox {box_instance}", f"rename {box_instance} {box}",
                       f"chtype -set {box} t:{box_instance}"]
        passes += [f"hierarchy -check -top {instance}"]
        passes += [f"rename -top {name}"] if instance != name else []
        passes += [
            f"synth -top {name} -flatten -noabc -noshare -booth",
            f"dfflibmap -liberty {self.library.path}", "opt", f"abc -liberty {self.library.path} "
            f"-script +{script}", "opt_clean -purge",
            f"read_liberty -lib -overwrite {self.library.path}", "check -assert",
            *(f"rename -wire t:{cell}" for cell in sorted(self.library.flip_flops)),
            f"write_json blocks/{mapped.name}"]
        finish = [f"read_json blocks/{mapped.name}", f"hierarchy -check -top {name}", "check -assert",
                  f"tee -q -o blocks/{counted.name} stat -json -top {name}",
                  f"write_verilog -noattr -noexpr -simple-lhs blocks/{netlist.name}"]
        mark = folder / f"{name}.sha256"
        digest = self._digest(passes + finish, instance)
        if mark.exists() and mark.read_text() == digest and netlist.exists() and counted.exists():
            print(f"{name}: unchanged", flush=True)
        else:
            mark.unlink(missing_ok=True)
            label = f"{self.preset.lower()} {name}"
            seconds = run(passes, folder / f"{name}.log", self.out, label)
            buffers.add_trees(mapped, name, liberty.BUFFER, MOST_SINKS)
            seconds += run(finish, folder / f"{name}.finish.log", self.out, label)
            mapped.unlink()
            self.seconds += seconds
            print(f"{name}: mapped in {seconds:.0f} s", flush=True)
            mark.write_text(digest)
        modules = json.loads(counted.read_text())["modules"]
        return modules["\\" + name]["num_cells_by_type"]

    def _digest(self, passes: list[str], instance: str) -> str:
        """Of the passes, the library and the part of the design that they read."""
        result = hashlib.sha256("\n".join(passes).encode())
        result.update(self.library.sha256.encode())
        path = instance.partition("$")[2] or instance
        for name, body in split_modules((self.out / "chip.il").read_text())[1].items():
            if instance == TOP or name == instance or name.partition("$")[2].startswith(path + "."):
                result.update(_renumbered(body).encode())
        return result.hexdigest()

    def measure(self, name: str, path: str, cells: dict[str, int], rams: list[liberty.Ram],
                boxes: dict[str, str]) -> dict:
        logic = {cell: number for cell, number in cells.items()
                 if not cell.startswith("girih_ram_") and cell not in boxes}
        shapes = sorted({ram.name for ram in rams})
        result = {"name": name, "path": path, **self.library.count(logic),
                  "ram_bits": sum(ram.bits for ram in rams),
                  "rams": [{"shape": shape.removeprefix("girih_ram_"),
                            "count": sum(ram.name == shape for ram in rams)} for shape in shapes]}
        return result

    def liberties(self) -> list[Path]:
        return [self.library.path, self.out / "rams.lib"]


def clock_of(design: str, instance: str) -> str:
    """The name of the block's clock input; empty when it has none."""
    ports = re.findall(r"(?m)^  wire (?:width \d+ )?input \d+ \\(\S+)", split_modules(design)[1][instance])
    return next((name for name in ("clk_i", "clk") if name in ports), "")


def build(flow: Flow, block: str | None) -> dict:
    instances = read_instances(flow.source, flow.out)
    top = instances[instance_of(flow.source, block, instances)]
    design = flow.elaborate(top)
    if block is None or block == TOP:
        parts = blocks_of(design)
        jobs = [(name, instance, {}) for name, instance in parts.items()] + [(TOP, TOP, parts)]
    else:
        parts, jobs = {}, [(block, top, {})]
    rows = []
    for name, instance, boxes in jobs:
        cells = flow.map_block(name, instance, boxes)
        rams = flow.rams_below(design, instance, set(boxes.values()))
        row = flow.measure(name, instance.partition("$")[2] or name, cells, rams, boxes)
        clock = clock_of(design, instance)
        if not boxes:
            row["paths"] = sta.block_paths(flow.liberties(), flow.out / "blocks" / f"{name}.v", name, clock,
                                           flow.out / "blocks" / f"{name}.sta.log")
        rows.append(row)
    report = {"preset": flow.preset.lower(), "block": block or TOP,
              "library": {"name": flow.library.name, "sha256": flow.library.sha256,
                          "nand2_um2": flow.library.nand2},
              "memory_assumed": {"access_ns": liberty.RAM_ACCESS_NS, "setup_ns": liberty.RAM_SETUP_NS},
              "clock_period_ns": flow.period,
              "total": {key: sum(row[key] for row in rows)
                        for key in ("ge", "area_um2", "cells", "ff", "latch", "ram_bits")},
              "blocks": rows}
    if parts:
        report["paths"] = sta.chip_paths(
            flow.liberties(), [flow.out / "blocks" / f"{name}.v" for name, _, _ in jobs], TOP, CONSTRAINTS,
            flow.period, flow.out / "chip.sta.log")
    return report


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--preset", required=True, help="tiny, base, wide or ecp5")
    parser.add_argument("--block", help="a module of the chip, mapped alone; default: the chip")
    parser.add_argument("--period", type=float, default=10.0, help="clock aimed at, ns (default 10)")
    parser.add_argument("--build", type=Path, help="build folder with generated RTL; default: "
                        "GIRIH_BUILD, then build/release")
    parser.add_argument("--out", type=Path, help="default: build/asic/<preset>[-<block>]")
    args = parser.parse_args()
    try:
        if args.period <= 0:
            raise SiliconError(f"a clock period of {args.period} ns; it must be more than 0")
        preset = preset_name(args.preset)
        name = preset.lower() + (f"-{args.block}" if args.block else "")
        out = (args.out or ROOT / "build/asic" / name).resolve()
        report = build(Flow(preset, generated_folder(args.build), out, args.period), args.block)
        (out / "report.json").write_text(json.dumps(report, indent=1) + "\n")
        (out / "report.md").write_text(asic_report.page(report))
        print(asic_report.table(report))
        print(f"{name}: {out / 'report.json'}, report.md")
    except SiliconError as error:
        print(f"asic: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
