# SPDX-License-Identifier: Apache-2.0
"""The blocks of equiv_blocks.yaml: what is looked at, and what is said to be proven."""

from dataclasses import dataclass
from pathlib import Path

import yaml

from yosys import SiliconError

LIST = Path(__file__).resolve().parent / "equiv_blocks.yaml"


@dataclass
class Block:
    """One line of equiv_blocks.yaml."""
    name: str                          # of the line: module, with its shape when there are several
    module: str
    instance: str = ""                 # in the chip; the first one when not said
    parameters: str = ""               # read alone with these, when it is not an instance of the chip
    alone: bool = False
    quick: bool = False
    cut: tuple[str, ...] = ()          # modules in it that are left out on both sides, and proven apart
    skip: bool = False                 # not even tried
    why: str = ""                      # it is not proven; without one it must be

    @property
    def folder(self) -> str:
        return "".join(letter if letter.isalnum() or letter == "_" else "-" for letter in self.name)


def block_list(path: Path = LIST) -> list[Block]:
    blocks = []
    for entry in yaml.safe_load(path.read_text()):
        entry = {"module": entry["name"].split()[0], **entry, "cut": tuple(entry.get("cut", ()))}
        blocks.append(Block(**entry))
    return blocks


def chosen(blocks: list[Block], names: list[str] | None, quick: bool = False) -> list[Block]:
    """The blocks of these names, lines of the list or modules; all, or all quick ones, without names."""
    if not names:
        return [block for block in blocks if block.quick] if quick else blocks
    known = {block.name for block in blocks} | {block.module for block in blocks}
    for name in names:
        if name not in known:
            raise SiliconError(f"there is no block '{name}' in {LIST.name}; a block is one of: "
                               + ", ".join(sorted(known)))
    return [block for block in blocks if block.name in names or block.module in names]
