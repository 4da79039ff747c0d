// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "llm/import/model.h"

namespace girih::llm {

/// A Hugging Face directory of the Qwen3 or Llama family (docs/language-models.md, "Model
/// directory"). Throws girih::Error naming file, tensor or field, what is there and what would be
/// accepted.
Model load_model(const std::filesystem::path& folder);

}  // namespace girih::llm
