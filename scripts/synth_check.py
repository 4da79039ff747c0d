#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads the chip with Yosys' slang front end, per preset, and fails on what is not synthesizable.

A latch, a combinational loop, a second driver or an undriven wire makes `check -assert` fail. Runs one
preset a process: a failing Yosys pass ends the process that it runs in.

  synth_check.py --gen BUILD/gen/rtl [--preset Base]... [--room pkg --room prim ...] [--top MODULE]
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

import rtl_files


def check(files: list[Path], top: str, preset: str) -> None:
    """Raises, or ends the process, when the design is not clean."""
    from pyosys import libyosys as ys
    options = f"-DSYNTHESIS -DGIRIH_PRESET={preset} -Irtl/prim --top {top}"
    names = " ".join(os.path.relpath(path, rtl_files.ROOT) for path in files)
    os.chdir(rtl_files.ROOT)                   # Yosys splits at blanks: none in names from here
    design = ys.Design()
    ys.run_pass(f"read_slang {options} {names}", design)
    for command in (f"hierarchy -check -top {top}", "proc", "select -assert-none t:$dlatch* t:$adlatch*",
                    "check -assert"):
        ys.run_pass(command, design)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gen", type=Path, required=True, help="folder of generated RTL")
    parser.add_argument("--preset", action="append", choices=rtl_files.PRESETS, help="default: all four")
    parser.add_argument("--top", default=rtl_files.TOP)
    parser.add_argument("--room", action="append", choices=rtl_files.ROOMS, help="default: all")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    presets = args.preset or list(rtl_files.PRESETS)
    if args.worker:
        check(rtl_files.chip_files(args.gen, presets[0], args.room), args.top, presets[0])
        return 0

    failed = 0
    for preset in presets:
        start = time.monotonic()
        command = [sys.executable, __file__, "--worker", "--gen", str(args.gen), "--preset", preset,
                   "--top", args.top, *(f"--room={room}" for room in args.room or [])]
        run = subprocess.run(command, capture_output=True, text=True)
        seconds = time.monotonic() - start
        print(f"synth check: {args.top} {preset:5} {'FAIL' if run.returncode else 'pass'} ({seconds:.1f} s)")
        if run.returncode:
            failed += 1
            lines = (run.stdout + run.stderr).splitlines()
            telling = [line for line in lines
                       if any(word in line for word in ("rror", "arning", "atch", "Found", "found"))]
            print("\n".join(telling[-40:] or lines[-40:]), file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
