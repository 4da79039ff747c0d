// SPDX-License-Identifier: Apache-2.0
//
// A small encoder's directory, right unless a test spoils it.
#pragma once

#include <filesystem>
#include <string>

#include "llm/import/test/model_files.h"

namespace girih::llm {

/// Hidden 6, MLP 10, 2 layers, 3 heads, vocabulary 9, 8 positions, 2 types.
nlohmann::json small_encoder_config();
/// Its tensors in F32: element i of the tensor number n is n + i / 1024. `norm_weight` and
/// `norm_bias` are LayerNorm's two names.
TensorFile small_encoder_weights(const nlohmann::json& config, const std::string& prefix = "",
                                 const std::string& norm_weight = "weight",
                                 const std::string& norm_bias = "bias");

/// The sentence load_encoder() refuses the folder with; empty when it accepts it.
std::string encoder_refusal(const std::filesystem::path& folder);

}  // namespace girih::llm
