// SPDX-License-Identifier: Apache-2.0
//
// Whole steps on the golden device against the emulation of the page's arithmetic, bit by bit.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "common/error.h"
#include "dirty_device.h"
#include "emulation.h"
#include "llm/import/random_model.h"
#include "llm/lower/workspace.h"
#include "llm/runtime/session.h"
#include "runtime/golden_device.h"

namespace girih::llm {
namespace {

using Tokens = std::vector<std::uint32_t>;

/// A model on the golden device.
struct Bench {
  Bench(const ModelShape& shape, const char* preset, unsigned bits, std::int64_t cache_tokens = 512,
        std::uint32_t seed = 1)
      : model(random_model(shape, seed)),
        image(make_image(model, *isa::find_preset(preset), {.activation_bits = bits})),
        device(image.preset),
        session(device, image, {.cache_tokens = cache_tokens}),
        emulation(model, bits, session.dimensions().keys),
        random(seed) {}

  Tokens draw(std::size_t count) {
    Tokens tokens(count);
    for (auto& t : tokens) t = random() % static_cast<std::uint32_t>(model.config.vocabulary);
    return tokens;
  }
  /// The latest step's row against the emulation's logits.
  void expect_row(std::int64_t row, const std::vector<float>& want) {
    const std::vector<float> have = session.logits(row);
    ASSERT_EQ(have.size(), want.size());
    for (std::size_t i = 0; i < have.size(); ++i) {
      ASSERT_EQ(std::bit_cast<std::uint32_t>(have[i]), std::bit_cast<std::uint32_t>(want[i]))
          << "row " << row << ", logit " << i << ": " << have[i] << ", wanted " << want[i];
    }
    EXPECT_EQ(session.argmax()[static_cast<std::size_t>(row)],
              std::max_element(want.begin(), want.end()) - want.begin());
  }

  Model model;
  Image image;
  runtime::GoldenDevice device;
  Session session;
  Emulation emulation;
  std::mt19937 random;
};

/// A prompt with logits of all rows, then tokens one by one.
void run(Bench& x, std::size_t prompt, std::size_t more) {
  const auto sequence = x.session.begin();
  const Tokens tokens = x.draw(prompt + more);
  std::span<const std::uint32_t> rest = std::span(tokens).first(prompt);
  while (!rest.empty()) {
    const auto now = rest.first(std::min(rest.size(), static_cast<std::size_t>(x.session.chunk())));
    const Input input{sequence.get(), now};
    x.session.step(std::span(&input, 1), std::ssize(now));
    for (std::int64_t i = 0; i < std::ssize(now); ++i)
      x.expect_row(i, x.emulation.feed(now[static_cast<std::size_t>(i)]));
    rest = rest.subspan(now.size());
  }
  for (std::size_t i = prompt; i < tokens.size(); ++i) {
    const Input input{sequence.get(), std::span(tokens).subspan(i, 1)};
    x.session.step(std::span(&input, 1), 1);
    x.expect_row(0, x.emulation.feed(tokens[i]));
  }
}

const ModelShape kSmall{.hidden = 128,
                        .intermediate = 384,
                        .layers = 4,
                        .heads = 8,
                        .kv_heads = 4,
                        .head_dim = 16,
                        .vocabulary = 1024};

struct Case {
  const char* name;
  ModelShape shape;
  std::vector<const char*> presets;
  std::vector<unsigned> bits;
  std::size_t prompt, more;
};

class StepCase : public ::testing::TestWithParam<Case> {};

TEST_P(StepCase, EqualsTheEmulation) {
  const Case& c = GetParam();
  for (const char* preset : c.presets) {
    for (const unsigned bits : c.bits) {
      SCOPED_TRACE(std::string(preset) + ", " + std::to_string(bits) + " bits");
      Bench x(c.shape, preset, bits);
      RecordProperty(std::string("chunk ") + preset, static_cast<int>(x.session.chunk()));
      run(x, c.prompt, c.more);
      if (HasFatalFailure()) return;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, StepCase,
    ::testing::Values(
        Case{"decode_alone", {}, {"base", "ecp5"}, {8, 16}, 0, 3},
        Case{"small", kSmall, {"tiny", "base"}, {8, 16}, 9, 2},
        // Rows that do not fit the chip.
        Case{"small_prompt", kSmall, {"tiny", "base"}, {8, 16}, 70, 1},
        Case{"wide_rows",
             {.hidden = 512,
              .intermediate = 1400,
              .layers = 1,
              .heads = 8,
              .kv_heads = 4,
              .head_dim = 64,
              .bias = true},
             {"base", "ecp5"},
             {8, 16},
             40,
             1},
        Case{"wide_rows_odd_heads",
             {.hidden = 520,
              .intermediate = 700,
              .layers = 1,
              .heads = 15,
              .kv_heads = 5,
              .head_dim = 20,
              .qk_norm = false},
             {"tiny", "base"},
             {8, 16},
             40,
             1},
        // Over a tile's end, and in the middle of a third one.
        Case{"tiles", {.layers = 1, .positions = 400}, {"tiny", "wide"}, {8, 16}, 127, 3},
        Case{"three_tiles", {.layers = 1}, {"ecp5"}, {8}, 290, 2},
        // Nothing is a multiple of anything; three heads share one.
        Case{"odd",
             {.hidden = 42,
              .intermediate = 75,
              .heads = 3,
              .kv_heads = 1,
              .head_dim = 22,
              .vocabulary = 131,
              .qk_norm = false,
              .tied = false,
              .bias = true,
              .dtype = Dtype::kF32},
             {"tiny", "base", "wide", "ecp5"},
             {8, 16},
             21,
             2},
        Case{"half_floats", {.dtype = Dtype::kF16}, {"base"}, {8}, 3, 1},
        // Reductions in parts of 512, row tiles in pieces.
        Case{"deep",
             {.hidden = 600, .intermediate = 1100, .layers = 1, .bias = true},
             {"tiny", "base", "wide"},
             {8, 16},
             2,
             1},
        Case{"llama3",
             {.qk_norm = false,
              .rope = {.theta = 500000,
                       .scaling = Rope::Scaling::kLlama3,
                       .factor = 8,
                       .low_freq_factor = 1,
                       .high_freq_factor = 4,
                       .original_positions = 64}},
             {"base"},
             {8},
             20,
             2}),
    [](const auto& info) { return std::string(info.param.name); });
void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

/// Pages of a sequence anywhere in the pool.
TEST(Step, PagesInAnyOrder) {
  Bench x({.layers = 1}, "base", 8, 640);
  std::vector<std::unique_ptr<Sequence>> others;
  std::vector<std::uint32_t> pages;
  while (x.session.pool().free() > 0) pages.push_back(x.session.pool().take());
  std::shuffle(pages.begin(), pages.end(), x.random);
  for (const std::uint32_t page : pages) x.session.pool().give(page);
  run(x, 150, 2);
}

/// Sequences of different lengths in one step give what each gives alone.
TEST(Step, SequencesTogether) {
  Bench x({.heads = 6, .kv_heads = 3}, "base", 8);
  std::vector<std::unique_ptr<Sequence>> sequences;
  std::vector<std::vector<Tokens>> fed;
  const std::vector<std::size_t> lengths{5, 131, 64};
  std::vector<Tokens> all;
  for (const std::size_t length : lengths) {
    sequences.push_back(x.session.begin());
    all.push_back(x.draw(length + 3));
    x.session.prefill(*sequences.back(), std::span(all.back()).first(length));
  }
  for (std::size_t step = 0; step < 3; ++step) {
    std::vector<Input> inputs;
    for (std::size_t b = 0; b < lengths.size(); ++b)
      inputs.push_back({sequences[b].get(), std::span(all[b]).subspan(lengths[b] + step, 1)});
    x.session.step(inputs, 1);
  }
  for (std::size_t b = 0; b < lengths.size(); ++b) {
    x.emulation.reset();
    std::vector<float> want;
    for (const std::uint32_t token : all[b]) want = x.emulation.feed(token);
    x.expect_row(static_cast<std::int64_t>(b), want);
  }
}

/// So many that their page lists do not fit at once.
TEST(Step, ManySequences) {
  for (const auto& [preset, count] : {std::pair("tiny", 40), std::pair("base", 70)}) {
    Bench x({.layers = 1}, preset, 8, 4096);
    std::vector<std::unique_ptr<Sequence>> sequences;
    std::vector<Tokens> fed;
    for (int b = 0; b < count; ++b) {
      sequences.push_back(x.session.begin());
      fed.push_back(x.draw(3));
    }
    for (std::size_t t = 0; t < 3; ++t) {
      std::vector<Input> inputs;
      for (std::size_t b = 0; b < sequences.size(); ++b)
        inputs.push_back({sequences[b].get(), std::span(fed[b]).subspan(t, 1)});
      x.session.step(inputs, 1);
    }
    for (std::size_t b = 0; b < sequences.size(); ++b) {
      x.emulation.reset();
      std::vector<float> want;
      for (const std::uint32_t token : fed[b]) want = x.emulation.feed(token);
      x.expect_row(static_cast<std::int64_t>(b), want);
    }
  }
}

/// Two sequences of several tokens each, logits for the last two of each.
TEST(Step, SeveralTokensOfSeveralSequences) {
  Bench x({}, "tiny", 16);
  const auto a = x.session.begin(), b = x.session.begin();
  const Tokens tokens = x.draw(6);
  const std::vector<Input> inputs{{a.get(), std::span(tokens).first(3)},
                                  {b.get(), std::span(tokens).subspan(3)}};
  x.session.step(inputs, 2);
  std::int64_t row = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (i % 3 == 0) x.emulation.reset();
    const std::vector<float> want = x.emulation.feed(tokens[i]);
    if (i % 3 > 0) x.expect_row(row++, want);
  }
}

/// What a page held before does not matter.
TEST(Step, PagesAreUsedAgain) {
  Bench x({.layers = 1}, "tiny", 8, 24);
  for (int i = 0; i < 3; ++i) {
    x.emulation.reset();
    run(x, 17, 2);
  }
}

TEST(Step, ProgramsServeManyPositions) {
  Bench x({.layers = 1}, "base", 8);
  const auto sequence = x.session.begin();
  const std::uint32_t token = 7;
  const Input input{sequence.get(), std::span(&token, 1)};
  x.session.step(std::span(&input, 1), 1);
  const StepProgram* first = x.session.latest();
  for (int i = 0; i < 20; ++i) {
    x.session.step(std::span(&input, 1), 1);
    EXPECT_EQ(x.session.latest(), first);
  }
}

/// What the scratchpad and the accumulators hold before a step shows in no instruction's result.
TEST(Step, ReadsNothingThatItHasNotWritten) {
  const ModelShape odd{.hidden = 42,
                       .intermediate = 75,
                       .heads = 6,
                       .kv_heads = 2,
                       .head_dim = 22,
                       .vocabulary = 131,
                       .bias = true};
  const auto check = [](const ModelShape& shape, const char* preset, unsigned bits,
                        std::size_t many) {
    SCOPED_TRACE(std::string(preset) + ", " + std::to_string(bits) + " bits");
    const Model model = random_model(shape, 1);
    const Image image = make_image(model, *isa::find_preset(preset), {.activation_bits = bits});
    std::vector<std::vector<std::uint64_t>> results;
    for (const std::uint8_t contents : {0x00, 0xA5}) {
      DirtyDevice device(image.preset, contents);
      Session session(device, image);
      const auto sequence = session.begin();
      for (const std::size_t count : {many, std::size_t{1}}) {
        const Tokens tokens(count, 9);
        const Input input{sequence.get(), tokens};
        session.step(std::span(&input, 1), 1);
      }
      results.push_back(device.results());
    }
    ASSERT_EQ(results[0].size(), results[1].size());
    for (std::size_t i = 0; i < results[0].size(); ++i)
      ASSERT_EQ(results[0][i], results[1][i]) << "instruction " << i;
  };
  for (const char* preset : {"tiny", "base", "wide", "ecp5"}) {
    for (const unsigned bits : {8U, 16U}) check(odd, preset, bits, 7);
  }
  check(kSmall, "tiny", 8, 20);  // through the workspace
  check(kSmall, "tiny", 16, 10);
}

/// More rows than the chip holds, of two sequences: through the workspace.
TEST(Step, RowsInTheWorkspace) {
  Bench x(kSmall, "tiny", 8);
  const auto a = x.session.begin(), b = x.session.begin();
  const Tokens tokens = x.draw(18);
  const std::vector<Input> inputs{{a.get(), std::span(tokens).first(9)},
                                  {b.get(), std::span(tokens).subspan(9)}};
  x.session.step(inputs, 2);
  const StepProgram& program = *x.session.latest();
  EXPECT_GT(program.workspace_bytes, Workspace(program.shape, x.session.dimensions()).spilled);
  for (std::int64_t i = 0, row = 0; i < std::ssize(tokens); ++i) {
    if (i % 9 == 0) x.emulation.reset();
    const std::vector<float> want = x.emulation.feed(tokens[static_cast<std::size_t>(i)]);
    if (i % 9 > 6) x.expect_row(row++, want);
  }
}

TEST(Step, Chunks) {
  const auto chunk = [](const ModelShape& shape, const char* preset, unsigned bits) {
    return Bench(shape, preset, bits).session.chunk();
  };
  EXPECT_EQ(chunk(kSmall, "tiny", 8), 8);
  EXPECT_EQ(chunk(kSmall, "base", 8), 64);
  EXPECT_EQ(chunk(kSmall, "wide", 8), 128);
}

TEST(Step, SaysWhatIsWrong) {
  Bench x({.vocabulary = 50, .positions = 40}, "tiny", 8, 32);
  const auto sequence = x.session.begin();
  const auto message = [&](const Tokens& tokens, std::int64_t rows) -> std::string {
    const Input input{sequence.get(), tokens};
    try {
      x.session.step(std::span(&input, 1), rows);
    } catch (const Error& e) {
      return e.what();
    }
    return "";
  };
  EXPECT_EQ(message({50}, 1), "token 50: the vocabulary has 50");
  EXPECT_EQ(message(Tokens(41, 1), 1),
            "a sequence of 0 tokens and 41 more: the model's context has 40");
  EXPECT_EQ(message(Tokens(33, 1), 1), "33 more tokens need 5 pages of the cache, 4 of 4 are free");
  EXPECT_EQ(sequence->length(), 0);
  EXPECT_EQ(message({1}, 1), "");
  EXPECT_EQ(sequence->length(), 1);
  try {
    Bench big({.hidden = 8192, .intermediate = 8, .heads = 1, .kv_heads = 1}, "tiny", 8);
    FAIL() << "a step of " << big.session.chunk() << " tokens fits";
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()).find("does not fit"), std::string::npos) << e.what();
  }
}

}  // namespace
}  // namespace girih::llm
