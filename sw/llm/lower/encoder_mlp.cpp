// SPDX-License-Identifier: Apache-2.0
#include "llm/lower/encoder_mlp.h"

#include <array>
#include <cmath>
#include <numbers>

#include "llm/lower/row_buffer.h"

namespace girih::llm {
namespace {

using isa::Sfu;
using isa::Vop;
using std::numbers::log2e;
using std::numbers::sqrt2;

/// A block's x and three more values of each element take a part of the accumulators each, of two
/// blocks where they hold so much: the array works on the next one.
constexpr std::int64_t kPlaces = 4;

std::int64_t share(const Lowering& l, const PackedLinear& w) {
  return tiles_of(l, w, l.shape.rows(), 2 * kPlaces, l.plan.bounce_columns) > 0 ? 2 * kPlaces
                                                                                : kPlaces;
}

std::vector<Block> blocks(const Lowering& l, const PackedLinear& w) {
  const std::int64_t tiles = tiles_of(l, w, l.shape.rows(), share(l, w), l.plan.bounce_columns);
  return blocks_of(0, w.outputs, tiles, l.d.n_dim);
}

/// erf by Abramowitz and Stegun, 7.1.26. x is lost; y is written first and last.
void gelu_erf(Lowering& l, const VectorOp& over, const View& x, const View& u, const View& t,
              const View& p, const View& y) {
  constexpr double kP = 0.3275911;
  constexpr std::array<double, 5> kA{0.254829592, -0.284496736, 1.421413741, -1.453152027,
                                     1.061405429};
  const auto a = [&](std::size_t i) { return static_cast<float>(-kA[i - 1] / 2); };
  const auto op = [&] { return VectorOp(over); };
  l.emit(op().of(x).with(Vop::kMax, 0.0F).to(y));
  l.emit(op().of(y).by(2.0F).with(Vop::kSub, x).to(u));
  l.emit(op().of(x).by(x).scaled(static_cast<float>(-log2e / 2)).to(x));
  l.emit(op().of(x).sfu(Sfu::kExp2).to(x));
  l.emit(
      op().of(u).by(static_cast<float>(kP / sqrt2)).with(Vop::kAdd, 1.0F).sfu(Sfu::kRecip).to(t));
  l.emit(op().of(t).by(a(5)).with(Vop::kAdd, a(4)).to(p));
  for (const std::size_t i : {3, 2, 1}) l.emit(op().of(p).by(t).with(Vop::kAdd, a(i)).to(p));
  l.emit(op().of(p).by(t).scaled(x).to(p));
  l.emit(op().of(p).by(u).with(Vop::kAdd, y).to(y));
}

void gelu_tanh(Lowering& l, const VectorOp& over, const View& x, const View& u, const View& y) {
  constexpr double kC = 0.044715;
  const double factor = -2 * std::sqrt(2 / std::numbers::pi) * log2e * kC;
  const auto op = [&] { return VectorOp(over); };
  l.emit(op().of(x)
             .by(x)
             .with(Vop::kAdd, static_cast<float>(1 / kC))
             .scaled(static_cast<float>(factor))
             .to(u));
  l.emit(op().of(x).by(u).sfu(Sfu::kExp2).to(u));
  l.emit(op().of(u).with(Vop::kAdd, 1.0F).sfu(Sfu::kRecip).to(u));
  l.emit(op().of(x).by(u).to(y));
}

}  // namespace

void expect_intermediate(Lowering& l, const PackedLayer& layer, std::uint32_t tag) {
  for (const Block& block : blocks(l, layer.up)) expect_block(l, layer.up, block, tag);
}

void intermediate(Lowering& l, const PackedLayer& layer, Gelu gelu) {
  const PackedLinear& w = layer.up;
  const std::int64_t rows = l.shape.rows(), parts = share(l, w), bytes = l.d.acc_bytes / parts;
  std::int64_t part = 0;
  for (const Block& block : blocks(l, w)) {
    const auto place = [&](std::int64_t i) { return block_view(l, rows, (part + i) * bytes); };
    const View x = place(0), u = place(1), t = place(2), p = place(3);
    multiply(l, w, block, l.plan.mlp_input, rows, part * bytes);
    dequantise(l, w, block, take_scales(l, w, rows, part * bytes), 0, rows, x);
    release_scales(l, w);
    const View y = open_block(l, l.plan.gated, block, false);
    over_block(block, l.d.n_dim, [&](std::int64_t n0, std::int64_t tiles, std::int64_t at) {
      const auto here = [&](const View& view) { return view.from(at * view.s2); };
      const VectorOp over(n0, rows, tiles);
      if (gelu == Gelu::kErf)
        gelu_erf(l, over, here(x), here(u), here(t), here(p), here(y));
      else
        gelu_tanh(l, over, here(x), here(u), here(y));
    });
    close_block(l, l.plan.gated, block, y);
    part = (part + kPlaces) % parts;
  }
}

}  // namespace girih::llm
