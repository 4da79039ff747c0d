# SPDX-License-Identifier: Apache-2.0
"""Takes a block of the chip as RTL and as mapped netlist, both as gates, and has them compared.

The chip is read once; each block is cut out of it with memories (and what its line in the list cuts) as
empty boxes on both sides, mapped as `make synth` maps a block, and put together with the cells' models.
"""

import json
import time
from importlib.metadata import version
from pathlib import Path

import correspond
from elaborate import RULES, TIDY, Elaborated, Part, instance_of
from equiv_cache import Cache, Modules, digest, digest_of_files, digest_of_method
from equiv_list import Block
from equiv_models import models, with_models
from machine import Machine
from mapping import map_parts
from partners import Notes, read_notes
from prove import OPEN, PROVEN, REFUTED, prove
from yosys import TOP, SiliconError, Source, run

WRAPPER = "prim_ram_1r1w"
# To gates and plain flip-flops, nothing optimised: what is proven is the mapper's work.
GATES = ["proc", "flatten -noscopeinfo", "memory_collect", "memory_map", "dffunmap",
         "techmap t:$mul %n", "simplemap", "dffunmap", "opt_clean", "setattr -unset src -unset hdlname */*"]


class Prover:
    def __init__(self, preset: str, generated: Path, out: Path):
        self.preset, self.out = preset, out
        out.mkdir(parents=True, exist_ok=True)
        self.source = Source(preset, generated, out)
        self.sources = digest(version("pyosys"), digest_of_files(self.source.files))
        self.method = digest_of_method([*models().values()])
        self.cache = Cache(out / "cache")
        self.modules: Modules | None = None
        self.instances: dict[str, str] = {}

    def read(self) -> None:
        """The chip, once: every block is an instance in it."""
        if self.modules:
            return
        rtlil, stamp = self.out / "chip.il", self.out / "chip.key"
        if not (rtlil.exists() and stamp.exists() and stamp.read_text() == self.sources):
            run([self.source.read(), f"hierarchy -check -top {TOP}", f"write_rtlil {rtlil.name}"],
                self.out / "read.log", self.out, f"{self.preset.lower()}, reading")
            stamp.write_text(self.sources)
        self.modules = Modules(rtlil.read_text())
        names = [name.removeprefix("\\") for name in self.modules.text]
        self.instances = {name.split("$", 1)[1]: name for name in names if "$" in name} | {TOP: TOP}

    def _module(self, block: Block) -> str:
        """The module of the chip that the block is."""
        self.read()
        path = f"{TOP}.{block.instance}" if block.instance else instance_of(
            self.source, block.module, self.instances)
        if path not in self.instances:
            raise SiliconError(f"{block.name}: there is no instance {path} in the chip")
        return self.instances[path]

    def _key(self, block: Block) -> str:
        if block.alone:
            rooms = {"prim", "pkg", self.source.modules()[block.module].parent.name}
            inputs = digest_of_files([path for path in self.source.files if path.parent.name in rooms])
        else:
            self.read()
            inputs = self.modules.closure(self._module(block))
        return self.cache.key(block, self.preset, inputs, self.method)

    def _open(self, block: Block) -> list[str]:
        """Passes that leave the block as the top module of the design, with its own name."""
        if block.alone:
            return [self.source.read(block.module, block.parameters),
                    f"hierarchy -check -top {block.module}"]
        top = self._module(block)
        (self.out / block.folder / "chip.il").write_text(self.modules.closure(top))
        rename = [f"rename -top {block.module}"] if top != block.module else []
        return [f"read_rtlil {block.folder}/chip.il", f"hierarchy -check -top {top}", *rename]

    def machines(self, block: Block) -> tuple[Machine, Machine, Notes]:
        """The RTL and the mapped netlist, both as gates; what the mapper told about them."""
        folder = self.out / block.folder
        folder.mkdir(parents=True, exist_ok=True)
        name, work = block.module, block.folder
        boxes = [] if name == WRAPPER else [WRAPPER, *block.cut]
        cut = [f"blackbox {box}$*" for box in boxes]
        to_gates = [*GATES, f"select {name}", f"write_json -selected {work}/%s.json", "select -clear"]
        passes = [*self._open(block), *cut, "design -save rtl", *RULES, *TIDY,
                  f"write_rtlil {work}/in.il", "design -load rtl", *to_gates]
        label = f"{self.preset.lower()} {block.name}"
        run([item.replace("%s", "gold") for item in passes], folder / "rtl.log", self.out, f"{label}, RTL")
        part = Part(name, block.folder, folder / "in.il")
        mapped = map_parts(Elaborated(name, name, [part], {}), label, 1)
        passes = [f"read_rtlil {work}/in.il", f"delete {name}",
                  *with_models(mapped[part.name] / "mapped.il", name, folder, self.out), *to_gates]
        run([item.replace("%s", "gate") for item in passes], folder / "netlist.log", self.out,
            f"{label}, netlist")
        return (Machine(folder / "gold.json", name), Machine(folder / "gate.json", name),
                read_notes(mapped[part.name] / "yosys.log", name))

    def look(self, block: Block, seconds: float) -> dict:
        """The block's part of the report: its verdict, what was compared, what is assumed."""
        start = time.monotonic()
        named = {"name": block.name, "module": block.module, "cut": list(block.cut)}
        if block.skip:
            return named | {"verdict": OPEN, "why": block.why, "seconds": 0.0}
        try:
            key = self._key(block)
            known = self.cache.get(key, seconds)
            if known:
                return named | known | {"cached": True}
            result = self.compare(block, seconds)
        except SiliconError as error:
            return named | {"verdict": OPEN, "why": str(error).splitlines()[0], "error": str(error),
                            "seconds": round(time.monotonic() - start, 1)}
        result["seconds"] = round(time.monotonic() - start, 1)
        self.cache.put(key, result)
        return named | result

    def compare(self, block: Block, seconds: float) -> dict:
        folder = self.out / block.folder
        gold, gate, notes = self.machines(block)
        problem = correspond.problem(gold, gate, notes)
        verdict = prove(problem, folder, seconds, f"{self.preset.lower()} {block.name}")
        result = {
            "verdict": verdict.status, "why": verdict.why, "compared": len(problem.pairs),
            "registers": problem.registers, "recoded": problem.coded, "copies": problem.copies,
            "worked_out": problem.worked_out, "memory_copies": problem.memory_copies,
            "only_in_netlist": problem.extra[:20], "only_in_rtl": problem.without[:20],
            "border": problem.border[:20], "undefined": verdict.undefined,
            "products": problem.factors.count, "differs": verdict.differs,
            "memories_cut": sum(cell["type"].startswith(WRAPPER) for cell in gold.boxes.values()),
            "given_up_after": seconds if verdict.timeout else 0}
        if problem.border and verdict.status == PROVEN:          # pins that nobody looked at
            result |= {"verdict": OPEN, "why": "pins of one side only: " + ", ".join(problem.border[:3])}
        if verdict.status == REFUTED:
            path = folder / "counterexample.json"
            shown = {"differs": verdict.differs, "rtl": verdict.rtl, "netlist": 1 - verdict.rtl}
            path.write_text(json.dumps(shown | {"inputs": verdict.inputs}, indent=1) + "\n")
            result |= {"counterexample": f"{block.folder}/{path.name}",
                       "why": (f"{verdict.differs} is {shown['rtl']} in the RTL, "
                               f"{shown['netlist']} in the netlist")}
        for path in folder.glob("*.il"):
            path.unlink()
        return result
