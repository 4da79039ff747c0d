// SPDX-License-Identifier: Apache-2.0
#include "compiler/onnx/report.h"

#include <algorithm>

namespace girih::onnx {

bool ModelReport::supported() const {
  return problems.empty() &&
         std::all_of(nodes.begin(), nodes.end(), [](const auto& node) { return node.supported; });
}

nlohmann::json to_json(const ModelReport& report) {
  nlohmann::json nodes = nlohmann::json::array();
  for (const NodeReport& node : report.nodes) {
    nodes.push_back({{"name", node.name},
                     {"op", node.op},
                     {"supported", node.supported},
                     {"reason", node.reason},
                     {"becomes", node.becomes},
                     {"output_shape", node.output_shape},
                     {"macs", node.macs},
                     {"weight_bytes", node.weight_bytes}});
  }
  return {{"model", report.model},       {"opset", report.opset},
          {"supported", report.supported()}, {"macs", report.macs},
          {"weight_bytes", report.weight_bytes}, {"problems", report.problems},
          {"nodes", std::move(nodes)}};
}

}  // namespace girih::onnx
