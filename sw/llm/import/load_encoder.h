// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "llm/import/encoder.h"

namespace girih::llm {

/// A Hugging Face directory of the BERT family (docs/encoders.md, "Model directory"). Throws
/// girih::Error naming file, tensor or field, what is there and what would be accepted.
Encoder load_encoder(const std::filesystem::path& folder);

}  // namespace girih::llm
