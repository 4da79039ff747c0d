#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Proves, block by block, that the mapped ECP5 netlist does what the RTL does.

  equiv.py [--block tokens ...] [--quick] [--preset tiny] [--seconds 300] [--page]

The blocks, and why some are not proven, stand in equiv_blocks.yaml; a block that is said to be proven and
is not, or is refuted, ends this with 1. What did not change since it was proven is not proven again.
Report: build/equiv/report.json. How it is proven: correspond.py. --page writes docs/silicon.md's table.
"""

import argparse
import json
import sys
from importlib.metadata import version
from pathlib import Path

import equiv_report
from equiv_list import block_list, chosen
from equiv_models import MODELS
from equiv_prover import Prover
from mapping import locked
from yosys import ROOT, SiliconError, generated_folder, preset_name


def look_at_all(args: argparse.Namespace) -> int:
    blocks = chosen(block_list(), args.block, args.quick)
    preset = preset_name(args.preset)
    out = args.out.resolve()
    results = []
    with locked(out):
        prover = Prover(preset, generated_folder(args.build), out / preset.lower())
        for block in blocks:
            results.append(prover.look(block, args.seconds))
            print(equiv_report.line(results[-1]), flush=True)
    report = {"preset": preset.lower(), "models": str(MODELS.relative_to(ROOT)),
              "tools": {"pyosys": version("pyosys")}, "blocks": results}
    (out / "report.json").write_text(json.dumps(report, indent=1) + "\n")
    print(equiv_report.summary(report) + f"; {out / 'report.json'}")
    wrong = equiv_report.wrong(results, blocks)
    for text in wrong:
        print(f"equiv: {text}", file=sys.stderr)
    return 1 if wrong else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--block", action="append", help="a line of the list or a module; default: all")
    parser.add_argument("--quick", action="store_true", help="the blocks that take seconds")
    parser.add_argument("--preset", default="tiny", help="tiny, base, wide or ecp5 (default tiny)")
    parser.add_argument("--seconds", type=float, default=300,
                        help="for the proof of one block (default 300)")
    parser.add_argument("--page", action="store_true", help="only write the table of docs/silicon.md")
    parser.add_argument("--build", type=Path, help="build folder with generated RTL; default: "
                        "GIRIH_BUILD, then build/release")
    parser.add_argument("--out", type=Path, default=ROOT / "build/equiv")
    args = parser.parse_args()
    try:
        if args.page:
            equiv_report.write_page(block_list())
            return 0
        return look_at_all(args)
    except SiliconError as error:
        print(f"equiv: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
