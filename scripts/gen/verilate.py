#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs Verilator and packs its C++ into a fixed number of files, so that the build can name them.

Verilator decides while it runs how many C++ files a model has. This script runs it in a scratch
folder, copies over only what changed, and writes `fast_0.cpp .. fast_<n-1>.cpp` and `slow.cpp`, which
include the generated files and carry a hash of them: an edit that does not change the model compiles
nothing, and the compiler cache works as for any other source.

  verilate.py --verilator V --dir OUT --prefix Vname --units N --depfile D -- VERILATOR-ARGUMENTS...
"""

import argparse
import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path


def write_if_changed(path: Path, text: str) -> None:
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def classes(makefile: str, variable: str) -> list[str]:
    """The file names (without ending) that Verilator's makefile lists under `variable`."""
    match = re.search(rf"^{variable} \+= \\\n((?:[ \t]+\S+ \\\n)*)", makefile, re.MULTILINE)
    return [line.strip(" \t\\") for line in match.group(1).splitlines()] if match else []


def sync(scratch: Path, out: Path, names: set[str]) -> None:
    """Makes `out` hold the files `names` of `scratch`; files that are the same keep their time."""
    for name in names:
        new, old = scratch / name, out / name
        if not old.exists() or old.read_bytes() != new.read_bytes():
            shutil.copyfile(new, old)
    for stale in set(path.name for path in out.glob("V*")) - names:
        (out / stale).unlink()


def pack(out: Path, prefix: str, kind: str, names: list[str]) -> None:
    digest = hashlib.sha256()
    for path in sorted(out.glob("V*.h")) + [out / f"{name}.cpp" for name in names]:
        if path.name != f"{prefix}.h":                   # that one carries such a hash itself
            digest.update(path.read_bytes())
    includes = "".join(f'#include "{name}.cpp"\n' for name in names)
    write_if_changed(out / f"{kind}.cpp", f"// contents: {digest.hexdigest()}\n{includes}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--verilator", required=True)
    parser.add_argument("--dir", type=Path, required=True)
    parser.add_argument("--prefix", required=True)
    parser.add_argument("--units", type=int, required=True)
    parser.add_argument("--depfile", type=Path, required=True)
    parser.add_argument("arguments", nargs="+")
    args = parser.parse_args()

    scratch = args.dir / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    command = [args.verilator, "--cc", "--prefix", args.prefix, "--Mdir", str(scratch), "--MMD", "--quiet",
               *args.arguments]
    if subprocess.run(command).returncode != 0:
        print("command: " + " ".join(command), file=sys.stderr)
        return 1

    makefile = (scratch / f"{args.prefix}_classes.mk").read_text()
    fast = classes(makefile, "VM_CLASSES_FAST") + classes(makefile, "VM_SUPPORT_FAST")
    slow = classes(makefile, "VM_CLASSES_SLOW") + classes(makefile, "VM_SUPPORT_SLOW")
    headers = {path.name for path in scratch.glob("V*.h")}

    # Whoever includes the model's main header is compiled again when any header changes.
    digest = hashlib.sha256()
    for name in sorted(headers):
        digest.update((scratch / name).read_bytes())
    main_header = scratch / f"{args.prefix}.h"
    main_header.write_text(main_header.read_text() + f"// headers: {digest.hexdigest()}\n")

    sync(scratch, args.dir, headers | {f"{name}.cpp" for name in fast + slow})
    # The largest files first, each to the unit that is smallest so far.
    units: list[list[str]] = [[] for _ in range(args.units)]
    load = [0] * args.units
    for name in sorted(fast, key=lambda name: -(args.dir / f"{name}.cpp").stat().st_size):
        target = load.index(min(load))
        units[target].append(name)
        load[target] += (args.dir / f"{name}.cpp").stat().st_size
    for index, names in enumerate(units):
        pack(args.dir, args.prefix, f"fast_{index}", names)
    pack(args.dir, args.prefix, "slow", slow)

    # Verilator's list of what it read, with the build's name for what was made.
    reads = (scratch / f"{args.prefix}__ver.d").read_text().split(":", 1)[1].split()
    stamp = args.dir / "fast_0.cpp"
    write_if_changed(args.depfile, f"{stamp}: {' '.join(reads)}\n")
    shutil.rmtree(scratch)
    return 0


if __name__ == "__main__":
    sys.exit(main())
