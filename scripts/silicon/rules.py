# SPDX-License-Identifier: Apache-2.0
"""What a mapped design must keep to: memories in RAM, products in multipliers, no divider, the DSP budget.

(No latch, no loop, one driver: Yosys' own checks, before mapping in elaborate.py and after it in mapping.py.)
Exceptions stand in waivers.yaml with their reason; a report shows them.
"""

import json
import re
from collections import Counter
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import yaml

from netlist import COSTS, Netlist
from source_names import Names, variable
from yosys import ROOT

WAIVERS = Path(__file__).resolve().parent / "waivers.yaml"
RAM_BITS, RAM_WORDS = 2048, 64        # from here on a memory is block RAM; with fewer words, distributed RAM
QUEUE_WORDS = 4                       # fewer words are registers: no RAM of the device is worth its rest
FACTOR = 5                            # a product of two factors this wide belongs in a multiplier
_KINDS = {"DP16KD": "block", "PDPW16KD": "block", "TRELLIS_DPR16X4": "distributed"}


@dataclass
class Finding:
    rule: str                          # memory, registers, product, quotient, budget, loop, cell
    where: str
    text: str
    waived: str = ""                   # the reason, when a waiver covers it


def _number(value) -> int:
    return int(value, 2) if isinstance(value, str) else int(value)


def _cells(path: Path) -> list[tuple[str, dict]]:
    """The cells that the mapper wrote down."""
    return [cell for module in json.loads(path.read_text())["modules"].values()
            for cell in module["cells"].items()]


def _join(prefix: str, name: str) -> str:
    return f"{prefix}.{name}" if prefix else name


def memories(part: Path, prefix: str) -> list[dict]:
    """Every memory of a mapped part: path, words, width and what it became."""
    log = (part / "yosys.log").read_text(errors="replace")
    became = dict(re.findall(r"^mapping memory \S+?\.(\S+) via \$__(\w+?)_$", log, re.MULTILINE))
    found = []
    for _, cell in _cells(part / "memories.json"):
        parameters = cell["parameters"]
        name = parameters["MEMID"].lstrip("\\")
        full = next((key for key in became if key == name or key.endswith("." + name)), "")
        kind = _KINDS.get(became.get(name, became.get(full, "")), "flip-flops")
        found.append({"path": _join(prefix, name), "words": _number(parameters["SIZE"]),
                      "width": _number(parameters["WIDTH"]), "kind": kind,
                      "ports": _number(parameters["RD_PORTS"]) + _number(parameters["WR_PORTS"])})
    return found


def memory_findings(found: list[dict]) -> list[Finding]:
    findings = []
    for memory in found:
        size = f"{memory['words']} words of {memory['width']} bits"
        if memory["words"] * memory["width"] < RAM_BITS or memory["words"] < QUEUE_WORDS:
            continue
        if memory["kind"] == "flip-flops":
            findings.append(Finding("memory", memory["path"], f"{size}, {memory['ports']} ports, are flip-flops"))
        elif memory["kind"] == "distributed" and memory["words"] >= RAM_WORDS:
            findings.append(Finding("memory", memory["path"], f"{size} are distributed RAM, not block RAM"))
    return findings


def arithmetic_findings(part: Path, prefix: str) -> list[Finding]:
    """Products and quotients that no multiplier took: the mapper builds them of LUTs."""
    findings = []
    for name, cell in _cells(part / "leftover.json"):
        kind, parameters = cell["type"], cell["parameters"]
        sources = cell["attributes"].get("src", "").split("|")
        where = _join(prefix, name if name[0] != "$" else "") + f" ({sources[-1]})"
        if kind in ("$div", "$mod", "$divfloor", "$modfloor"):
            findings.append(Finding("quotient", where, f"a divider of {_number(parameters['A_WIDTH'])} bits"))
        elif kind == "$mul":
            a, b = _number(parameters["A_WIDTH"]), _number(parameters["B_WIDTH"])
            if min(a, b) >= FACTOR:
                findings.append(Finding("product", where, f"{a}x{b} bits built of LUTs"))
        elif kind == "$macc_v2":
            for index in range(_number(parameters["NPRODUCTS"])):
                a, b = (_number(parameters[key]) >> (16 * index) & 0xffff for key in ("A_WIDTHS", "B_WIDTHS"))
                if min(a, b) >= FACTOR:
                    findings.append(Finding("product", where, f"{a}x{b} bits built of LUTs"))
    return findings


def register_findings(netlist: Netlist) -> list[Finding]:
    """Arrays that Yosys did not take for a memory, but that are as large as one."""
    names = Names(netlist.module)
    sizes: Counter = Counter()
    for cell in netlist.cells.values():
        if cell["type"] == "TRELLIS_FF":
            name = names.of_bit.get(cell["connections"]["Q"][0])
            if name:
                sizes[variable(name)] += 1
    return [Finding("registers", name, f"{size} flip-flops: as large as a memory")
            for name, size in sorted(sizes.items()) if size >= RAM_BITS]


def cell_findings(netlist: Netlist) -> list[Finding]:
    return [Finding("cell", netlist.top, f"{count} of {kind}, which nobody counts ({', '.join(COSTS)} are known)")
            for kind, count in netlist.unknown().items()]


def loop_findings(loop: list[str]) -> list[Finding]:
    """`loop`: nets that wait for each other, and those behind them."""
    return [Finding("loop", loop[0], f"a combinational loop among {len(loop)} nets: {', '.join(loop[:8])}")
            ] if loop else []


def budget(preset: str) -> dict[str, int]:
    """Multipliers that the modules may have; one that is not named may have none."""
    presets = yaml.safe_load((ROOT / "rtl" / "pkg" / "presets.yaml").read_text())["presets"]
    sizes = presets[preset.lower()]
    return {"matrix_engine": sizes["KDim"] * sizes["NDim"], "frontend": 4,
            "vector_engine": 8 * sizes["VecLanes"] + 6 * sizes["SfuLanes"]}


def budget_findings(blocks: list[dict], preset: str, whole: bool) -> list[Finding]:
    """The chip's blocks against the budget; of a block alone only one that has a budget."""
    allowed = budget(preset)
    findings = []
    for block in blocks:
        at_border = "." not in block["path"] and block["path"] != block["name"]
        if (at_border if whole else block["path"] == block["name"] and block["name"] in allowed):
            limit = allowed.get(block["name"], 0)
            if block["dsp"] > limit:
                findings.append(Finding("budget", block["path"],
                                        f"{block['dsp']} multipliers, {limit} are allowed"))
    return findings


def waive(findings: list[Finding], modules: dict[str, str], waivers: Path = WAIVERS) -> list[Finding]:
    """Marks what a waiver covers: `where` is a pattern for the path, seen from the module it names."""
    entries = yaml.safe_load(waivers.read_text()) or []
    for finding in findings:
        for entry in entries:
            scopes = [path for path, name in modules.items() if name == entry["module"]]
            patterns = [_join(path, entry["where"]) for path in scopes] + [
                path for path in scopes if entry["where"] == "."]
            if finding.rule == entry["rule"] and any(fnmatchcase(finding.where, pattern) for pattern in patterns):
                finding.waived = entry["reason"]
    return findings


def as_json(findings: list[Finding]) -> list[dict]:
    return [asdict(finding) for finding in findings]
