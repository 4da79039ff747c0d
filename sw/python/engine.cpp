// SPDX-License-Identifier: Apache-2.0
#include "python/engine.h"

#include <algorithm>

#include "common/error.h"
#include "llm/import/load_model.h"
#include "runtime/golden_device.h"
#include "runtime/rtl_library.h"

namespace girih::python {
namespace {

const isa::Preset& preset_named(const std::string& name) {
  if (const isa::Preset* preset = isa::find_preset(name)) return *preset;
  std::string names;
  for (const isa::Preset& preset : isa::kPresets) names += fmt::format(" {}", preset.name);
  throw Error("preset \"{}\"; accepted:{}", name, names);
}

}  // namespace

std::unique_ptr<runtime::Device> make_device(const EngineOptions& options) {
  const isa::Preset& preset = preset_named(options.preset);
  if (options.check != "tiles" && options.check != "none")
    throw Error("check \"{}\"; accepted: tiles none", options.check);
  if (options.device == "golden") return std::make_unique<runtime::GoldenDevice>(preset);
  if (options.device != "rtl") throw Error("device \"{}\"; accepted: golden rtl", options.device);
  if (!(options.stalls >= 0.0 && options.stalls <= 0.95))
    throw Error("stalls {}: 0 to 0.95 are accepted", options.stalls);
  if (options.latency < 1 || options.latency > 100'000)
    throw Error("latency {}: 1 to 100000 cycles are accepted", options.latency);
  runtime::RtlOptions rtl;
  rtl.check_tiles = options.check == "tiles";
  rtl.seed = options.seed;
  rtl.stalls = options.stalls;
  rtl.read_latency = options.latency;
  rtl.reproduce = options.reproduce;
  return runtime::make_rtl_device(preset, rtl.check_tiles ? "" : "fast", rtl);
}

void require_no_mismatch(const runtime::Device& device) {
  if (device.checked().mismatches != 0)
    throw Mismatch("a tile differs from the golden model:\n{}", device.checked().first_mismatch);
}

Engine::Engine(const std::string& folder, const EngineOptions& options) {
  if (options.activations != 8 && options.activations != 16)
    throw Error("activations of {} bits; 8 and 16 are accepted", options.activations);
  if (options.kv != 8) throw Error("a cache of {} bits; 8 is accepted", options.kv);
  if (options.kv_tokens < 0) throw Error("a cache of {} tokens", options.kv_tokens);
  device_ = make_device(options);
  {
    const llm::Model model = llm::load_model(folder);
    model_config_ = model.config;
    image_ = llm::make_image(model, device_->preset(),
                             {.activation_bits = options.activations, .positions = 0});
  }
  const std::int64_t cache =
      options.kv_tokens != 0 ? options.kv_tokens
                             : std::min(model_config_.max_positions, EngineOptions::kDefaultCache);
  session_ =
      std::make_unique<llm::Session>(*device_, image_, llm::SessionOptions{.cache_tokens = cache});
  context_ = std::min(cache, model_config_.max_positions);
}

std::uint64_t Engine::new_sequence() {
  sequences_.emplace(next_sequence_, session_->begin());
  return next_sequence_++;
}

llm::Sequence& Engine::find(std::uint64_t sequence) {
  const auto it = sequences_.find(sequence);
  if (it == sequences_.end()) throw Error("there is no sequence {}", sequence);
  return *it->second;
}

void Engine::free(std::uint64_t sequence) {
  find(sequence);
  sequences_.erase(sequence);
}

std::int64_t Engine::length(std::uint64_t sequence) { return find(sequence).length(); }

void Engine::step(const std::vector<llm::Input>& inputs, std::int64_t logit_rows, Rows& rows) {
  const std::uint64_t before = device_->counters(0).cycles;
  session_->step(inputs, logit_rows);
  const std::uint64_t fed = inputs.size() * inputs.front().tokens.size();
  ++statistics_.steps;
  statistics_.tokens += fed;
  if (inputs.front().tokens.size() == 1) {
    statistics_.decode_tokens += fed;
    statistics_.decode_cycles += device_->counters(0).cycles - before;
  }
  require_no_mismatch(*device_);
  const std::vector<std::uint32_t> best = session_->argmax();
  rows.argmax.insert(rows.argmax.end(), best.begin(), best.end());
  for (std::size_t row = 0; row < best.size(); ++row) {
    const std::vector<float> logits = session_->logits(static_cast<std::int64_t>(row));
    rows.logits.insert(rows.logits.end(), logits.begin(), logits.end());
  }
}

Rows Engine::feed(std::uint64_t sequence, const std::vector<std::uint32_t>& tokens, bool all) {
  llm::Sequence& to = find(sequence);
  if (tokens.empty()) throw Error("no tokens to append");
  if (to.length() + std::ssize(tokens) > context_) {
    throw Error("a sequence of {} tokens and {} more: the context holds {}", to.length(),
                tokens.size(), context_);
  }
  for (const std::uint32_t token : tokens) {
    if (token >= model_config_.vocabulary)
      throw Error("token {}: the model has 0 to {}", token, model_config_.vocabulary - 1);
  }
  Rows rows;
  std::span<const std::uint32_t> rest(tokens);
  while (!rest.empty()) {
    const auto now = rest.first(std::min(rest.size(), static_cast<std::size_t>(chunk())));
    rest = rest.subspan(now.size());
    step({{&to, now}}, all ? std::ssize(now) : rest.empty() ? 1 : 0, rows);
  }
  return rows;
}

Rows Engine::decode(const std::vector<std::uint64_t>& sequences,
                    const std::vector<std::uint32_t>& tokens) {
  if (sequences.size() != tokens.size()) {
    throw Error("{} sequences and {} tokens: one token for each is expected", sequences.size(),
                tokens.size());
  }
  std::vector<llm::Input> inputs;
  for (std::size_t i = 0; i < sequences.size(); ++i)
    inputs.push_back({&find(sequences[i]), std::span(tokens).subspan(i, 1)});
  Rows rows;
  step(inputs, 1, rows);
  return rows;
}

Statistics Engine::statistics() {
  statistics_.counters = device_->counters(0);
  statistics_.checked = device_->checked();
  return statistics_;
}

}  // namespace girih::python
