# SPDX-License-Identifier: Apache-2.0
"""Figures of a placed design: what report.json says, and the gate on Fmax."""

import hashlib
import json
from pathlib import Path

import nextpnr
from placed_paths import Paths
from wrap import top_of
from yosys import ROOT, SiliconError

BASELINES = ROOT / "tests" / "baselines" / "fpga.json"
PATHS = 40                                     # how many the report tells, one for a pair of variables
CELLS = {"ff": "TRELLIS_FF", "dsp": "MULT18X18D", "bram": "DP16KD"}


def _top(path: Path) -> dict:
    return top_of(json.loads(path.read_text()))[1]


def utilisation(netlist: dict) -> dict:
    """Of the design itself, without the registers that are wrapped around a block."""
    count: dict[str, int] = {}
    for cell in netlist["cells"].values():
        if not cell["attributes"].get("src", "").startswith("wrapper"):
            count[cell["type"]] = count.get(cell["type"], 0) + 1
    lut = (count.get("LUT4", 0) + 2 * count.get("CCU2C", 0) + 6 * count.get("TRELLIS_DPR16X4", 0))
    return {"lut": lut, **{name: count.get(cell, 0) for name, cell in CELLS.items()}}


def seed_report(folder: Path, seed: int, seconds: float) -> dict:
    """Of one placement: Fmax, longest paths, utilisation."""
    timing = nextpnr.timing(folder)
    netlist = _top(folder / "netlist.json")
    paths = Paths(folder / "delays.sdf", _top(folder / "placed.json"), netlist).longest(PATHS)
    if not paths:
        raise SiliconError(f"there is no path between registers (log: {folder / 'nextpnr.log'})")
    # Of a design that is only placed nextpnr writes delays but no frequency.
    fmax = min((clock["achieved"] for clock in timing["fmax"].values()), default=1000 / paths[0]["delay_ns"])
    used = timing["utilization"]["TRELLIS_COMB"]
    return {"seed": seed, "seconds": round(seconds), "paths": paths,
            "fmax_mhz": round(fmax, 2),
            "packed": used["used"], "packed_available": used["available"], **utilisation(netlist)}


def block_report(preset: str, block: str | None, netlist: Path, results: list[dict], freq: float,
                 routed: bool) -> dict:
    """report.json (docs/silicon.md)."""
    best = max(results, key=lambda result: result["fmax_mhz"])
    return {
        "preset": preset.lower(), "block": block, "fmax_mhz": best["fmax_mhz"], "routed": routed,
        **{name: best[name] for name in ("lut", "ff", "dsp", "bram", "seed")},
        "packed_lut": best["packed"], "device_lut": best["packed_available"],
        "seeds": [{name: result[name] for name in ("seed", "fmax_mhz", "seconds")} for result in results],
        "target_mhz": freq,
        "critical_path": best["paths"][0],
        "paths": best["paths"],
        "netlist_sha256": hashlib.sha256(netlist.read_bytes()).hexdigest(),
        "tools": {"nextpnr": nextpnr.version()},
    }


def gate(report: dict, name: str) -> int:
    """0 when Fmax is at least what the baseline asks for."""
    gates = json.loads(BASELINES.read_text())["fmax_mhz"]
    if name not in gates:
        raise SiliconError(f"tests/baselines/fpga.json has no gate for {name}; it has: "
                           + ", ".join(sorted(gates)))
    if report["fmax_mhz"] >= gates[name]:
        print(f"{name}: gate {gates[name]} MHz kept")
        return 0
    print(f"{name}: {report['fmax_mhz']} MHz is under the gate of {gates[name]} MHz "
          "(tests/baselines/fpga.json)")
    return 1
