// SPDX-License-Identifier: Apache-2.0
//
// One random instruction of each form, without tokens. Most drafts are legal; what a draft cannot
// know (extents, distinct destinations, overlaps) is_legal() decides, and the caller draws again.
#pragma once

#include <cstdint>
#include <optional>

#include "draw.h"
#include "girih/presets.h"
#include "golden/machine.h"
#include "isa/forms.h"

namespace girih::random {

/// What a program may use: sizes of its partition and of its windows (as in tb/system/tenant.h).
struct Slice {
  std::uint32_t spm = 0, acc = 0;
  std::uint32_t constants = 0, workspace = 0;

  static constexpr std::uint8_t kConstants = 1, kWorkspace = 2;
};

isa::Load draft_load(Draw& draw, const isa::Preset& preset, const Slice& slice);
isa::Store draft_store(Draw& draw, const isa::Preset& preset, const Slice& slice);
isa::Matrix draft_matrix(Draw& draw, const isa::Preset& preset, const Slice& slice);
isa::Vector draft_vector(Draw& draw, const isa::Preset& preset, const Slice& slice);

/// Passes validation, writes every byte once, and reads nothing that it writes, but what an
/// instruction may work on in place.
bool is_legal(const isa::Instruction& instruction, const isa::Preset& preset, const Slice& slice);

}  // namespace girih::random
