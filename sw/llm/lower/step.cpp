// SPDX-License-Identifier: Apache-2.0
#include "llm/lower/step.h"

#include "llm/lower/ends.h"
#include "llm/lower/finish.h"
#include "llm/lower/layer_attention.h"
#include "llm/lower/linear.h"
#include "llm/lower/mlp.h"
#include "llm/lower/norm.h"

namespace girih::llm {
namespace {

bool any_bias(const Image& image) { return image.config.attention_bias || image.config.mlp_bias; }

class Assembly {
 public:
  Assembly(const Image& image, const StepShape& shape)
      : image_(image),
        shape_(shape),
        d_(image.config, image.preset, image.activation_bits),
        plan_(make_plan(shape, d_, any_bias(image))),
        l_(image, shape, d_, plan_) {}

  StepProgram run() {
    expect();
    l_.builder.begin_layer(kEmbeddingTag);
    begin_step(l_);
    l_.start_streams();
    PageLists pages(l_);
    for (std::int64_t i = 0; i < d_.layers; ++i) layer(i, pages);
    l_.builder.begin_layer(head_tag(d_.layers));
    head(l_, Workspace(shape_, d_));
    return finish_step(l_);
  }

 private:
  /// In the order in which layer() and head() take.
  void expect() {
    for (std::int64_t i = 0; i < d_.layers; ++i) {
      const PackedLayer& layer = image_.layers[static_cast<std::size_t>(i)];
      l_.norms.expect(layer.input_norm, 4 * d_.hidden, tag_of(i, Part::kAttentionNorm));
      expect_layer_attention(l_, i);
      expect_linear_onto(l_, layer.o, tag_of(i, Part::kOutput));
      l_.norms.expect(layer.post_attention_norm, 4 * d_.hidden, tag_of(i, Part::kMlpNorm));
      expect_gated(l_, layer, tag_of(i, Part::kGateUp));
      expect_linear_onto(l_, layer.down, tag_of(i, Part::kDown));
    }
    expect_head(l_);
  }

  void layer(std::int64_t i, PageLists& pages) {
    const PackedLayer& layer = image_.layers[static_cast<std::size_t>(i)];
    const auto part = [&](Part name) { l_.builder.begin_layer(tag_of(i, name)); };
    const std::int64_t rows = shape_.rows();
    const auto normalised = [&](const Quantised& to) {
      normalise_rows(l_, plan_.hidden, 0, rows, l_.norms.take(), to);
      l_.norms.release();
    };
    part(Part::kAttentionNorm);
    l_.before_attention = true;
    normalised(plan_.attention_input);
    l_.before_attention = false;
    layer_attention(l_, pages, i);
    part(Part::kOutput);
    quantise_rows(l_, plan_.attended, 0, rows, plan_.attention_output);
    linear_onto(l_, layer.o, plan_.attention_output, plan_.hidden);
    part(Part::kMlpNorm);
    normalised(plan_.mlp_input);
    part(Part::kGateUp);
    gated(l_, layer);
    part(Part::kDown);
    quantise_rows(l_, plan_.gated, 0, rows, plan_.mlp_output);
    linear_onto(l_, layer.down, plan_.mlp_output, plan_.hidden);
  }

  const Image& image_;
  const StepShape& shape_;
  const Dimensions d_;
  const Plan plan_;
  Lowering l_;
};

}  // namespace

StepProgram compile_step(const Image& image, const StepShape& shape) {
  return Assembly(image, shape).run();
}

std::int64_t largest_chunk(const Image& image) {
  return largest_chunk(Dimensions(image.config, image.preset, image.activation_bits),
                       any_bias(image));
}

}  // namespace girih::llm
