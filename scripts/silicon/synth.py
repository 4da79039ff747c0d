#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Synthesises a preset, or one block of it, for ECP5: netlist, utilisation, longest paths, rules.

  synth.py --preset ecp5 [--block vector_engine] [--jobs 2] [--build BUILD] [--out FOLDER]

Leaves in build/synth/<preset>[-<block>]: netlist.v and netlist.json (mapped and flattened), report.json,
utilisation.svg. Blocks that did not change are taken from build/synth/cache (GIRIH_SYNTH_CACHE). Ends with 1
when a rule is broken (scripts/silicon/rules.py) or, with --gate, when a figure moved by more than 5 %.
"""

import argparse
import json
import sys
from pathlib import Path

import synth_report
from mapping import map_design
from synth_picture import svg
from yosys import ROOT, SiliconError, Source, generated_folder, preset_name


def run(args: argparse.Namespace) -> int:
    preset = preset_name(args.preset)
    name = preset.lower() + (f"-{args.block}" if args.block else "")
    out = (args.out or ROOT / "build" / "synth" / name).resolve()
    source = Source(preset, generated_folder(args.build), out)
    seconds = map_design(source, args.block, out, args.jobs)
    if args.netlist_only:
        print(f"{name}: mapped in {seconds:.0f} s: {out / 'netlist.v'} and netlist.json")
        return 0
    report = synth_report.build(preset, out)
    (out / "report.json").write_text(json.dumps(report, indent=1) + "\n")
    (out / "utilisation.svg").write_text(svg(report))
    print(synth_report.table(report, args.deep))
    print(f"{name}: {seconds:.0f} s; report.json, utilisation.svg, netlist.v and netlist.json in {out}")
    if args.record:
        synth_report.record(report)
    wrong = synth_report.broken_rules(report)
    for text in wrong:
        print(f"synth: {name}: {text}", file=sys.stderr)
    moved = synth_report.against_baseline(report) if args.gate else []
    for text in moved:
        print(f"synth: {name}: {text}", file=sys.stderr)
    if moved:
        print(f"synth: {name}: more than 5 % from the recorded figures; when that is meant: "
              f"scripts/silicon/synth.py --preset {preset.lower()} --record", file=sys.stderr)
    return 1 if wrong or moved else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--preset", required=True, help="tiny, base, wide or ecp5")
    parser.add_argument("--block", help="a module of the chip, mapped alone; default: the chip")
    parser.add_argument("--build", type=Path, help="build folder with generated RTL; default: "
                        "GIRIH_BUILD, then build/release")
    parser.add_argument("--out", type=Path, help="default: build/synth/<preset>[-<block>]")
    parser.add_argument("--jobs", type=int, default=2, help="blocks mapped at a time (2)")
    parser.add_argument("--deep", action="store_true", help="table with every instance")
    parser.add_argument("--netlist-only", action="store_true", help="no report: netlist.v and netlist.json")
    parser.add_argument("--gate", action="store_true", help="compare with tests/baselines/synth.json")
    parser.add_argument("--record", action="store_true", help="write tests/baselines/synth.json")
    try:
        return run(parser.parse_args())
    except SiliconError as error:
        print(f"synth: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
