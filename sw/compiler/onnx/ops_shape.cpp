// SPDX-License-Identifier: Apache-2.0
//
// Constant, Identity, Reshape, Flatten and Transpose: nothing is computed.
#include <algorithm>

#include "common/text.h"
#include "compiler/onnx/builder.h"

namespace girih::onnx {
namespace {

/// ONNX Reshape: 0 copies the input's dimension (unless `allow_zero`), one -1 takes what is left.
graph::Shape target_shape(const graph::Shape& in, const Constant& wish, bool allow_zero) {
  if (wish.type != ElementType::kInt64 || wish.shape.size() != 1) {
    throw Error("its shape '{}' is {} of {} dimensions; a list of INT64 is accepted",
                printable(wish.name), name(wish.type), wish.shape.size());
  }
  graph::Shape out(wish.count());
  std::optional<std::size_t> open;
  std::int64_t known = 1;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::int64_t dim = wish.integer(i);
    out[i] = dim;
    if (dim == 0 && !allow_zero && i < in.size()) out[i] = in[i];
    if (dim == -1 && !open) {
      open = i;
      continue;
    }
    if (out[i] < 1 || out[i] > graph::kMaxElements / known) {
      throw Error("its shape '{}' has the illegal dimension {} at {}", printable(wish.name), dim,
                  i);
    }
    known *= out[i];
  }
  const std::int64_t count = graph::elements(in);
  if (open) out[*open] = count / known;
  if ((open && count % known != 0) || (!open && known != count)) {
    throw Error("{} cannot be reshaped to '{}': {} elements", graph::to_string(in),
                printable(wish.name), count);
  }
  return out;
}

}  // namespace

void Builder::constant_node(Step& step) {
  // Read before the walk (read_initialisers); here the problem, if any, finds its node.
  const auto& v = values_.at(step.proto.output(0));
  if (const auto* unknown = std::get_if<Unknown>(&v)) throw Error(unknown->reason);
  step.report.becomes = "constant";
  step.report.output_shape = std::get<ConstantPtr>(v)->shape;
}

void Builder::identity(Step& step) {
  step.attributes.finish();
  const Value v = value(step, 0);
  step.report.becomes = "nothing";
  if (const auto* x = std::get_if<Real>(&v)) step.report.output_shape = tensor(x->tensor).shape;
  if (const auto* x = std::get_if<Codes>(&v)) step.report.output_shape = tensor(x->tensor).shape;
  define(step, v);
}

void Builder::emit_reshape(Step& step, graph::TensorId x, graph::Shape shape) {
  const graph::Encoding encoding = tensor(x).encoding();
  define(step, Real{emit(step, graph::Reshape{}, {x}, std::move(shape), encoding)});
}

void Builder::reshape(Step& step) {
  const bool allow_zero = step.attributes.integer("allowzero", 0) != 0;
  step.attributes.finish();
  const graph::TensorId x = real(step, 0);
  emit_reshape(step, x, target_shape(tensor(x).shape, *constant(step, 1), allow_zero));
}

void Builder::flatten(Step& step) {
  std::int64_t axis = step.attributes.integer("axis", 1);
  step.attributes.finish();
  const graph::TensorId x = real(step, 0);
  const graph::Shape& in = tensor(x).shape;
  const auto rank = static_cast<std::int64_t>(in.size());
  if (axis < -rank || axis > rank) {
    throw Error("attribute axis={} is outside {} to {}", axis, -rank, rank);
  }
  if (axis < 0) axis += rank;
  graph::Shape out{1, 1};
  for (std::int64_t d = 0; d < rank; ++d) out[d < axis ? 0 : 1] *= in[static_cast<std::size_t>(d)];
  emit_reshape(step, x, std::move(out));
}

void Builder::transpose(Step& step) {
  const auto perm = step.attributes.integers("perm");
  step.attributes.finish();
  const graph::TensorId x = real(step, 0);
  const graph::Shape& in = tensor(x).shape;
  graph::Transpose op;
  for (std::size_t i = 0; i < in.size(); ++i) op.permutation.push_back(in.size() - 1 - i);
  if (perm) {
    if (perm->size() != in.size()) {
      throw Error("attribute 'perm' has {} values for the shape {}", perm->size(),
                  graph::to_string(in));
    }
    for (std::size_t i = 0; i < in.size(); ++i) {
      const bool legal = (*perm)[i] >= 0 && (*perm)[i] < std::ssize(in) &&
                         std::count(perm->begin(), perm->end(), (*perm)[i]) == 1;
      if (!legal) throw Error("attribute 'perm' is not a permutation: it has {}", (*perm)[i]);
      op.permutation[i] = static_cast<std::size_t>((*perm)[i]);
    }
  }
  graph::Shape out;
  for (const std::size_t d : op.permutation) out.push_back(in[d]);
  const graph::Encoding encoding = tensor(x).encoding();
  define(step, Real{emit(step, std::move(op), {x}, std::move(out), encoding)});
}

}  // namespace girih::onnx
