# SPDX-License-Identifier: Apache-2.0
"""Finds parts of signed variables that simulation and synthesis read differently.

A selection such as pos[1:0] has no sign in SystemVerilog, whatever pos is. Where the type of pos is a
signed one with a name, Yosys' slang front end gives the selection its sign, so that 8*pos[1:0] is another
number in the netlist than in simulation. Such a selection has to stand in unsigned'(...), unless nothing
makes it wider: after ! or {, as the whole right side of an assignment (Verilator compares the widths), or
as a condition.
"""

import re
from pathlib import Path

NAMED = re.compile(r"typedef\s+logic\s+signed\s*\[[^]]*\]\s*(\w+)\s*;")
COMMENT = re.compile(r"//[^\n]*")
WRAPPED = re.compile(r"(?:unsigned'\(|!|\{)\s*(?:\w+\.)*$")
ALONE = re.compile(r"(?:[\n;)]|\bbegin|\belse)\s*(?:assign\s+)?[\w.]+(?:\[[^]]*\])*\s*<?=\s*(?:\w+\.)*$|"
                   r"\breturn\s+(?:\w+\.)*$")


def _variables(text: str, types: set[str]) -> dict[str, int]:
    """Names declared with one of the types, and how many selections lead to one of its values."""
    found: dict[str, int] = {}
    names = "|".join(sorted(types))
    for match in re.finditer(rf"\b(?:\w+::)?(?:{names})\s+(\w+(?:\s*\[[^;,)]*\])?(?:\s*,\s*\w+(?:\s*\[[^;,)]*\])?)*)"
                             r"\s*(?==|;|,|\))", text):
        for item in match[1].split(","):
            name, *dimensions = re.match(r"\s*(\w+)((?:\s*\[[^]]*\])*)", item).groups()
            found[name] = len(re.findall(r"\[", dimensions[0]))
    return found


def types_of(files: list[Path]) -> set[str]:
    return {name for path in files for name in NAMED.findall(COMMENT.sub("", path.read_text()))}


def findings(path: Path, types: set[str]) -> list[str]:
    """One sentence for each."""
    text = COMMENT.sub("", path.read_text())
    index = r"\s*\[[^][]*(?:\[[^][]*\][^][]*)*\]"
    out = []
    for name, dimensions in _variables(text, types).items() if types else ():
        for match in re.finditer(rf"\b{name}\b(?:{index}){{{dimensions + 1}}}", text):
            before, after = text[:match.start()], text[match.end():].lstrip()
            if WRAPPED.search(before) or (after[:1] in (";", "?") and ALONE.search(before)):
                continue
            part = re.sub(r"\s+", " ", match[0])
            out.append(f"{path.name}:{before.count(chr(10)) + 1}: {part} is a part of a variable of a signed "
                       f"type: synthesis gives it a sign; write unsigned'({part})")
    return out
