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
      pool_(round_up(image.config.longest, kMostTokens) / d_.slots),
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

const std::vector<EncoderPart>& EncoderSession::parts(std::int64_t tokens) {
  const std::int64_t rows = encoder_rows(tokens, d_);
  auto found = parts_.find(rows);
  if (found == parts_.end())
    found = parts_.emplace(rows, compile_encoder(image_, rows, pool_.pages())).first;
  return found->second;
}

std::vector<std::uint32_t> EncoderSession::lists(std::span<const std::uint32_t> tokens,
                                                 std::span<const std::uint32_t> types,
                                                 const EncoderPart& part) {
  const StepShape& shape = part.program.shape;
  const StepBlock block(shape, d_);
  const auto length = std::ssize(tokens);
  const std::vector<std::uint32_t> none(static_cast<std::size_t>(shape.tokens), 0);
  Sequence sequence(pool_, d_.slots);
  sequence.extend(shape.keys.front());
  const Feed feed{&sequence, none};
  std::vector<std::uint32_t> words = step_lists(std::span(&feed, 1), shape, d_);
  const auto put = [&](std::int64_t list, std::int64_t i, std::int64_t value) {
    words[static_cast<std::size_t>(list / 4 + i)] = static_cast<std::uint32_t>(value);
  };
  for (std::int64_t i = 0; i < shape.tokens; ++i) {
    const std::int64_t t = part.first + i, slot = sequence.slot(t);
    put(block.keys, i, d_.key_offset(slot));
    put(block.values, i, d_.value_offset(slot));
    put(block.scales, i, d_.scale_offset(slot));
    const bool there = t < length;
    const auto at = static_cast<std::size_t>(there ? t : 0);
    const std::int64_t type = there && !types.empty() ? types[at] : 0;
    put(block.tokens, i, there ? tokens[at] : 0);
    put(block.positions, i, there ? type * image_.config.positions + t : 0);
    const float factor = there ? 1.0F / static_cast<float>(length) : 0.0F;
    put(block.pooling, i, std::bit_cast<std::uint32_t>(factor));
  }
  const std::int64_t first = shape.first_masked(0, d_);
  for (std::int64_t i = 0; i < block.mask_count; ++i) {
    const std::int64_t valid = length - (first + i) * d_.keys;
    put(block.masks, i, mask_start(std::clamp<std::int64_t>(valid, 0, d_.keys)));
  }
  return words;
}

std::vector<float> EncoderSession::embed(std::span<const std::uint32_t> tokens,
                                         std::span<const std::uint32_t> types) {
  check(tokens, types);
  for (const EncoderPart& part : parts(std::ssize(tokens))) {
    if (part.program.workspace_bytes > static_cast<std::int64_t>(workspace_.bytes)) {
      throw Error("a program with a workspace of {} bytes, {} are there",
                  part.program.workspace_bytes, workspace_.bytes);
    }
    device_.write(lists_.address, bytes_of(lists(tokens, types, part)));
    tenant_.run(part.program);
  }
  std::vector<float> vector(static_cast<std::size_t>(d_.hidden));
  device_.read(workspace_.address,
               {reinterpret_cast<std::uint8_t*>(vector.data()), vector.size() * sizeof(float)});
  return vector;
}

}  // namespace girih::llm
