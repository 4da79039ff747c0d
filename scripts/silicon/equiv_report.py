# SPDX-License-Identifier: Apache-2.0
"""What equiv.py found: a line a block, what is not as listed, and the table of docs/silicon.md."""

from pathlib import Path

from equiv_list import Block
from prove import PROVEN, REFUTED
from yosys import ROOT

PAGE = ROOT / "docs/silicon.md"
BEGIN, END = "<!-- equivalence: written by equiv.py --page -->", "<!-- end -->"


def line(result: dict) -> str:
    text = f"{result['name']:22} {result['verdict']:8}{result['seconds']:7.1f} s"
    if "compared" in result:
        text += f" {result['compared']:6} bits {result['registers']:6} registers"
    text += " (kept)" if result.get("cached") else ""
    return text + (f"  {result['why']}" if result["why"] else "")


def summary(report: dict) -> str:
    proven = sum(result["verdict"] == PROVEN for result in report["blocks"])
    return f"equiv: {proven} of {len(report['blocks'])} blocks proven ({report['preset']})"


def wrong(results: list[dict], blocks: list[Block]) -> list[str]:
    """Blocks that are refuted, or are said to be proven and are not."""
    found = []
    for result, block in zip(results, blocks):
        if result["verdict"] == REFUTED:
            found.append(f"{block.name}: netlist and RTL differ: {result['why']}")
        elif result["verdict"] != PROVEN and not block.why:
            found.append(f"{block.name} is listed as proven and is not: {result['why']}")
    return found


def table(blocks: list[Block]) -> str:
    rows = ["| block | proven | with | why not |", "|---|---|---|---|"]
    for block in blocks:
        form = block.parameters.replace("-G ", "") or block.instance
        cut = "without " + ", ".join(f"`{module}`" for module in block.cut) if block.cut else ""
        rows.append(f"| `{block.name}` | {'no' if block.why else 'yes'} | "
                    f"{'; '.join(filter(None, (form and f'`{form}`', cut)))} | {block.why} |")
    proven = sum(not block.why for block in blocks)
    return "\n".join([f"{proven} of {len(blocks)} are proven.", "", *rows])


def write_page(blocks: list[Block], page: Path = PAGE) -> None:
    text = page.read_text()
    before, rest = text.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    page.write_text(f"{before}{BEGIN}\n{table(blocks)}\n{END}{after}")
