// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "llm/import/model.h"

namespace girih::llm {

/// config.json (and generation_config.json beside it, when there) of a model directory. Throws
/// girih::Error naming file, field, value and what is accepted.
Config read_config(const std::filesystem::path& folder);

}  // namespace girih::llm
