// SPDX-License-Identifier: Apache-2.0
//
// Limits against figures worked out by hand.
#include "llm/report/limits.h"

#include <gtest/gtest.h>

#include "llm/lower/parts.h"
#include "llm/report/model_report.h"

namespace girih::llm {
namespace {

Config qwen3_layer() {
  return {.architecture = "Qwen3ForCausalLM",
          .hidden = 1024,
          .intermediate = 3072,
          .layers = 1,
          .heads = 16,
          .kv_heads = 8,
          .head_dim = 128,
          .vocabulary = 4096,
          .max_positions = 40960,
          .rope = {},
          .qk_norm = true,
          .end_tokens = {}};
}
const Chip kBase{*isa::find_preset("base")};

TEST(Limits, DecodeIsTheBusAlone) {
  const StepSize size{.tokens = 1, .context = 128, .logit_rows = 0};
  const Operation all = total(layer_operations(qwen3_layer(), kBase, size, 0));
  EXPECT_EQ(all.weight_bytes, 15'728'640u);
  EXPECT_EQ(all.scale_bytes, 4u * (2048 + 2 * 1024 + 1024 + 2 * 3072 + 1024));
  // Norms; a new key and value; 128 keys and values of eight heads, with their scales.
  EXPECT_EQ(all.other_bytes, 2u * 4 * 1024 + 8 * 128 + 129 * 8 * (2 * 128 + 8));
  EXPECT_EQ(all.macs, 63'488u * 256);
  EXPECT_EQ(all.bytes() % 16, 0u);
  EXPECT_EQ(all.cycles, all.bytes() / 16);
}

TEST(Limits, PrefillIsTheArrayAlone) {
  const StepSize size{.tokens = 128, .context = 128, .logit_rows = 0};
  std::uint64_t cycles = 0;
  for (const Operation& x : layer_operations(qwen3_layer(), kBase, size, 0)) {
    if (x.macs != 0) cycles += x.cycles;
  }
  EXPECT_EQ(cycles, 8'126'464u);
}

TEST(Limits, SixteenBitsTakeTwoPasses) {
  const StepSize size{.tokens = 128, .context = 128, .logit_rows = 1};
  const Chip wide{kBase.preset, 16};
  const auto one = step_operations(qwen3_layer(), kBase, size, Dtype::kBf16);
  const auto two = step_operations(qwen3_layer(), wide, size, Dtype::kBf16);
  EXPECT_EQ(total(two).macs, 2 * total(one).macs);
  EXPECT_EQ(total(two).bytes(), total(one).bytes());
}

TEST(Limits, HeadWithLogits) {
  const StepSize size{.tokens = 1, .context = 1, .logit_rows = 1};
  const auto head = head_operations(qwen3_layer(), kBase, size);
  ASSERT_EQ(head.size(), 1u);
  EXPECT_EQ(head[0].tag, head_tag(1));
  EXPECT_EQ(head[0].bytes(), 4096u * 1024 + 4 * 4096 + 4 * 1024 + 4 * 4097);
  EXPECT_EQ(head[0].cycles, (head[0].bytes() + 15) / 16);
  EXPECT_TRUE(head_operations(qwen3_layer(), kBase, {1, 1, 0}).empty());
}

}  // namespace
}  // namespace girih::llm
