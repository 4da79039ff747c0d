// SPDX-License-Identifier: Apache-2.0
//
// Softmax and Sigmoid: the host computes them, so only as the network's last node.
#include "compiler/onnx/builder.h"

namespace girih::onnx {

void Builder::host(Step& step, graph::Operation operation) {
  const graph::TensorId x = real(step, 0);
  const graph::Encoding none{graph::DType::kFloat32, {}};
  const graph::TensorId y = emit(step, std::move(operation), {x}, tensor(x).shape, none);
  step.report.becomes = "host";
  define(step, HostResult{y, false});
}

void Builder::softmax(Step& step) {
  // Before opset 13 the axis began a flattening; with the last axis both mean the same.
  const std::int64_t written = step.attributes.integer("axis", file_.opset < 13 ? 1 : -1);
  step.attributes.finish();
  const auto rank = std::ssize(tensor(real(step, 0)).shape);
  const std::int64_t axis = written < 0 ? written + rank : written;
  const bool legal = axis >= 0 && axis < rank && (file_.opset >= 13 || axis == rank - 1);
  if (!legal) {
    throw Error("attribute axis={} is not supported for {} dimensions; the last axis is accepted",
                written, rank);
  }
  host(step, graph::HostSoftmax{static_cast<std::size_t>(axis), std::nullopt});
}

void Builder::sigmoid(Step& step) {
  step.attributes.finish();
  host(step, graph::HostSigmoid{});
}

}  // namespace girih::onnx
