// SPDX-License-Identifier: Apache-2.0
#include "llm/runtime/session.h"

#include <algorithm>
#include <cstring>

#include "common/error.h"
#include "compiler/schedule/tokens.h"
#include "llm/lower/lowering.h"
#include "llm/lower/workspace.h"
#include "llm/quantise/mask_strip.h"
#include "llm/runtime/step_block.h"

namespace girih::llm {
Session::Session(runtime::Device& device, const Image& image, const SessionOptions& options)
    : device_(device),
      image_(image),
      options_(options),
      d_(image.config, image.preset, image.activation_bits),
      pool_(ceil_div(options.cache_tokens, d_.slots)),
      tenant_(device, image, options.context, options.dram) {
  const auto planes = static_cast<std::uint64_t>(d_.layers * d_.kv_heads);
  tenant_.map(kCacheWindow, planes * static_cast<std::uint64_t>(pool_.pages() * d_.page_bytes),
              true, "cache; use a smaller one");
  // Logits of so many rows, and rows of a chunk that does not fit the chip.
  const std::int64_t spilled = kMostTokens * (d_.hidden + d_.query() + d_.intermediate);
  workspace_ =
      tenant_.map(compiler::kWorkspaceWindow,
                  static_cast<std::uint64_t>(
                      4 * (options.logit_rows * (d_.vocabulary + 1) + spilled) + 8 * kAlignment),
                  true, "logits");
  // Every page in one list, lists rounded up to tiles, and room for the rows of large batches.
  lists_ = tenant_.map(kStepWindow, static_cast<std::uint64_t>(8 * pool_.pages()) + (1U << 20),
                       false, "step block");
}

std::int64_t Session::chunk() {
  if (!chunk_) chunk_ = largest_chunk(image_);
  return *chunk_;
}

const StepProgram& Session::program(const StepShape& shape) {
  auto found = programs_.find(shape);
  if (found == programs_.end()) {
    found = programs_.emplace(shape, compile_step(image_, shape)).first;
  }
  return found->second;
}

void Session::check(std::span<const Input> inputs, std::int64_t logit_rows) const {
  if (inputs.empty() || inputs.front().tokens.empty()) throw Error("a step without tokens");
  const std::size_t count = inputs.front().tokens.size();
  const std::int64_t context = std::min(image_.position_count, image_.config.max_positions);
  for (const Input& input : inputs) {
    if (input.tokens.size() != count) {
      throw Error("a step of {} and {} new tokens: all sequences take the same number", count,
                  input.tokens.size());
    }
    for (const std::uint32_t token : input.tokens) {
      if (token >= d_.vocabulary)
        throw Error("token {}: the vocabulary has {}", token, d_.vocabulary);
    }
    if (input.sequence->length() + std::ssize(input.tokens) > context) {
      throw Error("a sequence of {} tokens and {} more: the model's context has {}",
                  input.sequence->length(), count, context);
    }
  }
  if (logit_rows > static_cast<std::int64_t>(count) ||
      logit_rows * std::ssize(inputs) > options_.logit_rows) {
    throw Error("logits for {} rows of each of {} sequences with {} new tokens: {} rows at most",
                logit_rows, inputs.size(), count, options_.logit_rows);
  }
}

void Session::step(std::span<const Input> inputs, std::int64_t logit_rows) {
  check(inputs, logit_rows);
  const std::int64_t tokens = std::ssize(inputs.front().tokens);
  std::vector<Feed> feeds;
  try {
    for (const Input& input : inputs) {
      input.sequence->extend(tokens);
      feeds.push_back({input.sequence, input.tokens});
    }
    const StepShape shape = step_shape(feeds, logit_rows, pool_.pages(), d_);
    latest_ = &program(shape);
    if (latest_->workspace_bytes > static_cast<std::int64_t>(workspace_.bytes)) {
      throw Error("a step with a workspace of {} bytes, {} are there: fewer tokens at a time",
                  latest_->workspace_bytes, workspace_.bytes);
    }
    const std::vector<std::uint32_t> lists = step_lists(feeds, shape, d_);
    if (lists.size() * 4 > lists_.bytes)
      throw Error("a step block of {} bytes, {} are there", lists.size() * 4, lists_.bytes);
    device_.write(lists_.address, bytes_of(lists));
  } catch (...) {
    for (std::size_t i = 0; i < feeds.size(); ++i)
      inputs[i].sequence->truncate(inputs[i].sequence->length() - tokens);
    throw;
  }
  tenant_.run(*latest_);
}

void Session::prefill(Sequence& sequence, std::span<const std::uint32_t> tokens) {
  while (!tokens.empty()) {
    const auto now = tokens.first(std::min(tokens.size(), static_cast<std::size_t>(chunk())));
    tokens = tokens.subspan(now.size());
    const Input input{&sequence, now};
    step(std::span(&input, 1), tokens.empty() ? 1 : 0);
  }
}

std::vector<std::uint32_t> Session::argmax() {
  std::vector<std::uint32_t> result(static_cast<std::size_t>(latest_->shape.logits()));
  device_.read(workspace_.address,
               {reinterpret_cast<std::uint8_t*>(result.data()), result.size() * 4});
  return result;
}

std::vector<float> Session::logits(std::int64_t row) {
  std::vector<float> result(static_cast<std::size_t>(d_.vocabulary));
  const std::int64_t at = Workspace(latest_->shape, d_).logits + 4 * row * d_.vocabulary;
  device_.read(workspace_.address + static_cast<std::uint64_t>(at),
               {reinterpret_cast<std::uint8_t*>(result.data()), result.size() * 4});
  return result;
}

}  // namespace girih::llm
