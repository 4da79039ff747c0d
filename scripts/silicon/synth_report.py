# SPDX-License-Identifier: Apache-2.0
"""report.json of a synthesis, its table, and the comparison with the recorded figures."""

import json
import platform
from importlib.metadata import version
from pathlib import Path

import rules
from delays import Timing
from netlist import FIGURES, Netlist, sha256
from yosys import ROOT, TOP, SiliconError

BASELINE = ROOT / "tests" / "baselines" / "synth.json"
TOLERANCE = 0.05
SLACK = 20                                 # a small block may move by that many, whatever the percentage
PATHS = 20


def build(preset: str, out: Path) -> dict:
    """The report of the mapped design in `out`."""
    parts = json.loads((out / "parts.json").read_text())
    whole = parts["root"] == TOP
    netlist = Netlist(out / "netlist.json", parts["name"])
    blocks = netlist.by_instance(parts["modules"], parts["files"])
    totals = next(block for block in blocks if block["path"] == parts["name"])
    findings, memories = [], []
    for name, folder in parts["parts"].items():
        prefix = "" if name == parts["name"] else name
        found = rules.memories(Path(folder), prefix)
        memories += found
        findings += rules.memory_findings(found) + rules.arithmetic_findings(Path(folder), prefix)
    findings += rules.register_findings(netlist) + rules.cell_findings(netlist)
    findings += rules.budget_findings(blocks, preset, whole)
    timing = Timing(netlist)
    findings += rules.loop_findings(timing.loop)
    rules.waive(findings, {"": parts["name"], **parts["modules"]})
    return {
        "preset": preset.lower(), "block": None if whole else parts["name"], "top": parts["name"],
        **{figure: totals[figure] for figure in FIGURES},
        "blocks": [block for block in blocks if block is not totals],
        "paths": timing.longest(PATHS), "memories": memories, "findings": rules.as_json(findings),
        "netlist_sha256": sha256(out / "netlist.v"),
        "tools": {"yosys": version("pyosys"), "python": platform.python_version()}}


def broken_rules(report: dict) -> list[str]:
    return [f"{finding['rule']}: {finding['where']}: {finding['text']}"
            for finding in report["findings"] if not finding["waived"]]


# ---------------------------------------------------------------- table
def _depths(blocks: list[dict]) -> dict[str, int]:
    """How many instances stand around each; the scopes of loops (gen_x[3]) do not count."""
    depths = {}
    for path in sorted(block["path"] for block in blocks):
        parts = path.split(".")
        around = next((above for n in range(len(parts) - 1, 0, -1) if (above := ".".join(parts[:n])) in depths), "")
        depths[path] = depths[around] + 1 if around else 0
    return depths


def table(report: dict, deep: bool = False) -> str:
    """Blocks with what lies below them; all instances when `deep`, else the larger of the two upper levels."""
    depths = _depths(report["blocks"])
    lines = [f"{'':44} {'LUT':>7} {'FF':>7} {'DSP':>5} {'BRAM':>5} {'RAM16':>6}"]
    rows = [{"path": report["top"], **{figure: report[figure] for figure in FIGURES}}]
    rows += [block for block in report["blocks"] if deep or depths[block["path"]] < 2 and
             block["lut"] + block["ff"] > (0 if depths[block["path"]] == 0 else report["lut"] / 250)]
    depths[report["top"]], around = 0, ""
    for block in rows:
        depth = depths[block["path"]]
        around = block["path"] + "." if depth == 0 else around
        name = "  " * depth + block["path"].removeprefix(around)
        lines.append(f"{name[:44]:44} {block['lut']:7} {block['ff']:7} {block['dsp']:5} "
                     f"{block['bram']:5} {block['dist_ram']:6}")
    lines.append("")
    lines.append("longest paths before placement (delays of cells, and the same allowance for every wire):")
    for path in report["paths"][:8]:
        lines.append(f"  {path['delay_ns']:6.2f} ns  {path['levels']:3} levels  {path['from']} -> {path['to']}")
        through = path["through"] if len(path["through"]) <= 6 else [*path["through"][:3], "...",
                                                                    *path["through"][-2:]]
        lines.append("             through " + ", ".join(through) if through else "             directly")
    for finding in report["findings"]:
        told = f"allowed: {finding['waived']}" if finding["waived"] else "NOT ALLOWED"
        lines.append(f"{finding['rule']}: {finding['where']}: {finding['text']} ({told})")
    lines.append(f"netlist {report['netlist_sha256'][:16]}")
    return "\n".join(lines)


# ---------------------------------------------------------------- baselines
def figures(report: dict) -> dict:
    """What is recorded: the totals, and those of the blocks at the chip's top."""
    return {**{figure: report[figure] for figure in FIGURES},
            "blocks": {block["path"]: {figure: block[figure] for figure in FIGURES}
                       for block in report["blocks"] if "." not in block["path"]}}


def _compare(where: str, now: dict, then: dict) -> list[str]:
    found = []
    for figure in FIGURES:
        limit = max(TOLERANCE * then[figure], SLACK if where else 0)
        if figure in ("dsp", "bram"):
            limit = 0
        if abs(now[figure] - then[figure]) > limit:
            found.append(f"{where or 'total'}: {figure} {now[figure]}, recorded {then[figure]} "
                         f"({100 * (now[figure] / then[figure] - 1) if then[figure] else 100:+.1f} %)")
    return found


def against_baseline(report: dict, path: Path = BASELINE) -> list[str]:
    """What moved by more than 5 %; an improvement as well: it is recorded."""
    recorded = json.loads(path.read_text()) if path.exists() else {}
    then = recorded.get(report["preset"])
    if then is None:
        return [f"no figures of preset {report['preset']} in {path}: record them with --record"]
    now = figures(report)
    found = _compare("", now, then)
    for block in sorted(now["blocks"].keys() | then["blocks"].keys()):
        if block not in now["blocks"] or block not in then["blocks"]:
            found.append(f"{block}: a block that is {'new' if block in now['blocks'] else 'gone'}")
        else:
            found += _compare(block, now["blocks"][block], then["blocks"][block])
    return found


def record(report: dict, path: Path = BASELINE) -> None:
    if report["block"]:
        raise SiliconError("figures are recorded for whole presets: --record goes without --block")
    recorded = json.loads(path.read_text()) if path.exists() else {}
    recorded[report["preset"]] = figures(report)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(dict(sorted(recorded.items())), indent=1) + "\n")
