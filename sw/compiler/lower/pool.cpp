// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/pool.h"

#include <algorithm>

namespace girih::compiler {
namespace {

std::int64_t input_bytes(const PoolProblem& p, const PoolTiling& t) {
  if (p.input.kept) return 0;
  return reach(p.window, 0, 0, t.rows).extent * reach(p.window, 1, 0, p.output.width).extent *
         t.depth;
}
std::int64_t output_bytes(const PoolProblem& p, const PoolTiling& t) {
  return p.output.kept ? 0 : t.rows * p.output.width * t.depth;
}

class PoolLowering {
 public:
  PoolLowering(Builder& builder, const PoolProblem& problem, const PoolTiling& tiling,
               const Area& area)
      : builder_(builder),
        p_(problem),
        t_(tiling),
        arena_(area, builder.target().preset.spm_word_bytes),
        inputs_(arena_, input_bytes(problem, tiling), 2),
        outputs_(arena_, output_bytes(problem, tiling), 2) {}

  void run() {
    for (std::int64_t image = 0; image < p_.batch; ++image) {
      for (std::int64_t y = 0; y < p_.output.height; y += t_.rows) {
        for (std::int64_t c = 0; c < p_.output.channels; c += t_.depth) {
          tile(image, y, std::min(t_.rows, p_.output.height - y), c,
               std::min(t_.depth, p_.output.channels - c));
        }
      }
    }
  }

 private:
  void tile(std::int64_t image, std::int64_t y, std::int64_t rows, std::int64_t c,
            std::int64_t depth) {
    const Reach down = reach(p_.window, 0, y, rows);
    const Reach across = reach(p_.window, 1, 0, p_.output.width);
    const Region from{.image = image,
                      .y = down.first,
                      .x = across.first,
                      .c = c,
                      .rows = down.extent,
                      .columns = across.extent,
                      .depth = depth};
    const Region to{.image = image,
                    .y = y,
                    .x = 0,
                    .c = c,
                    .rows = rows,
                    .columns = p_.output.width,
                    .depth = depth};
    const Tile input = p_.input.kept ? tile_of(p_.input, from) : dense_tile(inputs_.next(), from);
    const Tile output = p_.output.kept ? tile_of(p_.output, to) : dense_tile(outputs_.next(), to);
    if (!p_.input.kept) {
      load_region(builder_, p_.input, from, p_.pad, static_cast<std::uint32_t>(input.base),
                  p_.node);
    }
    for (std::int64_t row = 0; row < rows; ++row) {
      for (std::int64_t x = 0; x < p_.output.width;) {
        const std::int64_t count = elements(y + row, x);
        std::int64_t end = x + 1;
        while (end < p_.output.width && (!p_.average || elements(y + row, end) == count)) ++end;
        const Tile at{input.base + row * p_.window.stride[0] * input.line +
                          x * p_.window.stride[1] * input.pixel,
                      input.pixel, input.line};
        const Tile result{output.base + row * output.line + x * output.pixel, output.pixel,
                          output.line};
        window(at, result, depth, end - x, count);
        x = end;
      }
    }
    if (p_.output.stored) store_region(builder_, p_.output, to, output);
  }

  /// Elements of the window at (y, x) that an average divides by: those inside the input or, with
  /// count_padding, inside the padded input; what ceil_mode adds behind the padding never counts.
  std::int64_t elements(std::int64_t y, std::int64_t x) const {
    return counted(0, y, p_.input.height) * counted(1, x, p_.input.width);
  }
  std::int64_t counted(std::size_t axis, std::int64_t position, std::int64_t size) const {
    const std::int64_t lowest = p_.count_padding ? -p_.window.pad_begin[axis] : 0;
    const std::int64_t end = size + (p_.count_padding ? p_.window.pad_end[axis] : 0);
    const std::int64_t first = reach(p_.window, axis, position, 1).first;
    const std::int64_t step = p_.window.dilation[axis];
    // Taps before `at`: those whose place first + k * step is smaller.
    const auto before = [&](std::int64_t at) {
      return std::clamp<std::int64_t>(at > first ? ceil_div(at - first, step) : 0, 0,
                                      p_.window.kernel[axis]);
    };
    return before(end) - before(lowest);
  }

  void window(const Tile& input, const Tile& output, std::int64_t depth, std::int64_t count,
              std::int64_t divisor) {
    isa::Vector v;
    v.a_type = type8(p_.x_unsigned);
    v.d_type = type8(p_.y_unsigned);
    v.za = p_.zx;
    v.zd = p_.zy;
    v.lo = p_.lo;
    v.hi = p_.hi;
    v.win_op = p_.average ? isa::Reduce::kSum : isa::Reduce::kMax;
    v.win_dims = 2;
    v.n0 = static_cast<std::uint16_t>(depth);
    v.n1 = static_cast<std::uint16_t>(p_.window.kernel[1]);
    v.n2 = static_cast<std::uint16_t>(p_.window.kernel[0]);
    v.n3 = static_cast<std::uint16_t>(count);
    v.a_base = static_cast<std::uint32_t>(input.base);
    v.a_s1 = static_cast<std::int32_t>(p_.window.dilation[1] * input.pixel);
    v.a_s2 = static_cast<std::int32_t>(p_.window.dilation[0] * input.line);
    v.a_s3 = static_cast<std::int32_t>(p_.window.stride[1] * input.pixel);
    v.d_base = static_cast<std::uint32_t>(output.base);
    v.d_s3 = static_cast<std::int32_t>(output.pixel);
    if (p_.average) {
      v.b_mode = isa::Operand::kImmediate;
      v.b_type = isa::Type::kFp32;
      v.b_base = isa::fp32_bits(p_.scale);
      v.scale_mode = isa::Operand::kImmediate;
      v.scale = isa::fp32_bits(1.0F / static_cast<float>(divisor));
    }
    builder_.emit(v);
  }

  Builder& builder_;
  const PoolProblem& p_;
  const PoolTiling t_;
  Arena arena_;
  Pool inputs_, outputs_;
};

bool fits(const PoolProblem& p, const PoolTiling& t, const Target& target) {
  const std::int64_t line = reach(p.window, 1, 0, p.output.width).extent * p.input.channels;
  const bool loadable =
      p.input.kept || (line <= 0xffff && reach(p.window, 0, 0, t.rows).extent <= 0xffff);
  return loadable && t.depth <= 0xffff && pool_area(p, t, target) <= target.spm_bytes;
}

}  // namespace

std::int64_t pool_area(const PoolProblem& p, const PoolTiling& t, const Target& target) {
  const Arena arena({}, target.preset.spm_word_bytes);
  return 2 * (arena.round(input_bytes(p, t)) + arena.round(output_bytes(p, t)));
}

std::optional<PoolTiling> find_pool_tiling(const PoolProblem& problem, const Target& target) {
  // All channels if a single row of outputs fits, then as many rows as fit; else fewer channels.
  for (std::int64_t depth = problem.output.channels; depth >= 1;
       depth = depth == 1 ? 0 : ceil_div(depth, 2)) {
    std::int64_t rows = problem.output.height;
    while (rows > 1 && !fits(problem, {rows, depth}, target)) rows = ceil_div(rows, 2);
    if (fits(problem, {rows, depth}, target)) return PoolTiling{rows, depth};
  }
  return std::nullopt;
}

void lower_pool(Builder& builder, const PoolProblem& problem, const Area& area) {
  Target target = builder.target();
  target.spm_bytes = static_cast<std::uint32_t>(area.bytes);
  const std::optional<PoolTiling> tiling = find_pool_tiling(problem, target);
  if (!tiling) {
    throw Error(
        "node \"{}\": a row of pooling windows does not fit {} bytes of scratchpad; use a larger "
        "preset or partition",
        problem.node, target.spm_bytes);
  }
  PoolLowering(builder, problem, *tiling, area).run();
}

}  // namespace girih::compiler
