// SPDX-License-Identifier: Apache-2.0
//
// What the Python package sees: a model directory on a device, sequences by number, and counts.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/error.h"
#include "llm/import/model.h"
#include "llm/quantise/image.h"
#include "llm/runtime/session.h"
#include "runtime/device.h"

namespace girih::python {

struct EngineOptions {
  std::string device = "golden";  ///< golden or rtl
  std::string preset = "base";
  std::string check = "tiles";  ///< rtl: tiles or none
  unsigned activations = 8;
  unsigned kv = 8;
  std::int64_t kv_tokens = 0;  ///< 0: the model's context, at most kDefaultCache
  std::uint32_t seed = 1;
  double stalls = 0.0;
  unsigned latency = 100;
  std::string reproduce;

  static constexpr std::int64_t kDefaultCache = 4096;
};

/// What a call gave: logits of the rows asked for, [row][vocabulary], and the chip's argmax of
/// each.
struct Rows {
  std::vector<float> logits;
  std::vector<std::uint32_t> argmax;
};

/// Work since the engine was made. Cycles are those of the RTL; 0 on the golden model.
struct Statistics {
  std::uint64_t tokens = 0, steps = 0;
  std::uint64_t decode_tokens = 0, decode_cycles = 0;  ///< of steps with one token a sequence
  runtime::Counters counters;
  runtime::Checked checked;
};

/// A tile of the RTL differs from the golden model.
class Mismatch : public Error {
 public:
  using Error::Error;
};

/// Throws girih::Error naming the option.
std::unique_ptr<runtime::Device> make_device(const EngineOptions& options);
/// Throws Mismatch.
void require_no_mismatch(const runtime::Device& device);

class Engine {
 public:
  /// Throws girih::Error naming file, tensor or option.
  Engine(const std::string& folder, const EngineOptions& options);

  const llm::Config& config() const { return model_config_; }
  const isa::Preset& preset() const { return device_->preset(); }
  /// The longest sequence: what the model and the cache hold.
  std::int64_t context() const { return context_; }
  std::int64_t chunk() { return session_->chunk(); }
  /// S of docs/language-models.md: keys that attention takes at a time.
  std::int64_t keys_per_tile() const { return session_->dimensions().keys; }

  std::uint64_t new_sequence();
  void free(std::uint64_t sequence);
  std::int64_t length(std::uint64_t sequence);

  /// Appends tokens to a sequence, chunk by chunk; logits of the last token, or of all of them.
  Rows feed(std::uint64_t sequence, const std::vector<std::uint32_t>& tokens, bool all);
  /// One token for each of several sequences in one step; a row for each.
  Rows decode(const std::vector<std::uint64_t>& sequences,
              const std::vector<std::uint32_t>& tokens);

  Statistics statistics();

 private:
  llm::Sequence& find(std::uint64_t sequence);
  void step(const std::vector<llm::Input>& inputs, std::int64_t logit_rows, Rows& rows);

  llm::Config model_config_;
  std::unique_ptr<runtime::Device> device_;
  llm::Image image_;
  std::unique_ptr<llm::Session> session_;
  std::map<std::uint64_t, std::unique_ptr<llm::Sequence>> sequences_;
  std::uint64_t next_sequence_ = 1;
  std::int64_t context_ = 0;
  Statistics statistics_;
};

}  // namespace girih::python
