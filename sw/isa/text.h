// SPDX-License-Identifier: Apache-2.0
//
// Instructions as one line of text, for listings and for reports of a mismatch.
#pragma once

#include <string>

#include "girih/presets.h"
#include "isa/instruction.h"

namespace girih::isa {

/// Operation, operands with their shapes and strides, then tokens, tag and patches. Anything may be
/// in the words: an unknown opcode is printed as such, reserved bits that are set are named.
std::string to_text(const Instruction& instruction, const Preset& preset);

}  // namespace girih::isa
