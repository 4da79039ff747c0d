// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/workspace.h"

#include <algorithm>
#include <numeric>

#include "common/error.h"

namespace girih::compiler {

Placement place(const std::vector<Lifetime>& lifetimes) {
  constexpr std::int64_t kAlignment = 64;
  std::vector<std::size_t> by_size(lifetimes.size());
  std::iota(by_size.begin(), by_size.end(), std::size_t{0});
  std::stable_sort(by_size.begin(), by_size.end(), [&](std::size_t a, std::size_t b) {
    return lifetimes[a].bytes > lifetimes[b].bytes;
  });
  Placement result;
  result.offsets.resize(lifetimes.size(), 0);
  std::vector<std::size_t> placed;  // by offset
  for (const std::size_t i : by_size) {
    const Lifetime& own = lifetimes[i];
    if (own.bytes == 0) continue;
    std::int64_t at = 0;
    for (const std::size_t other : placed) {
      const bool together =
          lifetimes[other].first <= own.last && own.first <= lifetimes[other].last;
      if (!together) continue;
      if (at + own.bytes <= result.offsets[other]) break;  // fits into the gap before it
      const std::int64_t end = result.offsets[other] + lifetimes[other].bytes;
      at = std::max(at, (end + kAlignment - 1) / kAlignment * kAlignment);
    }
    result.offsets[i] = at;
    result.bytes = std::max(result.bytes, at + own.bytes);
    placed.insert(std::upper_bound(placed.begin(), placed.end(), i,
                                   [&](std::size_t a, std::size_t b) {
                                     return result.offsets[a] < result.offsets[b];
                                   }),
                  i);
  }
  return result;
}

std::uint64_t allocate_workspace(const graph::Graph& graph, const Layout& layout,
                                 std::vector<Place>& places) {
  std::vector<Lifetime> lifetimes(graph.tensors.size());
  const auto end = static_cast<std::int64_t>(graph.nodes.size());
  const auto use = [&](graph::TensorId tensor, std::int64_t step) {
    const graph::TensorId root = layout.root(tensor);
    const graph::Tensor& x = graph.tensors[tensor];
    if (x.constant || x.dtype == graph::DType::kFloat32 || !places[root].stored) return;
    Lifetime& life = lifetimes[root];
    if (life.bytes == 0) life = {graph::elements(x.shape), step, step};
    life.last = std::max(life.last, step);
  };
  for (const graph::Port& port : graph.inputs) use(port.tensor, 0);
  for (std::int64_t i = 0; i < end; ++i) {
    const graph::Node& node = graph.nodes[static_cast<std::size_t>(i)];
    // The host reads what the chip has left at the end.
    for (const graph::TensorId input : node.inputs)
      use(input, graph::on_host(node.operation) ? end : i);
    if (!graph::on_host(node.operation)) use(node.output, i);
  }
  for (const graph::Port& port : graph.outputs) use(port.tensor, end);
  const Placement placement = place(lifetimes);
  for (std::size_t i = 0; i < places.size(); ++i) places[i].offset = placement.offsets[i];
  const auto bytes = static_cast<std::uint64_t>(placement.bytes);
  if (bytes > std::uint64_t{1} << 32)
    throw Error("the model's activations need {} bytes at once; a window has 4 GiB", bytes);
  return bytes;
}

}  // namespace girih::compiler
