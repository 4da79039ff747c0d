#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""isa.yaml -> girih_isa_pkg.sv, girih/isa_layout.h, isa_tables.md.

isa.yaml:
  words:   words of 32 bits of an instruction
  enums:   type: {INT8: 0, ...}         names and values of one code
  header:  list of {name, word, lsb, width}, optional enum: NAME, signed: true
  forms:   LOAD: the same kind of list; the form's name is its value of the enum `opcode`
A field lies within one word. Bits that no field covers are reserved.
"""

import argparse
import sys
from pathlib import Path

import jinja2
import yaml

FIELD_KEYS = {"name", "word", "lsb", "width"}
OPTIONAL_KEYS = {"enum", "signed"}

# Members start with the enum's prefix, since all members of a SystemVerilog package share one scope.
SV_PREFIX = {"opcode": "Op", "error": "Err"}
# girih::Error is the exception.
CPP_NAME = {"error": "ErrorCode"}
SV_KEYWORDS = {"wait", "local", "type", "before", "table", "input", "output", "end", "begin", "bit",
               "byte", "int", "case", "default", "do", "expect", "final", "for", "include", "join",
               "cover", "cross", "constraint", "context", "priority", "ref", "repeat", "this", "tran",
               "unique", "use", "var", "with", "within", "matches", "solve", "static", "string"}

SV = """\
// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Generated from sw/isa/isa.yaml; do not edit.
//
// Codes and bit layout of every instruction. An instruction is {{ words }} words of 32 bits, word 0 in the
// least significant bits. Fields that hold codes are plain vectors, since an instruction may hold an
// illegal code. A field whose name is a keyword of SystemVerilog ends in `_`.

// A package offers its constants to everybody; not every chip uses all.
/* verilator lint_off UNUSEDPARAM */
package girih_isa_pkg;

  localparam int unsigned InstrWords = {{ words }};
  localparam int unsigned InstrBits  = {{ words * 32 }};
  localparam int unsigned InstrBytes = {{ words * 4 }};
{% for enum in enums %}
  typedef enum logic [{{ enum.width - 1 }}:0] {
{%- for member in enum.members %}
    {{ member.sv_name }} = {{ enum.width }}'d{{ member.value }}{{ "," if not loop.last }}
{%- endfor %}
  } {{ enum.name }}_e;
{% endfor %}
  // Words 0 to {{ header_words - 1 }} of every instruction.
  typedef struct packed {
{%- for f in header_sv %}
    {{ f.declaration }}
{%- endfor %}
  } header_t;
{% for form in forms %}
  typedef struct packed {
{%- for f in form.sv %}
    {{ f.declaration }}
{%- endfor %}
  } {{ form.name.lower() }}_t;
{% endfor %}
  // Defined bits of each form, header included; any other bit set is a RESERVED error.
{%- for form in forms %}
  localparam logic [{{ words - 1 }}:0][31:0] {{ form.name.capitalize() }}Mask = {
{%- for mask in form.masks | reverse %}
    32'h{{ "%08x" % mask }}{{ "," if not loop.last }}{{ "  // " if loop.first or loop.last }}
    {{- "w" ~ (words - 1) if loop.first }}{{ "w0" if loop.last }}
{%- endfor %}
  };
{% endfor %}
endpackage
/* verilator lint_on UNUSEDPARAM */
"""

HEADER = """\
// SPDX-License-Identifier: Apache-2.0
//
// Generated from sw/isa/isa.yaml; do not edit.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace girih::isa {

inline constexpr unsigned kWords = {{ words }};
inline constexpr unsigned kHeaderWords = {{ header_words }};
inline constexpr unsigned kBytes = {{ words * 4 }};
{% for enum in enums %}
enum class {{ enum.cpp_name }} : std::uint8_t {
{%- for member in enum.members %}
  {{ member.cpp_name }} = {{ member.value }},
{%- endfor %}
};
{% endfor %}
/// One name of a code.
struct Code {
  std::string_view name;
  std::uint8_t value;
};
{% for enum in enums %}
inline constexpr Code k{{ enum.cpp_name }}Codes[] = {
{%- for member in enum.members %}
    {"{{ member.name }}", {{ member.value }}},
{%- endfor %}
};
{% endfor %}
/// A field: `width` bits of word `word` from bit `lsb` on; `codes` is empty unless it holds a code.
struct Field {
  std::string_view name;
  std::uint8_t word;
  std::uint8_t lsb;
  std::uint8_t width;
  bool is_signed;
  std::span<const Code> codes;
};

inline constexpr Field kHeaderFields[] = {
{%- for f in header %}
    {{ f.cpp }},
{%- endfor %}
};
{% for form in forms %}
/// Fields of {{ form.name }} after the header, in ascending order of their bits.
inline constexpr Field k{{ form.name.capitalize() }}Fields[] = {
{%- for f in form.fields %}
    {{ f.cpp }},
{%- endfor %}
};
{% endfor %}
using Masks = std::array<std::uint32_t, kWords>;
{% for form in forms %}
/// Defined bits of {{ form.name }}, header included.
inline constexpr Masks k{{ form.name.capitalize() }}Mask = {
{%- for mask in form.masks %}
{{- "\n    " if loop.index0 % 8 == 0 }}0x{{ "%08x" % mask }}{{ "," if not loop.last else "" }}
{{- " " if not loop.last and loop.index0 % 8 != 7 else "" }}
{%- endfor %}};
{% endfor %}
/// A form of instruction: what isa.yaml says of one opcode.
struct Form {
  std::string_view name;
  Opcode opcode;
  std::span<const Field> fields;
  const Masks* mask;
};

inline constexpr Form kForms[] = {
{%- for form in forms %}
    {"{{ form.name }}", Opcode::{{ form.cpp_name }}, k{{ form.name.capitalize() }}Fields, &k
    {{- form.name.capitalize() }}Mask},
{%- endfor %}
};

/// The form of an opcode, or nullptr.
constexpr const Form* find_form(std::uint32_t opcode) {
  for (const Form& form : kForms) {
    if (static_cast<std::uint32_t>(form.opcode) == opcode) return &form;
  }
  return nullptr;
}

/// Place of every field, by name: place::load::offset and the like. Header fields: place::header.
namespace place {
{%- for group in groups %}
namespace {{ group.name }} {
{%- for f in group.fields %}
inline constexpr Field {{ f.name }} = {{ group.array }}[{{ loop.index0 }}];
{%- endfor %}
}  // namespace {{ group.name }}
{%- endfor %}
}  // namespace place

// visit_load(s, f) calls f(field, member) for every field of LOAD, `s` having a member of each field's
// name; likewise for the other forms.
{%- for form in forms %}

template <class Struct, class Function>
constexpr void visit_{{ form.name.lower() }}(Struct& s, Function&& f) {
{%- for field in form.fields %}
  f(place::{{ form.name.lower() }}::{{ field.name }}, s.{{ field.name }});
{%- endfor %}
}
{%- endfor %}

}  // namespace girih::isa
"""

PAGE = """\
# Instruction layout

Generated from `sw/isa/isa.yaml`. Meaning: `docs/instruction-set.md`. Bits that stand nowhere are reserved and zero.

## Header
{% macro table(fields) %}
| word | bits | field | |
|---|---|---|---|
{%- for f in fields %}
| {{ f.word }} | {{ f.bits }} | `{{ f.name }}` | {{ f.note }} |
{%- endfor %}
{% endmacro %}
{{- table(header) }}
{%- for form in forms %}
## {{ form.name }} (opcode {{ form.value }})
{{ table(form.fields) }}
{%- endfor %}
## Codes

| code | values |
|---|---|
{%- for enum in enums %}
| {{ enum.name }} | {% for m in enum.members %}{{ m.value }} {{ m.name }}{{ ", " if not loop.last }}{% endfor %} |
{%- endfor %}
"""


class IsaError(Exception):
    pass


def camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def check_field(where: str, field: dict, words: int, enums: dict) -> None:
    if not isinstance(field, dict) or (missing := FIELD_KEYS - field.keys()):
        raise IsaError(f"{where}: lacks {', '.join(sorted(missing))}")
    where = f"{where}.{field['name']}"
    if unknown := field.keys() - FIELD_KEYS - OPTIONAL_KEYS:
        raise IsaError(f"{where}: unknown key {', '.join(sorted(unknown))}")
    for key in ("word", "lsb", "width"):
        if not isinstance(field[key], int) or isinstance(field[key], bool):
            raise IsaError(f"{where}: {key} = {field[key]!r} is not a whole number")
    if not 0 <= field["word"] < words:
        raise IsaError(f"{where}: word {field['word']} is outside 0 to {words - 1}")
    if field["width"] < 1 or field["lsb"] < 0 or field["lsb"] + field["width"] > 32:
        raise IsaError(f"{where}: bits {field['lsb']} to {field['lsb'] + field['width'] - 1} are "
                       "not within one word (0 to 31)")
    if enum := field.get("enum"):
        if enum not in enums:
            raise IsaError(f"{where}: enum {enum!r} is none of {', '.join(enums)}")
        if max(enums[enum].values()) >= 1 << field["width"]:
            raise IsaError(f"{where}: {field['width']} bits do not hold every value of {enum}")


def check_overlaps(where: str, fields: list[dict]) -> None:
    owner, names = {}, set()
    for field in fields:
        if field["name"] in names:
            raise IsaError(f"{where}.{field['name']}: stands twice")
        names.add(field["name"])
        for bit in range(field["lsb"], field["lsb"] + field["width"]):
            other = owner.setdefault((field["word"], bit), field["name"])
            if other != field["name"]:
                raise IsaError(f"{where}: {field['name']} and {other} both hold word "
                               f"{field['word']} bit {bit}")


def load(path: Path) -> dict:
    """The checked contents of isa.yaml."""
    data = yaml.safe_load(path.read_text())
    if not isinstance(data, dict) or data.keys() != {"words", "enums", "header", "forms"}:
        raise IsaError("needs the keys `words`, `enums`, `header` and `forms`, and no others")
    words, enums = data["words"], data["enums"]
    for name, members in enums.items():
        for member, value in members.items():
            if not isinstance(value, int) or not 0 <= value < 256:
                raise IsaError(f"enum {name}.{member}: {value!r} is outside 0 to 255")
        if len(set(members.values())) != len(members):
            raise IsaError(f"enum {name}: two members with one value")
    for where, fields in [("header", data["header"]), *data["forms"].items()]:
        for field in fields:
            check_field(where, field, words, enums)
    for form, fields in data["forms"].items():
        if form not in enums["opcode"]:
            raise IsaError(f"form {form}: no value in the enum opcode")
        check_overlaps(form, data["header"] + fields)
    if missing := enums["opcode"].keys() - data["forms"].keys():
        raise IsaError(f"opcode {', '.join(sorted(missing))}: no form")
    return data


def masks(fields: list[dict], words: int) -> list[int]:
    out = [0] * words
    for f in fields:
        out[f["word"]] |= ((1 << f["width"]) - 1) << f["lsb"]
    return out


def sv_struct(fields: list[dict], first: int, last: int) -> list[dict]:
    """Declarations of words last down to first, most significant bit first, gaps as rsvd_<word>_<lsb>."""
    out = []
    for word in range(last, first - 1, -1):
        here = sorted((f for f in fields if f["word"] == word), key=lambda f: f["lsb"])
        parts, at = [], 0
        for f in here:
            if f["lsb"] > at:
                parts.append((f"rsvd_{word}_{at}", f["lsb"] - at, False, at))
            name = f["name"] + ("_" if f["name"] in SV_KEYWORDS else "")
            parts.append((name, f["width"], f.get("signed", False), f["lsb"]))
            at = f["lsb"] + f["width"]
        if at < 32:
            parts.append((f"rsvd_{word}_{at}", 32 - at, False, at))
        for name, width, signed, lsb in reversed(parts):
            kind = "logic signed" if signed else "logic"
            vector = f"[{width - 1}:0] " if width > 1 else ""
            note = f"  // w{word}[{lsb + width - 1}:{lsb}]" if width > 1 else f"  // w{word}[{lsb}]"
            out.append({"declaration": f"{kind} {vector}{name};{note}"})
    return out


def facts(data: dict) -> dict:
    """What the templates need."""
    words = data["words"]
    enums = []
    used = {}
    for fields in [data["header"], *data["forms"].values()]:
        for f in fields:
            if "enum" in f:
                used[f["enum"]] = max(used.get(f["enum"], 0), f["width"])
    for name, members in data["enums"].items():
        prefix = SV_PREFIX.get(name, camel(name))
        width = used.get(name) or max(1, max(members.values()).bit_length())
        enums.append({"name": name, "cpp_name": CPP_NAME.get(name, camel(name)), "width": width, "members": [
            {"name": m, "value": v, "sv_name": prefix + camel(m), "cpp_name": "k" + camel(m)}
            for m, v in members.items()]})

    def fields_of(fields: list[dict]) -> list[dict]:
        out = []
        for f in sorted(fields, key=lambda f: (f["word"], f["lsb"])):
            signed = f.get("signed", False)
            enum = f.get("enum")
            top = f["lsb"] + f["width"] - 1
            codes = f"k{CPP_NAME.get(enum, camel(enum))}Codes" if enum else "{}"
            out.append({
                **f,
                "bits": f"{top}:{f['lsb']}" if f["width"] > 1 else f"{top}",
                "note": enum or ("signed" if signed else ""),
                "cpp": f'{{"{f["name"]}", {f["word"]}, {f["lsb"]}, {f["width"]}, '
                       f'{"true" if signed else "false"}, {codes}}}'})
        return out

    header = fields_of(data["header"])
    header_words = max(f["word"] for f in header) + 1
    forms = []
    for name, own in data["forms"].items():
        everything = data["header"] + own
        forms.append({"name": name, "value": data["enums"]["opcode"][name], "fields": fields_of(own),
                      "cpp_name": "k" + camel(name), "masks": masks(everything, words),
                      "sv": sv_struct(everything, 0, words - 1)})
    groups = [{"name": "header", "fields": header, "array": "kHeaderFields"}]
    groups += [{"name": form["name"].lower(), "fields": form["fields"],
                "array": f"k{form['name'].capitalize()}Fields"} for form in forms]
    return {"words": words, "enums": enums, "header": header, "header_words": header_words,
            "header_sv": sv_struct(data["header"], 0, header_words - 1), "forms": forms,
            "groups": groups}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("yaml", type=Path, help="isa.yaml")
    parser.add_argument("--out", type=Path, help="receives rtl/, include/, docs/")
    parser.add_argument("--sv", type=Path, help="write only: the SystemVerilog package")
    parser.add_argument("--cpp", type=Path, help="write only: the C++ header")
    parser.add_argument("--md", type=Path, help="write only: the page")
    args = parser.parse_args()
    targets = []
    if args.out:
        targets += [(args.out / "rtl/girih_isa_pkg.sv", SV),
                    (args.out / "include/girih/isa_layout.h", HEADER),
                    (args.out / "docs/isa_tables.md", PAGE)]
    targets += [(path, template) for path, template in
                ((args.sv, SV), (args.cpp, HEADER), (args.md, PAGE)) if path]
    try:
        known = facts(load(args.yaml))
    except (IsaError, yaml.YAMLError, OSError) as error:
        print(f"{args.yaml}: {error}", file=sys.stderr)
        return 1
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True)
    for path, template in targets:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(environment.from_string(template).render(known))
    return 0


if __name__ == "__main__":
    sys.exit(main())
