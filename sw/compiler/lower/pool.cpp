// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/pool.h"

#include <algorithm>

namespace girih::compiler {
namespace {

struct PoolTiling {
  std::int64_t rows, depth;
};

class PoolLowering {
 public:
  PoolLowering(Builder& builder, const PoolProblem& problem, const PoolTiling& tiling)
      : builder_(builder),
        p_(problem),
        t_(tiling),
        arena_(builder.target().spm_bytes, builder.target().preset.spm_word_bytes),
        inputs_(arena_, input_bytes(problem, tiling), 2),
        outputs_(arena_, output_bytes(problem, tiling), 2) {}

  static std::int64_t input_bytes(const PoolProblem& p, const PoolTiling& t) {
    return reach(p.window, 0, 0, t.rows).extent * reach(p.window, 1, 0, p.output.width).extent *
           t.depth;
  }
  static std::int64_t output_bytes(const PoolProblem& p, const PoolTiling& t) {
    return t.rows * p.output.width * t.depth;
  }

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
    const std::uint32_t input = inputs_.next();
    const std::uint32_t output = outputs_.next();
    Map source = p_.input;
    source.offset += image * source.height * source.width * source.channels;
    Map target = p_.output;
    target.offset += image * target.height * target.width * target.channels;
    load_region(builder_, source,
                {.y = down.first,
                 .x = across.first,
                 .c = c,
                 .rows = down.extent,
                 .columns = across.extent,
                 .depth = depth},
                p_.pad, input, p_.node);
    for (std::int64_t row = 0; row < rows; ++row) {
      const std::int64_t line = across.extent * depth;
      for (std::int64_t x = 0; x < p_.output.width;) {
        const std::int64_t count = elements(y + row, x);
        std::int64_t end = x + 1;
        while (end < p_.output.width && (!p_.average || elements(y + row, end) == count)) ++end;
        window(static_cast<std::uint32_t>(input + row * p_.window.stride[0] * line +
                                          x * p_.window.stride[1] * depth),
               line, depth,
               static_cast<std::uint32_t>(output + (row * p_.output.width + x) * depth), end - x,
               count);
        x = end;
      }
    }
    store_region(builder_, target,
                 {.y = y, .x = 0, .c = c, .rows = rows, .columns = p_.output.width, .depth = depth},
                 output);
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

  void window(std::uint32_t input, std::int64_t line, std::int64_t depth, std::uint32_t output,
              std::int64_t count, std::int64_t divisor) {
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
    v.a_base = input;
    v.a_s1 = static_cast<std::int32_t>(p_.window.dilation[1] * depth);
    v.a_s2 = static_cast<std::int32_t>(p_.window.dilation[0] * line);
    v.a_s3 = static_cast<std::int32_t>(p_.window.stride[1] * depth);
    v.d_base = output;
    v.d_s3 = static_cast<std::int32_t>(depth);
    if (p_.average) {
      v.b_mode = isa::Operand::kImmediate;
      v.b_type = isa::Type::kFp32;
      v.b_base = isa::fp32_bits(p_.scale);
      v.scale_en = true;
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

bool fits(const Builder& builder, const PoolProblem& p, const PoolTiling& t) {
  const Arena arena(builder.target().spm_bytes, builder.target().preset.spm_word_bytes);
  const std::int64_t line = reach(p.window, 1, 0, p.output.width).extent * p.input.channels;
  return line <= 0xffff && t.depth <= 0xffff &&
         reach(p.window, 0, 0, t.rows).extent <= 0xffff &&  // counts have 16 bits
         2 * (arena.round(PoolLowering::input_bytes(p, t)) +
              arena.round(PoolLowering::output_bytes(p, t))) <=
             builder.target().spm_bytes;
}

}  // namespace

void lower_pool(Builder& builder, const PoolProblem& problem) {
  // All channels if a single row of outputs fits, then as many rows as fit; else fewer channels.
  for (std::int64_t depth = problem.output.channels; depth >= 1;
       depth = depth == 1 ? 0 : ceil_div(depth, 2)) {
    std::int64_t rows = problem.output.height;
    while (rows > 1 && !fits(builder, problem, {rows, depth})) rows = ceil_div(rows, 2);
    if (!fits(builder, problem, {rows, depth})) continue;
    return PoolLowering(builder, problem, {rows, depth}).run();
  }
  throw Error(
      "node \"{}\": a row of pooling windows does not fit {} bytes of scratchpad; use a larger "
      "preset or partition",
      problem.node, builder.target().spm_bytes);
}

}  // namespace girih::compiler
