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
from dataclasses import dataclass
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

    `work` gets copies of them, as rtl/... and gen/...: names of sources in netlists are the same wherever the
    tree and its build folder are, and hold no blanks (Yosys splits commands at blanks).
    """

    def __init__(self, preset: str, generated: Path, work: Path, files: list[Path] | None = None,
                 top: str = TOP):
        self.preset = preset
        self.top = top
        self.generated = generated.resolve()
        self.files = files if files is not None else rtl_files.chip_files(self.generated, preset)
        self.work = work
        for name in ("rtl", "gen"):
            if (work / name).is_symlink():
                (work / name).unlink()
        for path in [*self.files, *(ROOT / "rtl" / "prim").glob("*.svh")]:
            copy = work / self.name(path)
            text = path.read_bytes()
            if not copy.exists() or copy.read_bytes() != text:
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(text)

    def name(self, path: Path) -> str:
        """How the design names `path`."""
        path = path.resolve()
        for link, folder in (("gen", self.generated), ("rtl", ROOT / "rtl")):
            if path.is_relative_to(folder):
                return f"{link}/{path.relative_to(folder)}"
        return f"rtl/{path.name}"

    def modules(self) -> dict[str, Path]:
        """The names of all modules, with their files."""
        found = {}
        for path in self.files:
            for name in re.findall(r"^\s*module\s+(\w+)", path.read_text(), re.MULTILINE):
                found[name] = path
        return found

    def read(self, top: str | None = None, options: str = "") -> str:
        """The pass that reads the design. Each instance becomes a module `<module>$<path>`."""
        names = " ".join(self.name(path) for path in self.files)
        return (f"read_slang --keep-hierarchy -DSYNTHESIS -DGIRIH_PRESET={self.preset} -Irtl/prim "
                f"{options} --top {top or self.top} {names}")


@dataclass
class Job:
    """A list of passes for one child; its output is in `log`."""

    passes: list[str]
    log: Path
    cwd: Path
    label: str
    child: subprocess.Popen | None = None
    start: float = 0.0
    seconds: float = 0.0

    def launch(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        script = self.log.with_suffix(".json")
        script.write_text(json.dumps(self.passes, indent=1))
        self.start = time.monotonic()
        with self.log.open("w") as out:
            self.child = subprocess.Popen([sys.executable, str(Path(__file__).resolve()), str(script.resolve())],
                                          stdout=out, stderr=subprocess.STDOUT, cwd=self.cwd)

    def ended(self) -> bool:
        """Whether the child is gone. Raises SiliconError when it failed."""
        if self.child.poll() is None:
            return False
        self.seconds = time.monotonic() - self.start
        if self.child.returncode != 0:
            raise SiliconError(f"{self.label}: Yosys stopped after {self.seconds:.0f} s: {_reason(self.log)}")
        return True


def run_all(jobs: list[Job], parallel: int = 1, label: str = "", quiet: bool = False) -> None:
    """Runs the jobs in their order, `parallel` of them at a time; the first failure ends all."""
    waiting, working, finished = list(jobs), [], 0
    begin = told = time.monotonic()
    terminal = sys.stderr.isatty()
    try:
        while waiting or working:
            while waiting and len(working) < parallel:
                working.append(waiting.pop(0))
                working[-1].launch()
            time.sleep(0.1 if time.monotonic() - begin < 3 else 0.5)
            for job in [job for job in working if job.ended()]:
                working.remove(job)
                finished += 1
            now = time.monotonic()
            if not quiet and working and now - told >= (2 if terminal else 30):
                told = now
                line = (f"{label or working[0].label}: {now - begin:4.0f} s"
                        + (f", {finished} of {len(jobs)} done" if len(jobs) > 1 else "") + "; "
                        + "; ".join((f"{job.label.split()[-1]}: " if len(jobs) > 1 else "")
                                    + _pass_at_work(job.log) for job in working))
                print(f"\r\033[K{line[:118]}" if terminal else line, end="" if terminal else "\n",
                      file=sys.stderr, flush=True)
    finally:
        for job in working:
            job.child.kill()
            job.child.wait()
        if terminal and told != begin:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def run(passes: list[str], log: Path, cwd: Path, label: str, quiet: bool = False) -> float:
    """Runs the passes one after the other in a child; returns the seconds it took.

    Raises SiliconError when a pass fails.
    """
    job = Job(passes, log, cwd, label)
    run_all([job], quiet=quiet)
    return job.seconds


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
