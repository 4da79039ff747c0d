// SPDX-License-Identifier: Apache-2.0
#include "python/encoder_engine.h"

#include "llm/import/load_encoder.h"

namespace girih::python {

EncoderEngine::EncoderEngine(const std::string& folder, const EngineOptions& options)
    : device_(make_device(options)),
      image_(llm::make_encoder_image(llm::load_encoder(folder), device_->preset(),
                                     options.activations)),
      session_(std::make_unique<llm::EncoderSession>(*device_, image_)) {}

std::vector<float> EncoderEngine::embed(const std::vector<std::uint32_t>& tokens,
                                        const std::vector<std::uint32_t>& types) {
  std::vector<float> vector = session_->embed(tokens, types);
  ++statistics_.steps;
  statistics_.tokens += tokens.size();
  require_no_mismatch(*device_);
  return vector;
}

Statistics EncoderEngine::statistics() {
  statistics_.counters = device_->counters(0);
  statistics_.checked = device_->checked();
  return statistics_;
}

}  // namespace girih::python
