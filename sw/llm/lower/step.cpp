// SPDX-License-Identifier: Apache-2.0
#include "llm/lower/step.h"

#include <algorithm>

#include "common/error.h"
#include "compiler/schedule/cost.h"
#include "compiler/schedule/happens_before.h"
#include "compiler/schedule/tokens.h"
#include "llm/lower/attention.h"
#include "llm/lower/attention_inputs.h"
#include "llm/lower/ends.h"
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
    for (Stream* stream : streams()) stream->start();
    PageLists pages(l_);
    for (std::int64_t i = 0; i < d_.layers; ++i) layer(i, pages);
    l_.builder.begin_layer(head_tag(d_.layers));
    head(l_, Workspace(shape_, d_));
    for (Stream* stream : streams()) {
      if (!stream->exhausted()) throw Error("a step's program leaves data that it has loaded");
    }
    isa::Fence done;
    done.irq = true;
    l_.builder.emit(done);
    return finish();
  }

 private:
  std::vector<Stream*> streams() { return {&l_.norms, &l_.head_norms, &l_.scales, &l_.weights}; }

  /// In the order in which layer() and head() take.
  void expect() {
    for (std::int64_t i = 0; i < d_.layers; ++i) {
      const PackedLayer& layer = image_.layers[static_cast<std::size_t>(i)];
      l_.norms.expect(layer.input_norm, 4 * d_.hidden, tag_of(i, Part::kAttentionNorm));
      expect_attention_inputs(l_, i);
      // LOAD goes on while the lanes prepare the queries, but is there for the cache's tiles then.
      constexpr std::int64_t kPreparation = 3000;  // cycles
      l_.weights.pause(kPreparation * d_.bus_bytes);
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
    attention(i, pages);
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

  /// The array multiplies a block's queries while the lanes prepare its keys and values, and the
  /// next block's keys and values while they are busy with attention.
  void attention(std::int64_t i, PageLists& pages) {
    const std::vector<HeadBlock> blocks = head_blocks(l_);
    const bool ahead = plan_.multiplied_ahead;
    AttentionInputs inputs(l_, i);
    if (!plan_.hidden.resident) l_.load_positions();
    const auto multiply = [&](const AttentionInputs::Steps& steps) {
      l_.builder.begin_layer(tag_of(i, Part::kProjections));
      for (const auto& step : steps) step();
    };
    if (ahead) multiply(inputs.multiply_keys_and_values(blocks.front()));
    for (std::size_t b = 0; b < blocks.size(); ++b) {
      if (ahead) multiply(inputs.multiply_queries(blocks[b]));
      inputs.keys_and_values(blocks[b]);
      inputs.queries(blocks[b]);
      AttentionInputs::Steps next;
      if (ahead && b + 1 < blocks.size()) next = inputs.multiply_keys_and_values(blocks[b + 1]);
      l_.builder.begin_layer(tag_of(i, Part::kAttention));
      attend(l_, pages, i, blocks[b], next);
    }
    inputs.finish();
  }

  StepProgram finish() {
    StepProgram program{.shape = shape_,
                        .instructions = std::move(l_.builder.instructions()),
                        .array_macs = l_.builder.array_macs(),
                        .workspace_bytes = plan_.workspace_bytes};
    const auto workspace = static_cast<std::uint64_t>(plan_.workspace_bytes);
    const auto cache = static_cast<std::uint64_t>(l_.plane(d_.layers, 0));
    const compiler::Extents extents(
        static_cast<std::uint32_t>(d_.spm_bytes), static_cast<std::uint32_t>(d_.acc_bytes),
        {{compiler::kWorkspaceWindow, workspace, 64}, {kCacheWindow, cache, 4096}}, 16);
    compiler::assign_tokens(program.instructions, image_.preset, extents);
    compiler::prove_ordered(program.instructions, image_.preset, extents);
    compiler::check_costs(program.instructions, image_.preset, compiler::kMaxInstrCycles,
                          [&](std::uint32_t i) {
                            const auto header = isa::decode_header(program.instructions[i]);
                            return part_name(header.tag, d_.layers);
                          });
    return program;
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
