#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""presets.yaml -> girih_presets_pkg.sv, girih/presets.h, presets.md.

presets.yaml:
  parameters:  list of {name: KDim, c_name: k_dim, description, unit, min, max}
               optional power_of_two: true, multiple_of: N
  presets:     base: {KDim: 16, ...}    every parameter, for every preset
  default:     the name of the preset that is meant when none is named
"""

import argparse
import sys
from pathlib import Path

import jinja2
import yaml

PARAMETER_KEYS = {"name", "c_name", "description", "unit", "min", "max"}
OPTIONAL_KEYS = {"power_of_two", "multiple_of"}

SV = """\
// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Generated from rtl/pkg/presets.yaml; do not edit.

`ifndef GIRIH_PRESET
`define GIRIH_PRESET {{ default.capitalize() }}
`endif

package girih_presets_pkg;
{% for preset in presets %}
  localparam girih_pkg::cfg_t {{ preset.sv_name }} = '{
{%- for p in parameters %}
    {{ p.name }}: 32'd{{ preset.sizes[p.name] }}{{ "," if not loop.last }}
{%- endfor %}
  };
{% endfor %}
  localparam girih_pkg::cfg_t Default = `GIRIH_PRESET;

endpackage
"""

HEADER = """\
// SPDX-License-Identifier: Apache-2.0
//
// Generated from rtl/pkg/presets.yaml; do not edit.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace girih::isa {

/// The sizes of one configuration of the hardware.
struct Preset {
  std::string_view name;
{%- for p in parameters %}
  std::uint32_t {{ p.c_name }};  ///< {{ p.description }}{{ " [" ~ p.unit ~ "]" if p.unit }}
{%- endfor %}
};

inline constexpr std::string_view kDefaultPreset = "{{ default }}";

inline constexpr std::array<Preset, {{ presets | length }}> kPresets = {
{%- for preset in presets %}
    Preset{
        .name = "{{ preset.name }}",
{%- for p in parameters %}
        .{{ p.c_name }} = {{ preset.sizes[p.name] }},
{%- endfor %}
    },
{%- endfor %}
};

/// The preset called `name`, or nullptr.
constexpr const Preset* find_preset(std::string_view name) {
  for (const Preset& preset : kPresets) {
    if (preset.name == name) return &preset;
  }
  return nullptr;
}

}  // namespace girih::isa
"""

PAGE = """\
# Presets

Generated from `rtl/pkg/presets.yaml`.

| parameter | meaning | unit | legal |{% for preset in presets %} `{{ preset.name }}` |{% endfor %}
|---|---|---|---|{% for preset in presets %}---|{% endfor %}
{%- for p in parameters %}
| `{{ p.name }}` | {{ p.description }} | {{ p.unit or "" }} | {{ p.min }} to {{ p.max }}
{{- ", a power of two" if p.power_of_two }}
{{- ", a multiple of " ~ p.multiple_of if p.multiple_of }} |
{%- for preset in presets %} {{ preset.sizes[p.name] }} |{% endfor %}
{%- endfor %}
"""


class PresetError(Exception):
    pass


def check_parameters(parameters: list[dict]) -> None:
    seen = set()
    for p in parameters:
        name = p.get("name", "(without name)")
        if missing := PARAMETER_KEYS - p.keys():
            raise PresetError(f"parameter {name}: lacks {', '.join(sorted(missing))}")
        if unknown := p.keys() - PARAMETER_KEYS - OPTIONAL_KEYS:
            raise PresetError(f"parameter {name}: unknown key {', '.join(sorted(unknown))}")
        if name in seen:
            raise PresetError(f"parameter {name}: stands twice")
        seen.add(name)


def check_preset(preset: str, sizes: dict, parameters: list[dict]) -> None:
    names = [p["name"] for p in parameters]
    if missing := [name for name in names if name not in sizes]:
        raise PresetError(f"preset {preset}: lacks {', '.join(missing)}")
    if unknown := [name for name in sizes if name not in names]:
        raise PresetError(f"preset {preset}: unknown parameter {', '.join(unknown)}")
    for p in parameters:
        value = sizes[p["name"]]
        where = f"preset {preset}: {p['name']} = {value!r}"
        if not isinstance(value, int) or isinstance(value, bool):
            raise PresetError(f"{where} is not a whole number")
        if not p["min"] <= value <= p["max"]:
            raise PresetError(f"{where} is outside {p['min']} to {p['max']}")
        if p.get("power_of_two") and value & (value - 1):
            raise PresetError(f"{where} is not a power of two")
        if p.get("multiple_of") and value % p["multiple_of"]:
            raise PresetError(f"{where} is not a multiple of {p['multiple_of']}")


def load(path: Path) -> dict:
    """The checked `parameters`, the `presets` as {name, sv_name, sizes}, the name of the `default`."""
    data = yaml.safe_load(path.read_text())
    if not isinstance(data, dict) or data.keys() != {"parameters", "presets", "default"}:
        raise PresetError("needs the keys `parameters`, `presets` and `default`, and no others")
    check_parameters(data["parameters"])
    for name, sizes in data["presets"].items():
        check_preset(name, sizes, data["parameters"])
    presets = [{"name": name.lower(), "sv_name": name.capitalize(), "sizes": sizes}
               for name, sizes in data["presets"].items()]
    if data["default"] not in data["presets"]:
        raise PresetError(f"the default {data['default']!r} is none of {', '.join(data['presets'])}")
    return {"parameters": data["parameters"], "presets": presets, "default": data["default"]}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("yaml", type=Path)
    parser.add_argument("--out", type=Path, required=True, help="receives rtl/, include/, docs/")
    args = parser.parse_args()
    try:
        facts = load(args.yaml)
    except (PresetError, yaml.YAMLError) as error:
        print(f"{args.yaml}: {error}", file=sys.stderr)
        return 1
    environment = jinja2.Environment(undefined=jinja2.ChainableUndefined, keep_trailing_newline=True)
    for name, template in (("rtl/girih_presets_pkg.sv", SV), ("include/girih/presets.h", HEADER),
                           ("docs/presets.md", PAGE)):
        target = args.out / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(environment.from_string(template).render(facts))
    return 0


if __name__ == "__main__":
    sys.exit(main())
