#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Places and routes a preset, or one block of it, on an LFE5U-85F-6: Fmax, utilisation, critical path.

  fpga.py --preset ecp5 [--block acc] [--seeds 3] [--freq 50] [--jobs 2] [--place-only] [--gate]
          [--build BUILD] [--out FOLDER]

Stages whose inputs did not change are not run again; an interrupted run goes on with the seed it was at.
Leaves report.json, index.html, chip.bit (the chip) and a folder for each seed in build/fpga/<name>.
"""

import argparse
import hashlib
import json
import shutil
import sys
from pathlib import Path

import fpga_page
import fpga_top
import nextpnr
import wrap
from fpga_report import block_report, gate, seed_report
from mapping import map_design, mapping_passes
from yosys import ROOT, SiliconError, Source, generated_folder, preset_name

HERE = Path(__file__).resolve().parent
LPF = ROOT / "constraints" / "ecp5_85f.lpf"


class Stage:
    """A step with its result in a folder: skipped when its inputs are those of the last time."""

    def __init__(self, folder: Path, name: str, *inputs):
        digest = hashlib.sha256()
        for item in inputs:
            digest.update(item.read_bytes() if isinstance(item, Path) else repr(item).encode())
            digest.update(b"\0")
        self.stamp = folder / f"{name}.done"
        self.key = digest.hexdigest()

    def done(self) -> dict | None:
        """What was noted when the stage ended, or None when it must be run."""
        try:
            noted = json.loads(self.stamp.read_text())
        except (OSError, ValueError):
            return None
        return noted["result"] if noted["key"] == self.key else None

    def finish(self, result: dict) -> dict:
        self.stamp.write_text(json.dumps({"key": self.key, "result": result}))
        return result


def synthesise(preset: str, block: str | None, build: Path | None, out: Path, jobs: int) -> Path:
    """The mapped netlist, as nextpnr reads it."""
    work = out / "synth"
    source = Source(preset, generated_folder(build), work)
    map_design(source, block, work, jobs)                # does nothing when nothing changed
    netlist = work / "netlist.json"
    if block:
        return netlist
    joined = work / fpga_top.NETLIST
    stage = Stage(out, "synth", netlist, HERE / "fpga_top.py", mapping_passes(fpga_top.FPGA_TOP),
                  *sorted((ROOT / "rtl/prim").glob("*.sv*")), *fpga_top.files())
    if stage.done() is None or not joined.exists():
        fpga_top.join(source, work)
        stage.finish({})
    return joined


def seed_folder(out: Path, seed: int, routed: bool) -> Path:
    return out / f"{'seed' if routed else 'placed'}{seed}"


def place(netlist: Path, block: str | None, seed: int, freq: float, routed: bool, out: Path,
          label: str) -> dict:
    """Place and, when `routed`, route with one seed, unless that was done."""
    folder = seed_folder(out, seed, routed)
    folder.mkdir(parents=True, exist_ok=True)
    lpf = None if block else LPF
    stage = Stage(folder, "route", netlist, nextpnr.DEVICE, nextpnr.version(), freq, HERE / "wrap.py",
                  *([lpf] if lpf else []))
    result = stage.done()
    if result is not None:
        return result
    if block:
        wrap.wrap_file(netlist, folder / "netlist.json")
    else:
        shutil.copy(netlist, folder / "netlist.json")
        shutil.copy(lpf, folder / "pins.lpf")
    seconds = nextpnr.place_and_route(folder, "netlist.json", seed, freq, "pins.lpf" if lpf else None,
                                      routed, f"{label}, seed {seed}")
    if routed and not block:
        nextpnr.bitstream(folder, f"{label}, bitstream of seed {seed}")
    return stage.finish(seed_report(folder, seed, seconds))


def run(args: argparse.Namespace) -> int:
    preset = preset_name(args.preset)
    name = preset.lower() + (f"-{args.block}" if args.block else "")
    out = (args.out or ROOT / "build" / "fpga" / name).resolve()
    out.mkdir(parents=True, exist_ok=True)
    netlist = synthesise(preset, args.block, args.build, out, args.jobs)
    results = []
    for seed in range(args.first_seed, args.first_seed + args.seeds):
        results.append(place(netlist, args.block, seed, args.freq, not args.place_only, out, name))
        print(f"{name}: seed {seed}: {results[-1]['fmax_mhz']:.1f} MHz "
              f"({results[-1]['seconds']:.0f} s)", flush=True)
    report = block_report(preset, args.block, netlist, results, args.freq, not args.place_only)
    best = seed_folder(out, report["seed"], not args.place_only)
    if not args.block and not args.place_only:
        shutil.copy(best / "chip.bit", out / "chip.bit")
    (out / "report.json").write_text(json.dumps(report, indent=1) + "\n")
    fpga_page.write(out, report, best)
    print(f"{name}: {report['fmax_mhz']:.1f} MHz{'' if report['routed'] else ' by placement, not routed,'} "
          f"with seed {report['seed']}, {report['lut']} LUT, "
          f"{report['ff']} FF, {report['dsp']} DSP, {report['bram']} block RAM")
    path = report["critical_path"]
    print(f"  longest path: {path['delay_ns']} ns, {path['levels']} levels, "
          f"{path['from']} -> {path['to']}")
    print(f"  page: {out / 'index.html'}")
    return gate(report, name) if args.gate else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--preset", required=True, help="tiny, base, wide or ecp5 (the chips of base and "
                        "wide are larger than the device)")
    parser.add_argument("--block", help="a module of the chip, placed alone behind registers; default: "
                        "the chip in girih_fpga_top")
    parser.add_argument("--seeds", type=int, default=1, help="how many placements to try; default 1")
    parser.add_argument("--first-seed", type=int, default=1, help="the first of them; default 1")
    parser.add_argument("--freq", type=float, default=50.0, help="target in MHz; default 50")
    parser.add_argument("--jobs", type=int, default=1, help="blocks mapped at the same time; default 1")
    parser.add_argument("--place-only", action="store_true", help="no routing: a quarter of the time, "
                        "delays of wires by the placer's guess, no bitstream")
    parser.add_argument("--gate", action="store_true",
                        help="fail when Fmax is under the gate in tests/baselines/fpga.json")
    parser.add_argument("--build", type=Path, help="build folder with generated RTL; default: "
                        "GIRIH_BUILD, then build/release")
    parser.add_argument("--out", type=Path, help="default: build/fpga/<preset>[-<block>]")
    args = parser.parse_args()
    try:
        if args.seeds < 1:
            raise SiliconError(f"--seeds {args.seeds}: at least one placement is needed")
        if args.gate and args.place_only:
            raise SiliconError("--gate needs routed delays: leave out --place-only")
        return run(args)
    except SiliconError as error:
        print(f"fpga: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
