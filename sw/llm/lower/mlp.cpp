// SPDX-License-Identifier: Apache-2.0
#include "llm/lower/mlp.h"

#include <numbers>

#include "llm/lower/row_buffer.h"

namespace girih::llm {
namespace {

std::vector<Block> blocks(const Lowering& l, const PackedLayer& layer) {
  const std::int64_t tiles =
      tiles_of(l, layer.gate, l.shape.rows(), kGateShare, l.plan.bounce_columns);
  return blocks_of(0, layer.gate.outputs, tiles, l.d.n_dim);
}

}  // namespace

void expect_gated(Lowering& l, const PackedLayer& layer, std::uint32_t tag) {
  for (const Block& block : blocks(l, layer)) {
    expect_block(l, layer.gate, block, tag);
    expect_block(l, layer.up, block, tag);
  }
}

void gated(Lowering& l, const PackedLayer& layer) {
  const std::int64_t rows = l.shape.rows(), quarter = l.d.acc_bytes / kGateShare;
  std::int64_t half = 0;
  for (const Block& block : blocks(l, layer)) {
    const std::int64_t at_gate = 2 * half * quarter, at_up = at_gate + quarter;
    half = 1 - half;
    multiply(l, layer.gate, block, l.plan.mlp_input, rows, at_gate);
    multiply(l, layer.up, block, l.plan.mlp_input, rows, at_up);
    const View gate = block_view(l, rows, at_gate), up = block_view(l, rows, at_up);
    const auto in_place = [&](const PackedLinear& w, std::int64_t acc, const View& to) {
      dequantise(l, w, block, take_scales(l, w, rows, acc), 0, rows, to);
      release_scales(l, w);
    };
    in_place(layer.gate, at_gate, gate);
    in_place(layer.up, at_up, up);
    const View result = open_block(l, l.plan.gated, block, false);
    over_block(block, l.d.n_dim, [&](std::int64_t n0, std::int64_t tiles, std::int64_t at) {
      const auto here = [&](const View& view) { return view.from(at * view.s2); };
      const VectorOp over(n0, rows, tiles);
      const View x = here(result);
      l.emit(VectorOp(over)
                 .of(here(gate))
                 .by(-std::numbers::log2e_v<float>)
                 .sfu(isa::Sfu::kExp2)
                 .to(x));
      l.emit(VectorOp(over).of(x).with(isa::Vop::kAdd, 1.0F).sfu(isa::Sfu::kRecip).to(x));
      l.emit(VectorOp(over).of(here(gate)).by(x).scaled(here(up)).to(x));
    });
    close_block(l, l.plan.gated, block, result);
  }
}

}  // namespace girih::llm
