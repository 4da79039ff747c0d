// SPDX-License-Identifier: Apache-2.0
#include "llm/lower/linear.h"

#include <algorithm>
#include <bit>

#include "llm/lower/row_buffer.h"

namespace girih::llm {
namespace {

/// Weights of a block that one slot holds: row tiles [tile, tile + tiles) of it, inputs
/// [at, at + depth).
struct Chunk {
  std::int64_t tile, tiles, at, depth;
};

/// Whole row tiles where a slot holds one, else pieces of a row tile that no part of the reduction
/// crosses.
std::vector<Chunk> chunks_of(const Lowering& l, const PackedLinear& w, const Block& block) {
  const Dimensions& d = l.d;
  const std::int64_t slot = l.plan.weights.bytes, row_tile = d.row_tile_bytes(w.inputs);
  std::vector<Chunk> chunks;
  if (row_tile <= slot) {
    for (std::int64_t i = 0; i < block.tiles; i += slot / row_tile) {
      chunks.push_back({i, std::min(slot / row_tile, block.tiles - i), 0, w.inputs});
    }
    return chunks;
  }
  std::int64_t depth = slot / d.n_dim / d.k_dim * d.k_dim;
  if (d.wide) {
    depth = depth >= Dimensions::kPartDepth
                ? depth / Dimensions::kPartDepth * Dimensions::kPartDepth
                : static_cast<std::int64_t>(std::bit_floor(static_cast<std::uint64_t>(depth)));
  }
  for (std::int64_t i = 0; i < block.tiles; ++i) {
    for (std::int64_t k = 0; k < w.inputs; k += depth) {
      chunks.push_back({i, 1, k, std::min(depth, w.inputs - k)});
    }
  }
  return chunks;
}

/// MATRIX over inputs [at, at + depth) of a chunk, which belong to one part of the reduction.
void multiply_part(Lowering& l, const PackedLinear& w, const Block& block, const Chunk& chunk,
                   std::int64_t at, std::int64_t depth, const Quantised& x, std::int64_t rows,
                   std::int64_t slot, std::int64_t acc) {
  const Dimensions& d = l.d;
  const std::int64_t part = d.wide ? at / Dimensions::kPartDepth : 0;
  const std::int64_t first_of_part = part * Dimensions::kPartDepth;
  const std::int64_t tile_rows = rows * d.row_bytes();
  isa::Matrix m;
  m.start = at == first_of_part ? isa::Start::kZero : isa::Start::kAcc;
  m.b_base = static_cast<std::uint32_t>(slot + (at - chunk.at) * d.n_dim);
  m.acc_base = static_cast<std::uint32_t>(acc + (part * block.tiles + chunk.tile) * tile_rows);
  m.n = static_cast<std::uint16_t>(
      std::min(chunk.tiles * d.n_dim, block.count - chunk.tile * d.n_dim));
  m.k0 = static_cast<std::uint16_t>(depth);
  m.m0 = static_cast<std::uint16_t>(rows);
  m.a_m0 = static_cast<std::int32_t>(x.pitch);
  m.b_row = static_cast<std::int32_t>(d.k_dim);
  m.b_k0 = static_cast<std::int32_t>(d.n_dim * d.k_dim);
  m.b_n = static_cast<std::int32_t>(chunk.depth == w.inputs ? d.row_tile_bytes(w.inputs) : 0);
  m.acc_n = static_cast<std::int32_t>(tile_rows);
  m.a_base = static_cast<std::uint32_t>(x.high + at);
  m.shift = d.wide;
  l.builder.array_macs() += m.macs() * (d.wide ? 2 : 1);
  l.builder.emit(m);
  if (!d.wide) return;
  m.shift = false;
  m.start = isa::Start::kAcc;
  m.a_type = isa::Type::kUint8;
  m.a_base = static_cast<std::uint32_t>(x.low + at);
  l.builder.emit(m);
}

std::vector<Block> onto_blocks(const Lowering& l, const PackedLinear& w) {
  const std::int64_t tiles = tiles_of(l, w, l.shape.rows(), kLinearShare, l.plan.bounce_columns);
  return blocks_of(0, w.outputs, tiles, l.d.n_dim);
}

}  // namespace

std::vector<Block> blocks_of(std::int64_t first, std::int64_t count, std::int64_t tiles,
                             std::int64_t n_dim) {
  std::vector<Block> blocks;
  const std::int64_t end = first + count;
  for (std::int64_t i = first / n_dim; i * n_dim < end; i += tiles) {
    const std::int64_t outputs = std::min(tiles * n_dim, end - i * n_dim);
    blocks.push_back({i, ceil_div(outputs, n_dim), outputs});
  }
  return blocks;
}

std::int64_t tiles_of(const Lowering& l, const PackedLinear& w, std::int64_t rows,
                      std::int64_t share, std::int64_t columns) {
  return block_tiles(l.d, rows, w.inputs, share, columns);
}

void expect_block(Lowering& l, const PackedLinear& w, const Block& block, std::uint32_t tag) {
  const Dimensions& d = l.d;
  for (const Chunk& chunk : chunks_of(l, w, block)) {
    const std::int64_t offset =
        (block.tile + chunk.tile) * d.row_tile_bytes(w.inputs) + chunk.at * d.n_dim;
    l.weights.expect(static_cast<std::uint32_t>(w.weights + offset),
                     chunk.tiles * d.row_tile_bytes(chunk.depth), tag);
  }
  const auto columns = [&](std::uint32_t offset) {
    l.scales.expect(static_cast<std::uint32_t>(offset + block.tile * d.row_bytes()),
                    block.tiles * d.row_bytes(), tag);
  };
  columns(w.scales);
  if (w.has_bias) columns(w.bias);
}

std::vector<std::function<void()>> multiply_steps(Lowering& l, const PackedLinear& w,
                                                  const Block& block, const Quantised& x,
                                                  std::int64_t rows, std::int64_t acc) {
  std::vector<std::function<void()>> steps;
  for (const Chunk& chunk : chunks_of(l, w, block)) {
    steps.emplace_back([&l, &w, block, chunk, x, rows, acc] {
      const std::int64_t most = l.d.wide ? Dimensions::kPartDepth : w.inputs;
      const std::int64_t slot = l.weights.take();
      for (std::int64_t at = chunk.at; at < chunk.at + chunk.depth; at += most) {
        const std::int64_t depth = std::min(most, chunk.at + chunk.depth - at);
        multiply_part(l, w, block, chunk, at, depth, x, rows, slot, acc);
      }
      l.weights.release();
    });
  }
  return steps;
}

void multiply(Lowering& l, const PackedLinear& w, const Block& block, const Quantised& x,
              std::int64_t rows, std::int64_t acc) {
  for (const auto& step : multiply_steps(l, w, block, x, rows, acc)) step();
}

View block_view(const Lowering& l, std::int64_t rows, std::int64_t acc, std::int64_t first) {
  return {.base = acc + first * l.d.row_bytes(),
          .s1 = l.d.row_bytes(),
          .s2 = rows * l.d.row_bytes(),
          .space = isa::Space::kAcc};
}

Sums take_scales(Lowering& l, const PackedLinear& w, std::int64_t rows, std::int64_t acc) {
  Sums sums{.rows = rows, .acc = acc, .scales = l.scales.take(), .bias = 0};
  if (w.has_bias) sums.bias = l.scales.take();
  return sums;
}

void release_scales(Lowering& l, const PackedLinear& w) {
  l.scales.release();
  if (w.has_bias) l.scales.release();
}

void dequantise(Lowering& l, const PackedLinear& w, const Block& block, const Sums& sums,
                std::int64_t first, std::int64_t count, const View& to) {
  const View tile = block_view(l, sums.rows, sums.acc, first);
  const View scales{.base = sums.scales, .s2 = l.d.row_bytes()};
  const View bias{.base = sums.bias, .s2 = l.d.row_bytes()};
  const View row_scales = per_row(l.plan.row_scale + 4 * first);
  const std::int64_t parts = l.d.parts(w.inputs);
  over_block(block, l.d.n_dim, [&](std::int64_t n0, std::int64_t tiles, std::int64_t at) {
    const auto here = [&](const View& view) { return view.from(at * view.s2); };
    const auto of_part = [&](std::int64_t part) {
      return here(tile).from(part * block.tiles * tile.s2).as(isa::Type::kInt32);
    };
    const View last = w.has_bias ? here(tile) : here(to);
    const auto over = [&] { return VectorOp(n0, count, tiles); };
    if (parts == 1) {
      l.emit(over().of(of_part(0)).by(here(scales)).scaled(row_scales).to(last));
    } else {
      l.emit(over().of(of_part(0)).by(here(scales)).to(here(tile)));
      for (std::int64_t part = 1; part < parts; ++part) {
        l.emit(over()
                   .of(of_part(part))
                   .by(here(scales))
                   .with(isa::Vop::kAdd, here(tile))
                   .to(here(tile)));
      }
      l.emit(over().of(here(tile)).by(row_scales).to(last));
    }
    if (w.has_bias) l.emit(over().of(last).with(isa::Vop::kAdd, here(bias)).to(here(to)));
  });
}

void expect_linear_onto(Lowering& l, const PackedLinear& w, std::uint32_t tag) {
  for (const Block& block : onto_blocks(l, w)) expect_block(l, w, block, tag);
}

void linear_onto(Lowering& l, const PackedLinear& w, const Quantised& x, const RowBuffer& h) {
  const std::int64_t rows = l.shape.rows();
  std::int64_t half = 0;
  for (const Block& block : onto_blocks(l, w)) {
    const std::int64_t acc = half * l.d.acc_bytes / 2;
    half = 1 - half;
    const View to = open_block(l, h, block, true);
    multiply(l, w, block, x, rows, acc);
    const View y = block_view(l, rows, acc);
    dequantise(l, w, block, take_scales(l, w, rows, acc), 0, rows, y);
    release_scales(l, w);
    over_block(block, l.d.n_dim, [&](std::int64_t n0, std::int64_t tiles, std::int64_t at) {
      const auto here = [&](const View& view) { return view.from(at * view.s2); };
      l.emit(VectorOp(n0, rows, tiles).of(here(y)).with(isa::Vop::kAdd, here(to)).to(here(to)));
    });
    close_block(l, h, block, to);
  }
}

}  // namespace girih::llm
