#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Maps one SystemVerilog file for ECP5, as it stands: for tests of the cells' models.

  map_file.py FILE.sv --top MODULE --netlist NETLIST.v --text TEXT.v

Two Verilog files with the same module: Yosys' own, on cells, and that of netlist_model.py.
"""

import argparse
import sys
from pathlib import Path

import netlist_model
from yosys import SiliconError, run


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--top", required=True)
    parser.add_argument("--netlist", type=Path, required=True)
    parser.add_argument("--text", type=Path, required=True)
    args = parser.parse_args()
    work = args.netlist.resolve().with_suffix("")
    work.mkdir(parents=True, exist_ok=True)
    link = work / "source.sv"                      # Yosys splits commands at blanks
    link.unlink(missing_ok=True)
    link.symlink_to(args.file.resolve())
    try:
        run([f"read_slang -DSYNTHESIS --top {args.top} source.sv", f"synth_ecp5 -top {args.top}",
             "blackbox =A:whitebox", "write_json netlist.json", "write_verilog -noattr netlist.v"],
            work / "yosys.log", work, args.top, quiet=True)
        netlist_model.convert(work / "netlist.json", args.text.resolve(), 0, 0)
    except (SiliconError, netlist_model.NetlistError) as error:
        print(f"map file: {error}", file=sys.stderr)
        return 1
    (work / "netlist.v").replace(args.netlist.resolve())
    return 0


if __name__ == "__main__":
    sys.exit(main())
