#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the build of the netlist device needs: a preset's netlist, mapped if it is not there yet, written
as a model for Verilator (netlist_model.py).

  netlist_device.py --preset tiny --build BUILD --out MODEL.v [--netlist FOLDER] [--jobs 2]
"""

import argparse
import sys
from pathlib import Path

import netlist_model
from mapping import map_design
from yosys import ROOT, SiliconError, Source, generated_folder, preset_name

BREAKS = 6                                         # lookup tables per block that tests can break


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--preset", required=True, help="tiny, base, wide or ecp5")
    parser.add_argument("--build", type=Path, help="build folder with generated RTL; default: "
                        "GIRIH_BUILD, then build/release")
    parser.add_argument("--netlist", type=Path, help="where synth.py puts it; default: "
                        "build/synth/<preset>")
    parser.add_argument("--jobs", type=int, default=2, help="blocks mapped at a time (2)")
    parser.add_argument("--out", type=Path, required=True, help="the model")
    args = parser.parse_args()
    try:
        preset = preset_name(args.preset)
        folder = (args.netlist or ROOT / "build" / "synth" / preset.lower()).resolve()
        map_design(Source(preset, generated_folder(args.build), folder), None, folder, args.jobs)
        netlist_model.convert(folder / "netlist.json", args.out.resolve(), BREAKS, seed=1)
    except (SiliconError, netlist_model.NetlistError) as error:
        print(f"netlist device: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
