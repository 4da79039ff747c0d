// SPDX-License-Identifier: Apache-2.0
//
// An encoder on a device: memory and windows, programs made as lengths come, vectors of sequences.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "llm/lower/encoder_step.h"
#include "llm/runtime/cache.h"
#include "llm/runtime/tenant.h"

namespace girih::llm {

struct EncoderOptions {
  unsigned context = 0;
  std::uint64_t dram = 0x1000'0000;  ///< first byte of the memory it takes; a multiple of 4 KiB
};

class EncoderSession {
 public:
  /// Writes the image to the device's memory. `device` and `image` outlive the session. Throws
  /// girih::Error when the image is of another preset or something does not fit a window.
  EncoderSession(runtime::Device& device, const EncoderImage& image,
                 const EncoderOptions& options = {});

  const EncoderImage& image() const { return image_; }
  const Dimensions& dimensions() const { return d_; }

  /// The vector of a sequence, FP32 [hidden]; `types` as long as `tokens`, or empty: all 0. Throws
  /// girih::Error for tokens and types that do not exist, sequences of no or too many tokens, a
  /// step that does not fit, a fault of the device.
  std::vector<float> embed(std::span<const std::uint32_t> tokens,
                           std::span<const std::uint32_t> types = {});

 private:
  void check(std::span<const std::uint32_t> tokens, std::span<const std::uint32_t> types) const;
  std::vector<std::uint32_t> lists(std::span<const std::uint32_t> tokens,
                                   std::span<const std::uint32_t> types, const EncoderPart& part);
  const std::vector<EncoderPart>& parts(std::int64_t tokens);

  runtime::Device& device_;
  const EncoderImage& image_;
  const Dimensions d_;
  PagePool pool_;
  Tenant tenant_;
  Region workspace_, lists_;
  std::map<std::int64_t, std::vector<EncoderPart>> parts_;  ///< by rows, filled up
};

}  // namespace girih::llm
