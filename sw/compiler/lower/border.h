// SPDX-License-Identifier: Apache-2.0
//
// The border of a map that stays in the scratchpad: written once, by the layer that makes the map.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/lower/place.h"
#include "isa/forms.h"

namespace girih::compiler {

/// VECTOR instructions (two or three) that put place.border_value into the border of every image.
/// They read and write the border in place, so they depend on nobody but its earlier users.
std::vector<isa::Vector> border_instructions(const Place& place, std::int64_t batch,
                                             const Map& map);

/// Can they be encoded? Counts have 16 bits.
bool border_fits(const Border& border, std::int64_t batch, const Map& map);

}  // namespace girih::compiler
