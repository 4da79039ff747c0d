# SPDX-License-Identifier: Apache-2.0
"""Which RTL files make the chip: the file lists of the rooms, in the order that packages need.

A list rtl/<room>/<room>.f names one file a line, relative to itself; `$GEN/` is the folder of
generated RTL, `$GEN_PRESET/` its part for one preset; // and # start a comment.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("pkg", "prim", "mem", "matrix", "vector", "dma", "ctrl", "top")
PRESETS = ("Tiny", "Base", "Wide", "Ecp5")
TOP = "girih_top"


def room_files(room: str, generated: Path, preset: str) -> list[Path]:
    """The files of one room; empty when the room has no list."""
    file_list = ROOT / "rtl" / room / f"{room}.f"
    if not file_list.exists():
        return []
    files = []
    for line in file_list.read_text().splitlines():
        line = line.split("//")[0].split("#")[0].strip()
        if line.startswith("$GEN_PRESET/"):
            files.append(generated / preset / line.removeprefix("$GEN_PRESET/"))
        elif line.startswith("$GEN/"):
            files.append(generated / line.removeprefix("$GEN/"))
        elif line:
            files.append(file_list.parent / line)
    return files


def chip_files(generated: Path, preset: str, rooms: list[str] | None = None) -> list[Path]:
    """The files of `rooms` (all of them when not given), packages first."""
    return [path for room in ROOMS if not rooms or room in rooms
            for path in room_files(room, generated, preset)]
