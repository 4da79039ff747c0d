# SPDX-License-Identifier: Apache-2.0
"""What asic.py found, as a table for the terminal and as a short page."""


def longest(row: dict) -> dict | None:
    return row["paths"][0] if row.get("paths") else None


def _cells(row: dict) -> list[str]:
    path = longest(row)
    return [row["name"], f"{row['ge']:,}", f"{row['ff']:,}", f"{row['ram_bits']:,}",
            f"{path['delay_ns']:.2f}" if path else "", f"{path['cells']}" if path else ""]


HEAD = ["block", "gate equivalents", "flip-flops", "memory bits", "longest path ns", "cells in it"]


def rows(report: dict) -> list[list[str]]:
    found = [_cells(row) for row in sorted(report["blocks"], key=lambda row: -row["ge"])]
    if len(found) > 1:
        found.append(_cells({"name": "total", **report["total"], "paths": report.get("paths")}))
    return found


def table(report: dict) -> str:
    lines = [HEAD, *rows(report)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEAD))]
    return "\n".join("  " + line[0].ljust(widths[0]) + "".join(
        "  " + cell.rjust(width) for cell, width in zip(line[1:], widths[1:])) for line in lines)


def _path(title: str, path: dict) -> str:
    blocks = f", through {' -> '.join(path['blocks'])}" if len(path["blocks"]) > 1 else ""
    return (f"**{title}**: {path['delay_ns']:.2f} ns from `{path['from']}` to `{path['to']}`{blocks} "
            f"({path['cells']} cells: {' '.join(path['through'])})\n")


def page(report: dict) -> str:
    library, assumed = report["library"], report["memory_assumed"]
    text = [
        f"# {report['preset']}: {report['block']} in standard cells\n",
        f"Library {library['name']} (typical, without wires); a gate equivalent is a NAND2 of "
        f"{library['nand2_um2']:g} um2. Memories are black boxes of which nothing but the bits is counted; "
        f"{assumed['access_ns']:g} ns from the clock to their data and {assumed['setup_ns']:g} ns of set-up "
        f"are assumed. Mapped for {report['clock_period_ns']:g} ns. A block's paths are its own, ports "
        "count as registers.\n",
        "| " + " | ".join(HEAD) + " |", "|" + "---|" * len(HEAD),
        *("| " + " | ".join(row) + " |" for row in rows(report)), "",
        "## Memories\n", "| block | words x bits (enables) | number |", "|---|---|---|",
        *(f"| {row['name']} | {ram['shape'].replace('_', ', ')} | {ram['count']} |"
          for row in report["blocks"] for ram in row["rams"]), "",
        "## Longest paths\n"]
    if report.get("paths"):
        text.append(_path("The chip, under constraints/girih.sdc", report["paths"][0]))
    text += [_path(row["name"], longest(row)) for row in report["blocks"] if longest(row)]
    return "\n".join(text) + "\n"
