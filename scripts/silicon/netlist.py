# SPDX-License-Identifier: Apache-2.0
"""A mapped, flattened netlist as Yosys' JSON has it: what it costs, in all and by instance."""

import hashlib
import json
from collections import Counter, defaultdict
from pathlib import Path

from source_names import variable

FIGURES = ("lut", "ff", "dsp", "bram", "dist_ram")
# What a cell costs on the device. A carry cell has two LUT4; a distributed RAM of 16x4 takes the LUT4 of
# two slices.
COSTS = {
    "LUT4": {"lut": 1}, "CCU2C": {"lut": 2}, "TRELLIS_DPR16X4": {"lut": 4, "dist_ram": 1},
    "TRELLIS_FF": {"ff": 1}, "MULT18X18D": {"dsp": 1}, "DP16KD": {"bram": 1}, "PDPW16KD": {"bram": 1},
    "PFUMX": {}, "L6MUX21": {},
}


def sha256(path: Path) -> str:
    """Hash of a file without its comments: the name of the tool's version is one."""
    digest = hashlib.sha256()
    with path.open("rb") as lines:
        for line in lines:
            if not line.startswith(b"/*"):
                digest.update(line)
    return digest.hexdigest()


class Netlist:
    def __init__(self, path: Path, top: str):
        modules = json.loads(path.read_text())["modules"]
        self.top = top
        self.module = modules[top]
        self.cells = self.module["cells"]

    def unknown(self) -> Counter:
        """Cells that nobody counts: nothing may be left of them."""
        return Counter(cell["type"] for cell in self.cells.values() if cell["type"] not in COSTS)

    def by_instance(self, modules: dict[str, str], files: dict[str, str]) -> list[dict]:
        """Cost of the top and of every instance in it, each with all that lies below it.

        `modules`: the module of each instance, by path; `files`: the file of each module. The chip's blocks
        are exact. Below them the mapper mixes: see Owners.
        """
        owners = Owners(self.module, {"": self.top, **modules}, files)
        costs = {path: dict.fromkeys(FIGURES, 0) for path in ("", *modules)}
        for name, cell in self.cells.items():
            path = owners.of[name]
            while True:
                for figure, amount in COSTS.get(cell["type"], {}).items():
                    costs[path][figure] += amount
                if not path:
                    break
                path = owners.parent(path)
        return [{"name": modules.get(path, self.top), "path": path or self.top, **cost}
                for path, cost in sorted(costs.items())]


class Owners:
    """Which instance a cell of a flattened netlist belongs to.

    A register, carry cell, RAM or product tells the line of the source that it comes from; the instance is
    the one of that file that has a name for what the cell drives. A LUT has no line: it belongs to the
    instance that reads it. `modules`: module of each instance by path, the top's path is empty.
    """

    def __init__(self, module: dict, modules: dict[str, str], files: dict[str, str]):
        self.modules = modules
        self.file_of = {path: files.get(name, "") for path, name in modules.items()}
        self.scopes: dict[str, str] = {}
        self.of: dict[str, str] = {}
        aliases: dict[int, dict[str, bool]] = defaultdict(dict)           # scopes; by a register's name?
        for net, entry in module["netnames"].items():
            scope, register = self.scope(net), variable(net).endswith("_q")
            for bit in entry["bits"]:
                if isinstance(bit, int):
                    aliases[bit][scope] = aliases[bit].get(scope, False) or register
        only = {file: path for path, file in self.file_of.items()
                if list(self.file_of.values()).count(file) == 1}
        readers: dict[int, list[str]] = defaultdict(list)
        waiting = []
        for name, cell in module["cells"].items():
            outputs = []
            for port, bits in cell["connections"].items():
                if cell["port_directions"][port] == "output":
                    outputs += bits
                else:
                    for bit in bits:
                        readers[bit].append(name)
            if cell["type"] in ("LUT4", "PFUMX", "L6MUX21"):
                waiting.append((name, outputs))
            else:
                scopes: dict[str, bool] = {}
                for bit in outputs:
                    scopes |= aliases.get(bit, {})
                self._own(name, self._by_source(cell, scopes, only))
        self._by_readers(waiting, readers)

    def _own(self, name: str, owner: str | None) -> None:
        """What is told by others never leaves the block that the cell's name begins with."""
        by_name = self.scope(name)
        if owner is None or owner.split(".")[0] != by_name.split(".")[0]:
            owner = by_name
        self.of[name] = owner

    def scope(self, name: str) -> str:
        """The instance in which a name stands."""
        before = name.rpartition(".")[0]
        if before not in self.scopes:
            parts = before.split(".")
            paths = (".".join(parts[:n]) for n in range(len(parts), 0, -1))
            self.scopes[before] = next((path for path in paths if path in self.modules), "")
        return self.scopes[before]

    def parent(self, path: str) -> str:
        return self.scope(path)

    def _by_source(self, cell: dict, scopes: dict[str, bool], only: dict[str, str]) -> str | None:
        """The deepest instance whose file the cell names; without one, where its register has its name."""
        files = {source.split(":")[0] for source in cell["attributes"].get("src", "").split("|")}
        found = [scope for scope in scopes if self.file_of[scope] in files]
        found += [only[file] for file in files if file in only]
        found = found or [scope for scope, register in scopes.items() if register and cell["type"] == "TRELLIS_FF"]
        return max(found, key=lambda scope: (scope.count("."), scope != "", scope), default=None)

    def _by_readers(self, waiting: list[tuple[str, list]], readers: dict[int, list[str]]) -> None:
        """Backwards through the LUTs, as often as one finds an owner; then by its own name."""
        while waiting:
            left = []
            for name, outputs in reversed(waiting):
                owner = next((self.of[reader] for bit in outputs for reader in readers[bit]
                              if reader in self.of), None)
                if owner is None:
                    left.append((name, outputs))
                else:
                    self._own(name, owner)
            if len(left) == len(waiting):
                for name, _ in left:
                    self._own(name, None)
                return
            waiting = left[::-1]
