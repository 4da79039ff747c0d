// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/conv_tiling.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <set>

namespace girih::compiler {
namespace {

/// The distinct values of ceil(size / parts), rounded up to a multiple of `unit`, largest first.
std::vector<std::int64_t> cuts(std::int64_t size, std::int64_t unit) {
  std::set<std::int64_t, std::greater<>> values;
  for (std::int64_t parts = 1; parts <= size; parts = parts < 16 ? parts + 1 : parts * 2) {
    values.insert(std::min(size, ceil_div(ceil_div(size, parts), unit) * unit));
  }
  values.insert(std::min(size, unit));
  return {values.begin(), values.end()};
}

constexpr double kLatency = 150;          // of a load that everything waits for
constexpr double kTileInstructions = 40;  // LOAD, MATRIX, VECTOR, STORE of a tile
constexpr double kKeptInstructions = 10;  // MATRIX and VECTOR of a tile whose operands are there

/// Cycles, roughly: enough to tell a good tiling from a bad one.
double price(const ConvProblem& p, const ConvTiling& t, const Target& target) {
  const ConvSizes s(p, t, target);
  const double bus = target.preset.bus_bytes;
  const double positions = static_cast<double>(p.batch * p.output.height * p.output.width);
  const double maps = static_cast<double>(p.batch * s.map_tiles);
  const double groups = static_cast<double>(p.groups);
  const double tiles = maps * groups * static_cast<double>(s.channel_tiles);

  // Passes of the array: rows of a tile, but no faster than weights arrive.
  const double tile_rows = static_cast<double>(t.rows * t.columns);
  const double weight_cycles =
      static_cast<double>(target.preset.k_dim) * target.preset.n_dim / target.preset.weight_port;
  const double array = tiles * static_cast<double>(s.passes) * std::max(tile_rows, weight_cycles);

  // A tile that is still in its slot is not loaded again.
  const double weight_all =
      groups * static_cast<double>(s.channel_tiles * s.chunks() * s.weight_bytes);
  const std::int64_t weights_reused =
      t.channels_outer ? s.chunks() : p.groups * s.channel_tiles * s.chunks();
  const double weights = t.weight_slots >= weights_reused ? weight_all : weight_all * maps;
  const double input_all = maps * static_cast<double>(s.depth_chunks * s.input_bytes);
  const std::int64_t inputs_reused =
      t.channels_outer ? p.batch * s.map_tiles * s.depth_chunks : s.depth_chunks;
  const double inputs = t.input_slots >= inputs_reused  // nothing when it is kept
                            ? input_all
                            : input_all * groups * static_cast<double>(s.channel_tiles);
  const bool whole = t.channels == p.output.channels;
  const double stored =
      !p.output.stored
          ? 0
          : positions * static_cast<double>(p.output.channels) +
                (whole ? 0 : positions * groups * static_cast<double>(s.channel_tiles) * bus);
  const double memory = (weights + inputs + stored) / bus;

  const double vector =
      positions * static_cast<double>(p.output.channels) / target.preset.vec_lanes;
  const double fill =
      static_cast<double>(s.input_bytes + s.weight_bytes) / bus + (p.input.kept ? 0 : kLatency);
  const double drain = tile_rows * static_cast<double>(t.channels) *
                       (1.0 / target.preset.vec_lanes + (p.output.stored ? 1.0 / bus : 0));
  const double instructions =
      p.input.kept && !p.output.stored ? kKeptInstructions : kTileInstructions;
  return std::max({array, memory, vector}) + fill + drain +
         instructions * tiles * static_cast<double>(s.chunks());
}

class Search {
 public:
  Search(const ConvProblem& problem, const Target& target) : problem_(problem), target_(target) {}

  std::optional<PricedTiling> run() {
    const auto unit_k = static_cast<std::int64_t>(target_.preset.k_dim);
    const auto unit_n = static_cast<std::int64_t>(target_.preset.n_dim);
    for (const std::int64_t rows : cuts(problem_.output.height, 1)) {
      // Columns are cut only where a single row is too much or the map is one row.
      for (const std::int64_t columns :
           rows == 1 ? cuts(problem_.output.width, 1) : std::vector{problem_.output.width}) {
        for (const std::int64_t channels : cuts(problem_.columns, unit_n)) {
          chunks({.rows = rows, .columns = columns, .channels = channels}, unit_k);
        }
      }
    }
    return best_;
  }

 private:
  void chunks(ConvTiling tiling, std::int64_t unit_k) {
    for (const std::int64_t depth :
         problem_.groups == 1 ? cuts(problem_.depth, unit_k) : std::vector{problem_.depth}) {
      for (const std::int64_t kernel_rows :
           std::set<std::int64_t, std::greater<>>{problem_.kernel_rows(), 1}) {
        tiling.depth = depth;
        tiling.kernel_rows = kernel_rows;
        if (slots(tiling)) return;  // larger chunks come first and are never worse
      }
    }
  }

  bool slots(ConvTiling tiling) {
    const ConvSizes sizes(problem_, tiling, target_);
    const std::int64_t tiles =
        problem_.batch * sizes.map_tiles * problem_.groups * sizes.channel_tiles;
    const std::int64_t inputs =
        problem_.input.kept ? 1 : problem_.batch * sizes.map_tiles * sizes.depth_chunks;
    const std::int64_t weights = problem_.groups * sizes.channel_tiles * sizes.chunks();
    const std::int64_t biases = problem_.groups * sizes.channel_tiles;
    bool found = false;
    tiling.tile_slots = std::min<std::int64_t>(2, tiles);
    for (const bool channels_outer : {true, false}) {
      tiling.channels_outer = channels_outer;
      for (const std::int64_t input_slots :
           {std::min<std::int64_t>(64, inputs), std::min<std::int64_t>(2, inputs)}) {
        for (const std::int64_t weight_slots :
             {std::min<std::int64_t>(64, weights), std::min(sizes.chunks() + 1, weights),
              std::min<std::int64_t>(2, weights)}) {
          for (const std::int64_t bias_slots : {biases, std::min<std::int64_t>(2, biases)}) {
            tiling.input_slots = input_slots;
            tiling.weight_slots = weight_slots;
            tiling.bias_slots = bias_slots;
            if (!sizes.fits(problem_, tiling, target_)) continue;
            found = true;
            const double cycles = price(problem_, tiling, target_);
            if (cycles < cheapest_) {
              cheapest_ = cycles;
              best_ = {tiling, cycles};
            }
          }
        }
      }
    }
    return found;
  }

  const ConvProblem& problem_;
  const Target& target_;
  double cheapest_ = std::numeric_limits<double>::infinity();
  std::optional<PricedTiling> best_;
};

}  // namespace

ConvSizes::ConvSizes(const ConvProblem& p, const ConvTiling& t, const Target& target) {
  const std::int64_t kdim = target.preset.k_dim;
  const std::int64_t ndim = target.preset.n_dim;
  whole_pixels = p.input.kept || p.groups > 1 || t.depth == p.input.channels;
  merged = p.groups == 1 && t.depth == p.input.channels && p.window.dilation[1] == 1;
  row_tiles = ceil_div(t.channels, ndim);
  map_tiles = ceil_div(p.output.height, t.rows) * ceil_div(p.output.width, t.columns);
  channel_tiles = ceil_div(p.columns, t.channels);
  kernel_chunks = ceil_div(p.kernel_rows(), t.kernel_rows);
  depth_chunks = ceil_div(p.depth, t.depth);
  const std::int64_t pixel = whole_pixels ? p.input.channels : t.depth;
  input_bytes = p.input.kept ? 0
                             : reach(p.window, 0, 0, t.rows).extent *
                                   reach(p.window, 1, 0, t.columns).extent * pixel;
  const std::int64_t k_tiles = merged ? ceil_div(p.kernel_columns() * t.depth, kdim)
                                      : p.kernel_columns() * ceil_div(t.depth, kdim);
  weight_bytes = row_tiles * t.kernel_rows * k_tiles * kdim * ndim;
  const std::int64_t positions = t.rows * t.columns;
  acc_tile_bytes = row_tiles * positions * 4 * ndim;
  output_bytes = p.output.kept ? 0 : positions * t.channels;
  bias_bytes = row_tiles * 4 * ndim;
  passes = row_tiles * p.kernel_rows() * k_tiles * depth_chunks;
}

std::int64_t ConvSizes::area(const ConvProblem& p, const ConvTiling& t,
                             const Target& target) const {
  const Arena spm({}, target.preset.spm_word_bytes);
  const std::int64_t scales = p.one_multiplier() ? 0 : t.bias_slots * spm.round(bias_bytes);
  return t.input_slots * spm.round(input_bytes) + t.weight_slots * spm.round(weight_bytes) +
         t.tile_slots * spm.round(output_bytes) + scales;
}

bool ConvSizes::fits(const ConvProblem& p, const ConvTiling& t, const Target& target) const {
  const std::int64_t k0 = merged ? p.kernel_columns() * t.depth : t.depth;
  const bool loadable =
      p.input.kept || (reach(p.window, 0, 0, t.rows).extent <= 0xffff &&
                       reach(p.window, 1, 0, t.columns).extent * p.input.channels <= 0xffff);
  return k0 <= 0xffff && t.rows * t.columns <= 0xffff && loadable &&
         area(p, t, target) <= target.spm_bytes &&
         t.tile_slots * acc_tile_bytes + Accumulators::reserved(biases(p, t), target.bias_zone) <=
             target.acc_bytes;
}

std::optional<PricedTiling> find_tiling(const ConvProblem& problem, const Target& target) {
  return Search(problem, target).run();
}

ConvTiling choose_tiling(const ConvProblem& problem, const Target& target) {
  if (const auto best = find_tiling(problem, target)) return best->tiling;
  throw Error(
      "node \"{}\": no tile of this layer fits {} bytes of scratchpad and {} bytes of "
      "accumulators; use a larger "
      "preset or partition",
      problem.node, target.spm_bytes, target.acc_bytes);
}

}  // namespace girih::compiler
