// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "llm/import/encoder.h"

namespace girih::llm {

/// config.json of an encoder's directory, and what stands beside it: 1_Pooling/config.json,
/// modules.json, sentence_bert_config.json. Throws girih::Error naming file, field, value and what
/// is accepted.
EncoderConfig read_encoder_config(const std::filesystem::path& folder);

}  // namespace girih::llm
