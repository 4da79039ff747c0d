#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""girih.rdl -> the register block of every preset, a C++ header, a page to browse.

  rtl/<Preset>/girih_regs.sv, girih_regs_pkg.sv   AXI4-Lite (flat ports), active-low synchronous reset,
                                                  error response to unmapped addresses (regblock.py)
  include/girih/registers.h                       addresses and fields (registers_header.py)
  docs/registers/                                 HTML
The presets differ in the number of contexts alone (parameter N_CONTEXTS of the address map).
"""

import argparse
import subprocess
import sys
from pathlib import Path

from systemrdl import RDLCompileError

import presets as preset_file
import regblock
import registers_header

PEAKRDL = Path(sys.executable).parent / "peakrdl"


def html(rdl: Path, contexts: int, out: Path) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run([str(PEAKRDL), "html", str(rdl), "-P", f"N_CONTEXTS={contexts}", "-o", str(out)],
                   check=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rdl", type=Path)
    parser.add_argument("--presets", type=Path, required=True, help="presets.yaml")
    parser.add_argument("--out", type=Path, required=True, help="receives rtl/, include/, docs/")
    args = parser.parse_args()
    try:
        presets = preset_file.load(args.presets)["presets"]
        for preset in presets:
            regblock.export(args.rdl, {"N_CONTEXTS": preset["sizes"]["Contexts"]},
                            args.out / "rtl" / preset["sv_name"])
        most = max(preset["sizes"]["Contexts"] for preset in presets)
        header = args.out / "include/girih/registers.h"
        header.parent.mkdir(parents=True, exist_ok=True)
        header.write_text(registers_header.render(str(args.rdl), most))
        html(args.rdl, most, args.out / "docs/registers")
    except (preset_file.PresetError, RDLCompileError, regblock.UnsupportedRegister,
            subprocess.CalledProcessError) as error:
        print(f"{args.rdl}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
