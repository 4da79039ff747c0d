// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include "compiler/onnx/importer.h"

namespace girih::onnx {

/// {"model", "opset", "supported", "macs", "weight_bytes", "problems": [..],
///  "nodes": [{"name", "op", "supported", "reason", "becomes", "output_shape", "macs",
///             "weight_bytes"}]}
nlohmann::json to_json(const ModelReport& report);

}  // namespace girih::onnx
