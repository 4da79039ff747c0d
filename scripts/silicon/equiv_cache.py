# SPDX-License-Identifier: Apache-2.0
"""Verdicts that still hold: kept under a hash of all that they depend on.

A block of the chip depends on its elaborated modules (not on the files that others changed in), the
cells' models, the scripts that map and prove, and the tool.
"""

import hashlib
import json
import re
from importlib.metadata import version
from pathlib import Path

from equiv_list import Block

HERE = Path(__file__).resolve().parent
SCRIPTS = ("aig", "correspond", "elaborate", "equiv_models", "equiv_prover", "machine", "mapping",
           "partners", "products", "prove", "simulate", "yosys")
KEPT = 500
MODULE = re.compile(r"((?:^attribute [^\n]*\n)*)^module (\S+)\n(.*?)^end$", re.MULTILINE | re.DOTALL)
CELL = re.compile(r"^  cell (\\\S+) ", re.MULTILINE)
SOURCE_LINE = re.compile(r"^ *attribute \\src .*\n", re.MULTILINE)
NUMBER = re.compile(r"\$\d+")


def digest(*items: bytes | str) -> str:
    found = hashlib.sha256()
    for item in items:
        found.update(hashlib.sha256(item if isinstance(item, bytes) else item.encode()).digest())
    return found.hexdigest()[:32]


def digest_of_files(paths: list[Path]) -> str:
    return digest(*(f"{path.name} {digest(path.read_bytes())}" for path in paths))


def digest_of_method(models: list[Path]) -> str:
    return digest(version("pyosys"), digest_of_files(
        [*(HERE / f"{name}.py" for name in SCRIPTS), HERE / "mux_map.v", *models]))


class Modules:
    """The elaborated modules of a chip."""

    def __init__(self, rtlil: str):
        self.text, self.below = {}, {}
        for attributes, name, body in MODULE.findall(rtlil):
            self.text[name] = f"{attributes}module {name}\n{body}end\n"
            self.below[name] = CELL.findall(body)

    def closure(self, top: str) -> str:
        """A module with all that lies below it; the same text when other parts of the chip change."""
        found, open_ = set(), ["\\" + top]
        while open_:
            name = open_.pop()
            if name in self.text and name not in found:
                found.add(name)
                open_ += self.below[name]
        text = SOURCE_LINE.sub("", "".join(self.text[name] for name in sorted(found)))
        numbers: dict[str, str] = {}                 # Yosys counts its names through the whole chip
        text = NUMBER.sub(lambda found: numbers.setdefault(found[0], f"${len(numbers) + 1}"), text)
        return f"autoidx {len(numbers) + 1}\n{text}"


class Cache:
    def __init__(self, folder: Path):
        self.folder = folder

    @staticmethod
    def key(block: Block, preset: str, inputs: str, method: str) -> str:
        return digest(preset, block.module, block.parameters, " ".join(block.cut), inputs, method)

    def get(self, key: str, seconds: float) -> dict | None:
        """The result of a proof, unless it was given up earlier than after `seconds`."""
        path = self.folder / f"{key}.json"
        if not path.exists():
            return None
        result = json.loads(path.read_text())
        return None if result["given_up_after"] and result["given_up_after"] < seconds else result

    def put(self, key: str, result: dict) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / f"{key}.json").write_text(json.dumps(result, indent=1) + "\n")
        for path in sorted(self.folder.glob("*.json"), key=lambda path: path.stat().st_mtime)[:-KEPT]:
            path.unlink()
