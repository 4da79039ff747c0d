// SPDX-License-Identifier: Apache-2.0
//
// What the Python package sees of an encoder: its directory on a device, vectors of sequences.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "llm/runtime/encoder_session.h"
#include "python/engine.h"

namespace girih::python {

class EncoderEngine {
 public:
  /// Of the options those of the cache do not count. Throws girih::Error naming file, tensor or
  /// option.
  EncoderEngine(const std::string& folder, const EngineOptions& options);

  const llm::EncoderConfig& config() const { return image_.config; }
  const isa::Preset& preset() const { return device_->preset(); }
  /// S of docs/encoders.md.
  std::int64_t keys_per_tile() const { return session_->dimensions().keys; }

  /// FP32 [hidden]; `types` as long as `tokens`, or empty: all 0.
  std::vector<float> embed(const std::vector<std::uint32_t>& tokens,
                           const std::vector<std::uint32_t>& types);

  Statistics statistics();

 private:
  std::unique_ptr<runtime::Device> device_;
  llm::EncoderImage image_;
  std::unique_ptr<llm::EncoderSession> session_;
  Statistics statistics_;
};

}  // namespace girih::python
