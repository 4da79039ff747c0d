// SPDX-License-Identifier: Apache-2.0
#include "llm/runtime/encoder_session.h"

#include <algorithm>
#include <bit>

#include "common/error.h"
#include "compiler/schedule/tokens.h"
#include "llm/lower/lowering.h"
#include "llm/lower/workspace.h"
#include "llm/quantise/mask_strip.h"
#include "llm/runtime/step_block.h"

namespace girih::llm {

EncoderSession::EncoderSession(runtime::Device& device, const EncoderImage& image,
                               const EncoderOptions& options)
    : device_(device),
      image_(image),
      d_(encoder_dimensions(image)),
      pool_(encoder_rows(image.config.longest, d_) / d_.slots),
      tenant_(device, image.image, options.context, options.dram) {
  const std::int64_t rows = pool_.pages() * d_.slots;
  const auto planes = static_cast<std::uint64_t>(d_.layers * d_.kv_heads);
  tenant_.map(kCacheWindow, planes * static_cast<std::uint64_t>(pool_.pages() * d_.page_bytes),
              true, "keys and values");
  const StepShape longest = encoder_shape(1, rows, pool_.pages());
  const std::int64_t spilled = rows * (d_.hidden + d_.query() + d_.intermediate);
  workspace_ = tenant_.map(
      compiler::kWorkspaceWindow,
      static_cast<std::uint64_t>(Workspace(longest, d_).spilled + 4 * spilled + 4 * kAlignment),
      true, "workspace");
  lists_ = tenant_.map(kStepWindow, static_cast<std::uint64_t>(StepBlock(longest, d_).bytes), false,
                       "step block");
}

void EncoderSession::check(std::span<const std::uint32_t> tokens,
                           std::span<const std::uint32_t> types) const {
  if (tokens.empty() || std::ssize(tokens) > image_.config.longest) {
    throw Error("a sequence of {} tokens: 1 to {} are accepted", tokens.size(),
                image_.config.longest);
  }
  if (!types.empty() && types.size() != tokens.size()) {
    throw Error("{} tokens with {} types: as many are expected, or none", tokens.size(),
                types.size());
  }
  for (const std::uint32_t token : tokens) {
    if (token >= d_.vocabulary)
      throw Error("token {}: the vocabulary has {}", token, d_.vocabulary);
  }
  for (const std::uint32_t type : types) {
    if (type >= image_.config.types)
      throw Error("token type {}: the model has {}", type, image_.config.types);
  }
}

const StepProgram& EncoderSession::program(const StepShape& shape) {
  auto found = programs_.find(shape);
  if (found == programs_.end())
    found = programs_.emplace(shape, compile_encoder_step(image_, shape)).first;
  return found->second;
}

std::vector<std::uint32_t> EncoderSession::lists(std::span<const std::uint32_t> tokens,
                                                 std::span<const std::uint32_t> types,
                                                 const StepShape& shape) {
  const StepBlock block(shape, d_);
  const auto length = std::ssize(tokens);
  std::vector<std::uint32_t> filled(tokens.begin(), tokens.end());
  filled.resize(static_cast<std::size_t>(shape.tokens), 0);
  Sequence sequence(pool_, d_.slots);
  sequence.extend(shape.tokens);
  const Feed feed{&sequence, filled};
  std::vector<std::uint32_t> words = step_lists(std::span(&feed, 1), shape, d_);
  const auto list = [&](std::int64_t at) { return words.begin() + at / 4; };
  for (std::int64_t t = 0; t < shape.tokens; ++t) {
    const std::int64_t type = t < length && !types.empty() ? types[static_cast<std::size_t>(t)] : 0;
    const std::int64_t row = t < length ? type * image_.config.positions + t : 0;
    list(block.positions)[t] = static_cast<std::uint32_t>(row);
    const float factor = t < length ? 1.0F / static_cast<float>(length) : 0.0F;
    list(block.pooling)[t] = std::bit_cast<std::uint32_t>(factor);
  }
  const std::int64_t first = shape.first_masked(0, d_);
  for (std::int64_t i = 0; i < block.mask_count; ++i) {
    const std::int64_t valid = length - (first + i) * d_.keys;
    list(block.masks)[i] =
        static_cast<std::uint32_t>(mask_start(std::clamp<std::int64_t>(valid, 0, d_.keys)));
  }
  return words;
}

std::vector<float> EncoderSession::embed(std::span<const std::uint32_t> tokens,
                                         std::span<const std::uint32_t> types) {
  check(tokens, types);
  const StepShape shape = encoder_shape(1, encoder_rows(std::ssize(tokens), d_), pool_.pages());
  const StepProgram& step = program(shape);
  device_.write(lists_.address, bytes_of(lists(tokens, types, shape)));
  tenant_.run(step);
  std::vector<float> vector(static_cast<std::size_t>(d_.hidden));
  device_.read(workspace_.address,
               {reinterpret_cast<std::uint8_t*>(vector.data()), vector.size() * sizeof(float)});
  return vector;
}

}  // namespace girih::llm
