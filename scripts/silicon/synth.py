#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Synthesises a preset, or one block of it, for ECP5: the netlist as Verilog and as nextpnr's JSON.

  synth.py --preset ecp5 [--block vector_engine] [--build BUILD] [--out FOLDER]
"""

import argparse
import sys
from pathlib import Path

from mapping import map_design
from yosys import ROOT, SiliconError, Source, generated_folder, preset_name


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--preset", required=True, help="tiny, base, wide or ecp5")
    parser.add_argument("--block", help="a module of the chip, mapped alone; default: the chip")
    parser.add_argument("--build", type=Path, help="build folder with generated RTL; default: "
                        "GIRIH_BUILD, then build/release")
    parser.add_argument("--out", type=Path, help="default: build/synth/<preset>[-<block>]")
    args = parser.parse_args()
    try:
        preset = preset_name(args.preset)
        name = preset.lower() + (f"-{args.block}" if args.block else "")
        out = (args.out or ROOT / "build" / "synth" / name).resolve()
        source = Source(preset, generated_folder(args.build), out)
        seconds = map_design(source, args.block, out)
        print(f"{name}: mapped in {seconds:.0f} s, {out / 'netlist.v'} and netlist.json")
    except SiliconError as error:
        print(f"synth: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
