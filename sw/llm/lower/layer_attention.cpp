// SPDX-License-Identifier: Apache-2.0
#include "llm/lower/layer_attention.h"

#include "llm/lower/attention.h"
#include "llm/lower/attention_inputs.h"

namespace girih::llm {
namespace {

void project(Lowering& l, std::int64_t layer, const AttentionInputs::Steps& steps) {
  l.builder.begin_layer(tag_of(layer, Part::kProjections));
  for (const auto& step : steps) step();
}

}  // namespace

void expect_layer_attention(Lowering& l, std::int64_t layer) {
  expect_attention_inputs(l, layer);
  // LOAD goes on while the lanes prepare the queries, but is there for the cache's tiles then.
  constexpr std::int64_t kPreparation = 3000;  // cycles
  l.weights.pause(kPreparation * l.d.bus_bytes);
}

// The array multiplies a block's queries while the lanes prepare its keys and values, and the next
// block's keys and values while they are busy with attention.
void layer_attention(Lowering& l, PageLists& pages, std::int64_t layer) {
  const std::vector<HeadBlock> blocks = head_blocks(l);
  const bool ahead = l.plan.multiplied_ahead;
  AttentionInputs inputs(l, layer);
  if (!l.plan.hidden.resident && !l.d.encoder) l.load_positions();
  const auto multiply = [&](const AttentionInputs::Steps& steps) { project(l, layer, steps); };
  if (ahead) multiply(inputs.multiply_keys_and_values(blocks.front()));
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    if (ahead) multiply(inputs.multiply_queries(blocks[b]));
    inputs.keys_and_values(blocks[b]);
    inputs.queries(blocks[b]);
    AttentionInputs::Steps next;
    if (ahead && b + 1 < blocks.size()) next = inputs.multiply_keys_and_values(blocks[b + 1]);
    l.builder.begin_layer(tag_of(layer, Part::kAttention));
    attend(l, pages, layer, blocks[b], next);
  }
  inputs.finish();
}

void expect_layer_keys(Lowering& l, std::int64_t layer) {
  expect_attention_inputs(l, layer, Inputs::kKeysAndValues);
}

void layer_keys(Lowering& l, std::int64_t layer) {
  AttentionInputs inputs(l, layer);
  for (const HeadBlock& heads : head_blocks(l)) {
    if (l.plan.multiplied_ahead) project(l, layer, inputs.multiply_keys_and_values(heads));
    inputs.keys_and_values(heads);
  }
  inputs.finish();
}

void expect_layer_queries(Lowering& l, std::int64_t layer) {
  expect_attention_inputs(l, layer, Inputs::kQueries);
}

void layer_queries(Lowering& l, PageLists& pages, std::int64_t layer) {
  AttentionInputs inputs(l, layer);
  for (const HeadBlock& heads : head_blocks(l)) {
    if (l.plan.multiplied_ahead) project(l, layer, inputs.multiply_queries(heads));
    inputs.queries(heads);
    l.builder.begin_layer(tag_of(layer, Part::kAttention));
    attend(l, pages, layer, heads, {});
  }
  inputs.finish();
}

}  // namespace girih::llm
