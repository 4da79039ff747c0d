# SPDX-License-Identifier: Apache-2.0
"""From RTL to a mapped ECP5 netlist.

The chip's blocks are mapped one by one, each in a Yosys of its own: several at a time, and a block that
did not change is taken from the cache. The netlist that is placed and simulated is the same cells, joined
and flattened: nothing is mapped twice.
"""

import fcntl
import hashlib
import json
import os
import shutil
import time
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from elaborate import Elaborated, Part, elaborate
from yosys import ROOT, Job, Source, run, run_all

# What a path may take in cells and wires, and what a wire between two cells takes after placement. Without
# a target the mapper doubles logic to make the longest path of every block as short as can be: a block of
# multiplexers alone grows sixfold.
DELAY_TARGET_PS = 16000
WIRE_PS = 1000

MUX_MAP = Path(__file__).resolve().parent / "mux_map.v"
CELLS = ["read_verilog -lib +/lattice/cells_sim_ecp5.v +/lattice/cells_bb_ecp5.v", "blackbox =A:whitebox"]
KEPT = 120                                       # results in the cache: a few versions of each preset


def mapping_passes(name: str, options: str = "") -> list[str]:
    """`synth_ecp5` with wide multiplexers taken out before the mapper, and the mapper's own figures.

    On its way it writes down what is left for logic: memories.json before memories find their RAM,
    leftover.json the memories that found none and the products and quotients without a multiplier.
    `options`: more of synth_ecp5's.
    """
    return [
        f"synth_ecp5 -top {name} {options} -run begin:map_ram",
        "select t:$mem_v2", "write_json -selected memories.json", "select -clear",
        f"synth_ecp5 -top {name} -run map_ram:map_ffram",
        "select t:$mem_v2 t:$mul t:$macc t:$macc_v2 t:$div t:$mod t:$divfloor t:$modfloor",
        "write_json -selected leftover.json", "select -clear",
        f"synth_ecp5 -top {name} -run map_ffram:map_luts",
        "muxcover -nodecode -nopartial -mux4 -mux8", f"techmap -map {MUX_MAP.name}", "clean",
        "check -latchonly -assert", "techmap -map +/lattice/latches_map.v",
        f"abc9 -W {WIRE_PS} -D {DELAY_TARGET_PS}", "clean",
        f"synth_ecp5 -top {name} -run map_cells:check"]


def _part_passes(part: Part) -> list[str]:
    return ["read_rtlil in.il", f"hierarchy -check -top {part.top}", *mapping_passes(part.top),
            "autoname", "blackbox =A:whitebox", f"select {part.top}", "write_rtlil -selected mapped.il"]


def _cache() -> Path:
    return Path(os.environ.get("GIRIH_SYNTH_CACHE", ROOT / "build" / "synth" / "cache"))


def _key(part: Part) -> str:
    digest = hashlib.sha256()
    for item in (part.rtlil.read_bytes(), MUX_MAP.read_bytes(), json.dumps(_part_passes(part)).encode(),
                 version("pyosys").encode()):
        digest.update(hashlib.sha256(item).digest())
    return digest.hexdigest()[:32]


def _prune(cache: Path) -> None:
    entries = sorted((path for path in cache.iterdir() if path.is_dir()), key=lambda path: path.stat().st_mtime)
    for path in entries[:-KEPT]:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def locked(folder: Path):
    """One at a time: two tests may ask for the same netlist."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def map_parts(design: Elaborated, label: str, parallel: int) -> dict[str, Path]:
    """Folder with the mapped netlist of each part."""
    cache = _cache()
    folders, jobs, moves = {}, [], []
    for part in design.parts:
        folder = cache / _key(part)
        folders[part.name] = folder
        if (folder / "mapped.il").exists():
            os.utime(folder)
            continue
        work = cache / f"{folder.name}.{os.getpid()}"
        work.mkdir(parents=True, exist_ok=True)
        shutil.copy(part.rtlil, work / "in.il")
        shutil.copy(MUX_MAP, work)
        jobs.append(Job(_part_passes(part), work / "yosys.log", work, f"{label} {part.name}"))
        moves.append((work, folder))
    jobs.sort(key=lambda job: -(job.cwd / "in.il").stat().st_size)       # the longest first
    try:
        run_all(jobs, parallel, f"{label}, mapping")
    except BaseException:
        for work, _ in moves:                      # a failed one stays for its log, the others go
            if not (work / "yosys.log").exists():
                shutil.rmtree(work, ignore_errors=True)
        raise
    for work, folder in moves:
        (work / "in.il").unlink()
        shutil.rmtree(folder, ignore_errors=True)
        work.rename(folder)
    if moves:
        _prune(cache)
    return folders


def _join_passes(design: Elaborated, folders: dict[str, Path]) -> list[str]:
    """The parts as one flat module, written for nextpnr and, without aliases of nets, as Verilog."""
    passes = list(CELLS)
    for part in reversed(design.parts):                                  # the top first: it has stubs
        passes += [f"read_rtlil -overwrite {folders[part.name] / 'mapped.il'}"]
    # A block's instance in the top is no source of the cells in it: each keeps its own.
    passes += [f"setattr -unset src t:{part.top}" for part in design.parts]
    return passes + [
        "setattr -mod -unset keep_hierarchy", f"hierarchy -check -top {design.name}",
        "flatten -noscopeinfo", "delete t:$scopeinfo", "opt_clean", "check -mapped -noinit -assert", "stat",
        "write_json netlist.json", "opt_clean -purge", "write_verilog -noattr netlist.v"]


def _inputs(source: Source, block: str | None) -> str:
    """Hash of all that a netlist depends on: sources, these scripts, the tool."""
    digest = hashlib.sha256(f"{source.preset} {source.top} {block} {version('pyosys')}".encode())
    scripts = [Path(__file__).with_name(name) for name in ("elaborate.py", "mapping.py", "yosys.py")]
    for path in [*source.files, *sorted((ROOT / "rtl" / "prim").glob("*.svh")), *scripts, MUX_MAP]:
        digest.update(f"{source.name(path)} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def _unchanged(out: Path, inputs: str) -> bool:
    """Whether `out` has the netlist of these inputs, and the cache what its report needs."""
    try:
        parts = json.loads((out / "parts.json").read_text())
        return (parts["inputs"] == inputs and (out / "netlist.json").exists() and (out / "netlist.v").exists()
                and all((Path(folder) / "memories.json").exists() for folder in parts["parts"].values()))
    except (OSError, ValueError, KeyError):
        return False


def map_design(source: Source, block: str | None, out: Path, parallel: int = 1) -> float:
    """Writes netlist.v, netlist.json (flattened) and parts.json (what was mapped); returns seconds.

    Nothing is done when that is there already.
    """
    start = time.monotonic()
    with locked(out):
        inputs = _inputs(source, block)
        if _unchanged(out, inputs):
            return time.monotonic() - start
        (out / "parts.json").unlink(missing_ok=True)
        label = f"{source.preset.lower()}" + (f" {block}" if block else "")
        design = elaborate(source, block, out)
        folders = map_parts(design, label, parallel)
        run(_join_passes(design, folders), out / "yosys.log", out, f"{label}, joining")
        (out / "parts.json").write_text(json.dumps({
            "inputs": inputs, "name": design.name, "root": design.root, "modules": design.modules,
            "files": {name: source.name(path) for name, path in source.modules().items()},
            "parts": {part.name: str(folders[part.name]) for part in design.parts}}, indent=1) + "\n")
    return time.monotonic() - start
