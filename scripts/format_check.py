#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Looks at every tracked source file: SPDX line, tabs, blanks at line ends, long lines.

Lines aim at 100 columns; what is over 120 fails.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENDINGS = {".cpp", ".h", ".sv", ".svh", ".f", ".vlt", ".rdl", ".py", ".cmake", ".sh", ".yaml", ".yml"}
NAMES = {"CMakeLists.txt", "Makefile", "girih", "run"}
COLUMNS = 120
# Data laid out as tables, one entry a line.
WIDE = {".yaml", ".rdl", ".yml"}


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
        if len(line) > COLUMNS and path.suffix not in WIDE:
            found.append(f"{number}: {len(line)} columns")
    return found


def main() -> int:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    paths = [Path(name) for name in tracked.stdout.splitlines()]
    checked = [path for path in paths if path.suffix in ENDINGS or path.name in NAMES]
    count = 0
    for path in checked:
        if (ROOT / path).exists():
            for problem in problems(ROOT / path):
                print(f"{path}:{problem}")
                count += 1
    print(f"format check: {len(checked)} files, {count} problems")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
