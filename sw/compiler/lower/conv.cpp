// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/conv.h"

#include <algorithm>
#include <map>
#include <utility>

#include "compiler/lower/conv_tiling.h"
#include "compiler/schedule/tokens.h"

namespace girih::compiler {
namespace {

/// A part of the reduction: kernel rows [y, y + rows), input channels [c, c + depth).
struct Chunk {
  std::int64_t index, y, rows, c, depth;
  std::int64_t depth_index;
};

/// Output channels [n, n + count) of group g.
struct ChannelTile {
  std::int64_t index, group, n, count;
};

/// Output positions of an image.
struct MapTile {
  std::int64_t index, image, y, rows, x, columns;
};

class ConvLowering {
 public:
  ConvLowering(Builder& builder, const ConvProblem& problem, const ConvTiling& tiling,
               const Area& area)
      : builder_(builder),
        p_(problem),
        t_(tiling),
        s_(problem, tiling, builder.target()),
        spm_(area, builder.target().preset.spm_word_bytes),
        inputs_(spm_, s_.input_bytes, t_.input_slots),
        weights_(spm_, s_.weight_bytes, t_.weight_slots),
        outputs_(spm_, s_.output_bytes, t_.tile_slots),
        scales_(spm_, p_.one_multiplier() ? 0 : s_.bias_bytes, t_.bias_slots),
        biases_(s_.bias_bytes, t_.bias_slots,
                builder.accumulators().take_biases(s_.biases(p_, t_))) {}

  void run() {
    list_tiles();
    if (t_.channels_outer) {
      for (const ChannelTile& channels : channel_tiles_) {
        for (const MapTile& map : map_tiles_) tile(channels, map);
      }
    } else {
      for (const MapTile& map : map_tiles_) {
        for (const ChannelTile& channels : channel_tiles_) tile(channels, map);
      }
    }
  }

 private:
  void list_tiles() {
    for (std::int64_t c = 0; c < p_.depth; c += t_.depth) {
      for (std::int64_t y = 0; y < p_.kernel_rows(); y += t_.kernel_rows) {
        chunks_.push_back({std::ssize(chunks_), y, std::min(t_.kernel_rows, p_.kernel_rows() - y),
                           c, std::min(t_.depth, p_.depth - c), c / t_.depth});
      }
    }
    for (std::int64_t g = 0; g < p_.groups; ++g) {
      for (std::int64_t n = 0; n < p_.columns; n += t_.channels) {
        channel_tiles_.push_back(
            {std::ssize(channel_tiles_), g, n, std::min(t_.channels, p_.columns - n)});
      }
    }
    for (std::int64_t image = 0; image < p_.batch; ++image) {
      for (std::int64_t y = 0; y < p_.output.height; y += t_.rows) {
        for (std::int64_t x = 0; x < p_.output.width; x += t_.columns) {
          map_tiles_.push_back({std::ssize(map_tiles_), image, y,
                                std::min(t_.rows, p_.output.height - y), x,
                                std::min(t_.columns, p_.output.width - x)});
        }
      }
    }
  }

  void tile(const ChannelTile& channels, const MapTile& map) {
    const auto acc =
        static_cast<std::uint32_t>(builder_.accumulators().next_tile(s_.acc_tile_bytes));
    for (const Chunk& chunk : chunks_) {
      const std::uint32_t weights = load_weights(channels, chunk);
      const Tile input = find_input(map, chunk);
      matrix(channels, map, chunk, input, weights, acc);
    }
    const Region region{.image = map.image,
                        .y = map.y,
                        .x = map.x,
                        .c = channels.group * p_.columns + channels.n,
                        .rows = map.rows,
                        .columns = map.columns,
                        .depth = channels.count};
    const Tile output =
        p_.output.kept ? tile_of(p_.output, region) : dense_tile(outputs_.next(), region);
    requantise(channels, map, acc, output);
    if (p_.output.stored) store_region(builder_, p_.output, region, output);
  }

  /// The input region of a tile, first channel of the chunk; loaded when it is not there.
  Tile find_input(const MapTile& map, const Chunk& chunk) {
    const Reach y = reach(p_.window, 0, map.y, map.rows);
    const Reach x = reach(p_.window, 1, map.x, map.columns);
    const Region region{.image = map.image,
                        .y = y.first,
                        .x = x.first,
                        .c = s_.whole_pixels ? 0 : chunk.c,
                        .rows = y.extent,
                        .columns = x.extent,
                        .depth = s_.whole_pixels ? p_.input.channels : chunk.depth};
    if (p_.input.kept) return tile_of(p_.input, region);
    const Pool::Slot slot =
        inputs_.find(static_cast<std::uint64_t>(map.index * s_.depth_chunks + chunk.depth_index));
    if (slot.fresh) load_region(builder_, p_.input, region, p_.zx, slot.address, p_.node);
    return dense_tile(slot.address, region);
  }

  /// K loops of a chunk as MATRIX counts them.
  struct Loops {
    std::int64_t k0, k1, k2, k_tiles;
  };
  Loops loops(const Chunk& chunk) const {
    if (s_.merged) {
      const std::int64_t k0 = p_.kernel_columns() * chunk.depth;
      return {k0, chunk.rows, 1, ceil_div(k0, builder_.k_dim())};
    }
    return {chunk.depth, p_.kernel_columns(), chunk.rows, ceil_div(chunk.depth, builder_.k_dim())};
  }

  std::uint32_t load_weights(const ChannelTile& channels, const Chunk& chunk) {
    const std::int64_t key = channels.index * std::ssize(chunks_) + chunk.index;
    const Pool::Slot slot = weights_.find(static_cast<std::uint64_t>(key));
    if (!slot.fresh) return slot.address;
    auto packed = packed_.find(key);
    if (packed == packed_.end()) {
      const std::vector<std::uint8_t> bytes = pack(channels, chunk);
      packed = packed_.emplace(key, std::pair(builder_.constant(bytes), std::ssize(bytes))).first;
    }
    load_bytes(builder_, kConstantWindow, packed->second.first, packed->second.second,
               isa::Space::kSpm, slot.address);
    return slot.address;
  }

  /// [row tile][k2][k1][k tile][NDim][KDim]; places that no weight has hold zero.
  std::vector<std::uint8_t> pack(const ChannelTile& channels, const Chunk& chunk) const {
    const Loops k = loops(chunk);
    const std::int64_t kdim = builder_.k_dim();
    const std::int64_t ndim = builder_.n_dim();
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(ceil_div(channels.count, ndim) * k.k2 *
                                                             k.k1 * k.k_tiles * ndim * kdim),
                                    0);
    for (std::int64_t n = 0; n < channels.count; ++n) {
      for (std::int64_t k2 = 0; k2 < k.k2; ++k2) {
        for (std::int64_t k1 = 0; k1 < k.k1; ++k1) {
          for (std::int64_t k0 = 0; k0 < k.k0; ++k0) {
            const std::int64_t ky = chunk.y + (s_.merged ? k1 : k2);
            const std::int64_t kx = s_.merged ? k0 / chunk.depth : k1;
            const std::int64_t c = chunk.c + (s_.merged ? k0 % chunk.depth : k0);
            const std::int64_t tile = ((n / ndim * k.k2 + k2) * k.k1 + k1) * k.k_tiles + k0 / kdim;
            bytes[static_cast<std::size_t>((tile * ndim + n % ndim) * kdim + k0 % kdim)] =
                p_.weight(channels.group, channels.n + n, ky, kx, c);
          }
        }
      }
    }
    return bytes;
  }

  /// Bias rows in the accumulators and multipliers in the scratchpad, [row tile][NDim] each.
  template <class T>
  std::vector<T> padded(const std::vector<T>& values, const ChannelTile& channels) const {
    std::vector<T> rows(
        static_cast<std::size_t>(ceil_div(channels.count, builder_.n_dim()) * builder_.n_dim()),
        T{});
    const std::int64_t first = channels.group * p_.columns + channels.n;
    std::copy_n(values.begin() + first, channels.count, rows.begin());
    return rows;
  }

  template <class T>
  std::uint32_t load_rows(Pool& pool, std::map<std::int64_t, std::uint32_t>& placed,
                          const std::vector<T>& values, const ChannelTile& channels,
                          isa::Space space) {
    const Pool::Slot slot = pool.find(static_cast<std::uint64_t>(channels.index));
    if (!slot.fresh) return slot.address;
    const std::vector<T> rows = padded(values, channels);
    auto at = placed.find(channels.index);
    if (at == placed.end()) at = placed.emplace(channels.index, builder_.constant(rows)).first;
    load_bytes(builder_, kConstantWindow, at->second, std::ssize(rows) * 4, space, slot.address);
    return slot.address;
  }

  void matrix(const ChannelTile& channels, const MapTile& map, const Chunk& chunk,
              const Tile& input, std::uint32_t weights, std::uint32_t acc) {
    const Loops k = loops(chunk);
    const std::int64_t tile_bytes = builder_.k_dim() * builder_.n_dim();
    isa::Matrix m;
    m.a_type = type8(p_.x_unsigned);
    m.b_type = type8(p_.w_unsigned);
    m.za = p_.zx;
    m.zb = p_.zw;
    m.start = isa::Start::kAcc;
    if (chunk.index == 0) {
      m.start = p_.has_bias() ? isa::Start::kBias : isa::Start::kZero;
      if (p_.has_bias()) {
        m.bias_base = load_rows(biases_, bias_at_, p_.bias, channels, isa::Space::kAcc);
        m.bias_n = static_cast<std::int32_t>(builder_.row_bytes());
      }
    }
    const std::int64_t first_channel =
        s_.whole_pixels ? channels.group * p_.depth + (p_.groups == 1 ? chunk.c : 0) : 0;
    m.a_base = static_cast<std::uint32_t>(
        input.base + chunk.y * p_.window.dilation[0] * input.line + first_channel);
    m.b_base = weights;
    m.acc_base = acc;
    m.n = static_cast<std::uint16_t>(channels.count);
    m.k0 = static_cast<std::uint16_t>(k.k0);
    m.k1 = static_cast<std::uint16_t>(k.k1);
    m.k2 = static_cast<std::uint16_t>(k.k2);
    m.m0 = static_cast<std::uint16_t>(map.columns);
    m.m1 = static_cast<std::uint16_t>(map.rows);
    m.a_m0 = static_cast<std::int32_t>(p_.window.stride[1] * input.pixel);
    m.a_m1 = static_cast<std::int32_t>(p_.window.stride[0] * input.line);
    const std::int64_t down = p_.window.dilation[0] * input.line;
    m.a_k1 = static_cast<std::int32_t>(s_.merged ? down : p_.window.dilation[1] * input.pixel);
    m.a_k2 = static_cast<std::int32_t>(s_.merged ? 0 : down);
    m.b_row = static_cast<std::int32_t>(builder_.k_dim());
    m.b_k0 = static_cast<std::int32_t>(tile_bytes);
    m.b_k1 = static_cast<std::int32_t>(k.k_tiles * tile_bytes);
    m.b_k2 = static_cast<std::int32_t>(k.k1 * k.k_tiles * tile_bytes);
    m.b_n = static_cast<std::int32_t>(k.k2 * k.k1 * k.k_tiles * tile_bytes);
    m.acc_n = static_cast<std::int32_t>(map.rows * map.columns * builder_.row_bytes());
    builder_.array_macs() += m.macs();
    builder_.emit(m);
  }

  /// acc [row tile][position][NDim] INT32 to [row][column][channel] INT8/UINT8: whole row tiles in
  /// one instruction, what is left of the channels in another.
  void requantise(const ChannelTile& channels, const MapTile& map, std::uint32_t acc,
                  const Tile& output) {
    const std::int64_t ndim = builder_.n_dim();
    const std::int64_t row_bytes = builder_.row_bytes();
    const std::int64_t row_tile_bytes = map.rows * map.columns * row_bytes;
    isa::Vector v;
    v.a_type = isa::Type::kInt32;
    v.a_space = isa::Space::kAcc;
    v.b_type = isa::Type::kFp32;
    v.d_type = type8(p_.y_unsigned);
    v.zd = p_.zy;
    v.lo = p_.lo;
    v.hi = p_.hi;
    std::uint32_t scales = 0;
    if (p_.one_multiplier()) {
      v.b_mode = isa::Operand::kImmediate;
    } else {
      v.b_mode = isa::Operand::kStream;
      scales = load_rows(scales_, scale_at_, p_.multiplier, channels, isa::Space::kSpm);
    }
    v.n1 = static_cast<std::uint16_t>(map.columns);
    v.n2 = static_cast<std::uint16_t>(map.rows);
    v.a_s1 = static_cast<std::int32_t>(row_bytes);
    v.a_s2 = static_cast<std::int32_t>(map.columns * row_bytes);
    v.a_s3 = static_cast<std::int32_t>(row_tile_bytes);
    v.b_s3 = p_.one_multiplier() ? 0 : static_cast<std::int32_t>(row_bytes);
    v.d_s1 = static_cast<std::int32_t>(output.pixel);
    v.d_s2 = static_cast<std::int32_t>(output.line);
    v.d_s3 = static_cast<std::int32_t>(ndim);
    const auto part = [&](std::int64_t first, std::int64_t count, std::int64_t row_tiles) {
      v.a_base = static_cast<std::uint32_t>(acc + first / ndim * row_tile_bytes);
      v.b_base = p_.one_multiplier() ? isa::fp32_bits(p_.multiplier.front())
                                     : static_cast<std::uint32_t>(scales + 4 * first);
      v.d_base = static_cast<std::uint32_t>(output.base + first);
      v.n0 = static_cast<std::uint16_t>(count);
      v.n3 = static_cast<std::uint16_t>(row_tiles);
      builder_.emit(v);
    };
    const std::int64_t whole = channels.count / ndim;
    if (whole > 0) part(0, ndim, whole);
    if (channels.count % ndim > 0) part(whole * ndim, channels.count % ndim, 1);
  }

  Builder& builder_;
  const ConvProblem& p_;
  const ConvTiling& t_;
  const ConvSizes s_;
  Arena spm_;
  Pool inputs_, weights_, outputs_, scales_, biases_;
  std::vector<Chunk> chunks_;
  std::vector<ChannelTile> channel_tiles_;
  std::vector<MapTile> map_tiles_;
  std::map<std::int64_t, std::pair<std::uint32_t, std::int64_t>> packed_;
  std::map<std::int64_t, std::uint32_t> bias_at_, scale_at_;
};

}  // namespace

void lower_conv(Builder& builder, const ConvProblem& problem, const Area& area) {
  Target target = builder.target();
  target.spm_bytes = static_cast<std::uint32_t>(area.bytes);
  const ConvTiling tiling = choose_tiling(problem, target);
  ConvLowering(builder, problem, tiling, area).run();
}

}  // namespace girih::compiler
