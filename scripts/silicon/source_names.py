# SPDX-License-Identifier: Apache-2.0
"""From the names of a mapped netlist back to those of the source.

After mapping a net has many names: of the register, of ports that it passes, and made-up ones
(`norm_q_TRELLIS_FF_Q_10_DI_LUT4_Z`). A name of the source is one without a cell's type in it.
"""

import re

CELLS = "LUT4|PFUMX|L6MUX21|CCU2C|TRELLIS_FF|TRELLIS_DPR16X4|TRELLIS_COMB|DP16KD|PDPW16KD|MULT18X18D"
MADE_UP = re.compile(rf"_(?:{CELLS})(?:_|$)|^\$|\$(?:auto|abc|aiger|CCU2|techmap|nextpnr)|_DI$")


def is_source(name: str) -> bool:
    """Whether a person wrote this name."""
    return not MADE_UP.search(name)


def stem(name: str) -> str:
    """The source name that a made-up one begins with; empty when there is none."""
    cut = re.search(rf"_(?:{CELLS})(?:_|\$|$)|\$(?:CCU2|auto|abc|aiger|nextpnr)", name)
    return name[:cut.start()] if cut else ("" if name.startswith("$") else name)


def variable(name: str) -> str:
    """Without the bit: `u_a.sum_q[13]` is `u_a.sum_q`. Instances of generate loops keep their number."""
    return re.sub(r"(\[\d+\])+$", "", name)


def _rank(name: str) -> tuple:
    # Registers are called *_q by the house style; then the name nearest to the top of the design.
    return (not variable(name).endswith("_q"), name.count("."), len(name), name)


class Names:
    """Source names of the nets of a flat Yosys netlist: of each bit the best, and for any net name."""

    def __init__(self, module: dict):
        self.of_bit: dict[int, str] = {}
        self.bit_of: dict[str, int] = {}
        self.declared: dict[str, str] = {}
        for net, entry in module["netnames"].items():
            single = len(entry["bits"]) == 1
            written = is_source(net)
            offset = entry.get("offset", 0)
            if written and "src" in entry["attributes"]:
                self.declared[net] = entry["attributes"]["src"].split("|")[0]
            for index, bit in enumerate(entry["bits"]):
                if not isinstance(bit, int):
                    continue
                name = net if single else f"{net}[{index + offset}]"
                self.bit_of[name] = bit
                if written and (bit not in self.of_bit or _rank(name) < _rank(self.of_bit[bit])):
                    self.of_bit[bit] = name

    def source(self, net: str) -> str:
        """The best source name of a net; empty when nobody named it."""
        bit = self.bit_of.get(net)
        return self.of_bit.get(bit, "") if bit is not None else ""

    def where(self, name: str) -> str:
        """File and line of the declaration of a source name; empty when unknown."""
        found = self.declared.get(name, self.declared.get(variable(name), ""))
        return re.sub(r"^.*?(?=(?:rtl|gen)/)", "", found)
