# SPDX-License-Identifier: Apache-2.0
"""Yosys for the silicon flow: which files a preset is made of, and a Yosys in a process of its own.

pyosys has no program and a failing pass ends the process that it runs in: every job is a child process
that runs this file with a list of passes, its output in a log. The parent tells what goes on and turns
a failure into one sentence with the lines that say why.

    source = Source("Ecp5", gen, work)            # names in the design: rtl/..., gen/..., never absolute
    run([source.read(), "proc", "stat"], work / "yosys.log", cwd=work, label="stat")
"""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import rtl_files  # noqa: E402  (the list of files is beside the other scripts)

ROOT = rtl_files.ROOT
TOP = rtl_files.TOP


class SiliconError(Exception):
    """What the user did, or what a tool answered, in one sentence."""


def preset_name(text: str) -> str:
    """`ecp5`, `Ecp5`: the name as the RTL has it."""
    for name in rtl_files.PRESETS:
        if name.lower() == text.lower():
            return name
    raise SiliconError(f"preset '{text}' is not one of " +
                       ", ".join(name.lower() for name in rtl_files.PRESETS))


def generated_folder(build: Path | None) -> Path:
    """The folder of generated RTL below a build folder (default: GIRIH_BUILD, then build/release)."""
    build = build or Path(os.environ.get("GIRIH_BUILD", ROOT / "build" / "release"))
    generated = (build if build.is_absolute() else ROOT / build) / "gen" / "rtl"
    if not (generated / "girih_presets_pkg.sv").exists():
        raise SiliconError(f"no generated RTL in {generated}: `make docs` generates it "
                           "(another build folder is named with --build)")
    return generated


class Source:
    """The files of one preset, as a Yosys that runs in `work` reads them.

    `work` gets the links rtl and gen, so that source names in netlists are the same wherever the tree
    and its build folder are, and hold no blanks (Yosys splits commands at blanks).
    """

    def __init__(self, preset: str, generated: Path, work: Path, files: list[Path] | None = None):
        self.preset = preset
        self.generated = generated.resolve()
        self.files = files if files is not None else rtl_files.chip_files(self.generated, preset)
        self.work = work
        work.mkdir(parents=True, exist_ok=True)
        for name, target in (("rtl", ROOT / "rtl"), ("gen", self.generated)):
            link = work / name
            if link.is_symlink() and link.readlink() == target:
                continue
            link.unlink(missing_ok=True)
            link.symlink_to(target)

    def name(self, path: Path) -> str:
        """How the design names `path`."""
        path = path.resolve()
        for link, folder in (("gen", self.generated), ("rtl", ROOT / "rtl")):
            if path.is_relative_to(folder):
                return f"{link}/{path.relative_to(folder)}"
        return str(path)

    def modules(self) -> dict[str, Path]:
        """The names of all modules, with their files."""
        found = {}
        for path in self.files:
            for name in re.findall(r"^\s*module\s+(\w+)", path.read_text(), re.MULTILINE):
                found[name] = path
        return found

    def read(self, top: str = TOP, options: str = "") -> str:
        """The pass that reads the design. Each instance becomes a module `<module>$<path>`."""
        names = " ".join(self.name(path) for path in self.files)
        return (f"read_slang --keep-hierarchy -DSYNTHESIS -DGIRIH_PRESET={self.preset} -Irtl/prim "
                f"{options} --top {top} {names}")


def run(passes: list[str], log: Path, cwd: Path, label: str, quiet: bool = False,
        extra: dict[str, str] | None = None) -> float:
    """Runs the passes one after the other in a child; returns the seconds it took.

    Raises SiliconError when a pass fails. `extra`: environment for the child.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    job = log.with_suffix(".json")
    job.write_text(json.dumps(passes, indent=1))
    start = time.monotonic()
    with log.open("w") as out:
        child = subprocess.Popen([sys.executable, str(Path(__file__).resolve()), str(job.resolve())],
                                 stdout=out, stderr=subprocess.STDOUT, cwd=cwd,
                                 env={**os.environ, **(extra or {})})
        try:
            _follow(child, log, label, start, quiet)
        except BaseException:
            child.kill()
            child.wait()
            raise
    seconds = time.monotonic() - start
    if child.returncode != 0:
        raise SiliconError(f"{label}: Yosys stopped after {seconds:.0f} s: " + _reason(log))
    return seconds


def _follow(child: subprocess.Popen, log: Path, label: str, start: float, quiet: bool) -> None:
    """Tells the pass at work: in place on a terminal, else a line every half minute."""
    terminal = sys.stderr.isatty()
    told = start
    while True:
        try:
            child.wait(timeout=0.1 if time.monotonic() - start < 3 else 1)
            break
        except subprocess.TimeoutExpired:
            pass
        now = time.monotonic()
        if quiet or now - told < (2 if terminal else 30):
            continue
        told = now
        line = f"{label}: {now - start:4.0f} s, {_pass_at_work(log)}"
        print(f"\r\033[K{line}" if terminal else line, end="" if terminal else "\n",
              file=sys.stderr, flush=True)
    if terminal and told != start:
        print("\r\033[K", end="", file=sys.stderr, flush=True)


def _tail(log: Path, size: int = 200_000) -> str:
    with log.open("rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - size))
        return file.read().decode(errors="replace")


def _pass_at_work(log: Path) -> str:
    names = re.findall(r"^[\d.]+ (?:Executing|Continuing) ([\w$]+)", _tail(log), re.MULTILINE)
    return f"pass {names[-1].lower()}" if names else "at work"


def _reason(log: Path) -> str:
    lines = [line for line in _tail(log).splitlines() if line.strip()]
    telling = [line for line in lines
               if re.search(r"\berror\b|^Warning: (found|multiple|wire|logic loop|drivers)|Assertion", line,
                            re.IGNORECASE)]
    text = "\n  ".join((telling or lines)[-12:])
    return f"{text}\n  (all of it: {log})"


def _worker(job: Path) -> None:
    from pyosys import libyosys as ys
    design = ys.Design()
    for command in json.loads(job.read_text()):
        ys.run_pass(command, design)


if __name__ == "__main__":
    _worker(Path(sys.argv[1]))
