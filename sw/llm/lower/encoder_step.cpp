// SPDX-License-Identifier: Apache-2.0
#include "llm/lower/encoder_step.h"

#include "llm/lower/encoder_ends.h"
#include "llm/lower/encoder_layer.h"
#include "llm/lower/finish.h"
#include "llm/lower/layer_attention.h"
#include "llm/lower/layer_norm.h"

namespace girih::llm {
namespace {

class EncoderAssembly {
 public:
  EncoderAssembly(const EncoderImage& image, const StepShape& shape)
      : image_(image),
        d_(encoder_dimensions(image)),
        plan_(make_plan(shape, d_, true)),
        l_(image.image, shape, d_, plan_) {}

  StepProgram run() {
    expect();
    l_.builder.begin_layer(kEmbeddingTag);
    encoder_embed(l_);
    l_.start_streams();
    PageLists pages(l_);
    for (std::int64_t i = 0; i < d_.layers; ++i) layer(i, pages);
    l_.builder.begin_layer(head_tag(d_.layers));
    encoder_pool(l_, image_.config);
    return finish_step(l_);
  }

 private:
  /// In the order in which they are taken.
  void expect() {
    expect_layer_norm(l_, image_.embedding_norm, kEmbeddingTag);
    for (std::int64_t i = 0; i < d_.layers; ++i) {
      expect_layer_attention(l_, i);
      expect_behind_attention(l_, image_, i);
    }
  }

  void layer(std::int64_t i, PageLists& pages) {
    quantise_for_attention(l_, i);
    layer_attention(l_, pages, i);
    behind_attention(l_, image_, i);
  }

  const EncoderImage& image_;
  const Dimensions d_;
  const Plan plan_;
  Lowering l_;
};

}  // namespace

Dimensions encoder_dimensions(const EncoderImage& image) {
  Dimensions d(image.image.config, image.image.preset, image.image.activation_bits);
  d.encoder = true;
  return d;
}

std::int64_t encoder_rows(std::int64_t tokens, const Dimensions& d) {
  return round_up(tokens, d.slots);
}

StepShape encoder_shape(std::int64_t sequences, std::int64_t rows, std::int64_t pages) {
  return {.tokens = rows,
          .keys = std::vector<std::int64_t>(static_cast<std::size_t>(sequences), rows),
          .logit_rows = 0,
          .pages = pages};
}

StepProgram compile_encoder_step(const EncoderImage& image, const StepShape& shape) {
  return EncoderAssembly(image, shape).run();
}

}  // namespace girih::llm
