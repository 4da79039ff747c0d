// SPDX-License-Identifier: Apache-2.0
//
// LayerNorm of rows in place (docs/encoders.md, Numbers). Weights and bias are the next two pieces
// of the stream of norms.
#pragma once

#include "llm/lower/lowering.h"
#include "llm/quantise/encoder_image.h"

namespace girih::llm {

void expect_layer_norm(Lowering& l, const PackedNorm& norm, std::uint32_t tag);

/// A norm's weights and bias in the scratchpad, from its construction to its destruction.
class NormWeights {
 public:
  explicit NormWeights(Lowering& l) : weight(l.norms.take()), bias(l.norms.take()), l_(l) {}
  ~NormWeights() noexcept(false) {
    l_.norms.release();
    l_.norms.release();
  }
  NormWeights(const NormWeights&) = delete;
  NormWeights& operator=(const NormWeights&) = delete;

  const std::int64_t weight, bias;

 private:
  Lowering& l_;
};

/// `count` rows of h at `base` in the scratchpad, which are rows `at` and so on of the step.
void layer_norm(Lowering& l, const NormWeights& norm, std::int64_t base, std::int64_t at,
                std::int64_t count);
/// All rows of h, wherever they are.
void layer_norm(Lowering& l);

}  // namespace girih::llm
