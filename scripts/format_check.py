#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Looks at every tracked source file: SPDX line, tabs, blanks at line ends, long lines.

Lines aim at 100 columns. C++ in sw/ must keep to that; elsewhere what is over 120 fails.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CPP = {".cpp", ".h"}
ENDINGS = CPP | {".sv", ".svh", ".f", ".vlt", ".rdl", ".py", ".cmake", ".sh", ".yaml", ".yml", ".proto"}
NAMES = {"CMakeLists.txt", "Makefile", "girih", "run"}
# Data laid out as tables, one entry a line.
WIDE = {".yaml", ".rdl", ".yml"}


def columns(path: Path) -> int:
    return 100 if path.suffix in CPP and path.is_relative_to(ROOT / "sw") else 120


def problems(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    found = []
    if not any("SPDX-License-Identifier: Apache-2.0" in line for line in lines[:3]):
        found.append("1: no SPDX line")
    elif path.is_relative_to(ROOT / "rtl") and path.suffix in {".sv", ".svh", ".rdl"}:
        if not any("Apache-2.0 WITH SHL-2.1" in line for line in lines[:3]):
            found.append("1: hardware is Apache-2.0 WITH SHL-2.1")
    for number, line in enumerate(lines, start=1):
        if "\t" in line and path.name != "Makefile":
            found.append(f"{number}: tab")
        if line != line.rstrip():
            found.append(f"{number}: blank at the end")
        if len(line) > columns(path) and path.suffix not in WIDE:
            found.append(f"{number}: {len(line)} columns")
    return found


def sources() -> list[Path]:
    """What git tracks; in a tree without git everything but what is built and installed."""
    git = ["git", "-c", f"safe.directory={ROOT}", "ls-files"]  # whoever owns the tree
    try:
        names = subprocess.run(git, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
        paths = [Path(name) for name in names]
    except (OSError, subprocess.CalledProcessError):
        paths = [path.relative_to(ROOT) for path in sorted(ROOT.rglob("*"))]
        paths = [path for path in paths if path.parts[0] not in {"build", ".tools", ".cache"}]
    named = [path for path in paths if path.suffix in ENDINGS or path.name in NAMES]
    return [path for path in named if (ROOT / path).is_file()]


def main() -> int:
    checked = sources()
    count = 0
    for path in checked:
        for problem in problems(ROOT / path):
            print(f"{path}:{problem}")
            count += 1
    print(f"format check: {len(checked)} files, {count} problems")
    return 1 if count or not checked else 0


if __name__ == "__main__":
    sys.exit(main())
