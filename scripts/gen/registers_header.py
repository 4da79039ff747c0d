# SPDX-License-Identifier: Apache-2.0
"""The C++ header of the registers: byte addresses and fields, in namespaces that follow the RDL paths.

  regs::admin::K_DIM                               a register's byte address
  regs::ctx::CTRL(context)                         in an array: a function, one argument per dimension
  regs::admin::tenant::windows::WIN_BASE(context, window)
  regs::ctx::CTRL_ENABLE.of(word)                  a field of a register's word
"""

from systemrdl import RDLCompiler
from systemrdl.node import FieldNode, RegfileNode, RegNode

HEAD = """\
// SPDX-License-Identifier: Apache-2.0
//
// Generated from rtl/ctrl/girih.rdl; do not edit. Byte addresses on the AXI4-Lite port, and fields.
#pragma once

#include <cstdint>

namespace girih::regs {

/// Bits lsb .. lsb + width - 1 of a register's word.
struct Field {
  std::uint32_t lsb;
  std::uint32_t width;

  constexpr std::uint32_t mask() const { return (0xffffffffu >> (32 - width)) << lsb; }
  constexpr std::uint32_t of(std::uint32_t word) const { return (word & mask()) >> lsb; }
  constexpr std::uint32_t put(std::uint32_t value) const { return value << lsb & mask(); }
};
"""


class Header:
    def __init__(self) -> None:
        self.lines = [HEAD]

    def walk(self, node, base: int, strides: list[tuple[str, int]]) -> None:
        """`base`: address of the first element of everything around; `strides`: one per dimension."""
        address = base + node.raw_address_offset
        if node.is_array:
            strides = strides + [(node.inst_name.lower(), node.array_stride)]
        if isinstance(node, RegNode):
            self.register(node, address, strides)
        elif isinstance(node, RegfileNode):
            self.lines.append(f"\nnamespace {node.inst_name} {{\n")
            for child in node.children(unroll=False):
                self.walk(child, address, strides)
            self.lines.append(f"\n}}  // namespace {node.inst_name}")

    def register(self, reg: RegNode, address: int, strides: list[tuple[str, int]]) -> None:
        comment = f"  ///< {' '.join(reg.get_property('name').split())}"
        if comment.endswith(reg.inst_name):             # no name given: it repeats the instance's
            comment = ""
        if strides:
            arguments = ", ".join(f"std::uint32_t {name}" for name, _ in strides)
            terms = "".join(f" + {name} * {stride:#x}u" for name, stride in strides)
            self.lines.append(f"constexpr std::uint32_t {reg.inst_name}({arguments}) {{{comment}\n"
                              f"  return {address:#x}u{terms};\n}}")
        else:
            self.lines.append(f"inline constexpr std::uint32_t {reg.inst_name} = {address:#x};{comment}")
        for field in reg.children():
            if isinstance(field, FieldNode) and field.width < 32:
                self.lines.append(f"inline constexpr Field {reg.inst_name}_{field.inst_name}"
                                  f"{{{field.low}, {field.width}}};")


def render(rdl: str, contexts: int) -> str:
    compiler = RDLCompiler()
    compiler.compile_file(rdl)
    top = compiler.elaborate(parameters={"N_CONTEXTS": contexts}).top
    header = Header()
    for node in top.children(unroll=False):
        header.walk(node, 0, [])
    header.lines.append("\n}  // namespace girih::regs")
    return "\n".join(header.lines) + "\n"
