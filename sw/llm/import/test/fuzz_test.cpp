// SPDX-License-Identifier: Apache-2.0
//
// Directories with random damage: accepted or refused with a sentence, nothing else. Built with
// AddressSanitizer and UndefinedBehaviorSanitizer.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "llm/import/test/encoder_files.h"

namespace girih::llm {
namespace {

unsigned number(const char* variable, unsigned otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : static_cast<unsigned>(std::strtoul(text, nullptr, 10));
}

class Damage {
 public:
  explicit Damage(unsigned seed) : random_(seed) {}

  unsigned below(std::size_t n) { return static_cast<unsigned>(random_() % n); }

  void bytes(std::string& text) {
    for (unsigned n = 1 + below(5); n > 0 && !text.empty(); --n) {
      const std::size_t at = below(text.size());
      switch (below(4)) {
        case 0: text[at] = static_cast<char>(random_()); break;
        case 1: text.erase(at, 1 + below(9)); break;
        case 2: text.insert(at, 1 + below(9), "09-,[]{}\"ae\\u"[below(13)]); break;
        default: text.resize(at); break;
      }
    }
  }

  /// Some value of the tree becomes another one.
  void json(nlohmann::ordered_json& value) {
    if (value.is_structured() && !value.empty() && below(6) != 0) {
      auto it = value.begin();
      std::advance(it, below(value.size()));
      json(*it);
      return;
    }
    const nlohmann::ordered_json others[] = {
        nullptr, true, 0, -1, 1, 3, 12, std::uint64_t{1} << 32, std::uint64_t{1} << 63,
        ~std::uint64_t{0}, 1e300, 0.5, "", "F32", nlohmann::ordered_json::array(),
        nlohmann::ordered_json::object(), {1, 2}, {std::uint64_t{1} << 62, 4}};
    value = others[below(std::size(others))];
  }

 private:
  std::mt19937 random_;
};

/// `refused` is empty when a directory is accepted.
void damage_directories(const nlohmann::json& config, const TensorFile& weights,
                        std::string (*refused)(const std::filesystem::path&)) {
  const unsigned seed = number("GIRIH_SEED", 1);
  const unsigned rounds = number("GIRIH_ROUNDS", 20000);
  testing::Test::RecordProperty("seed", static_cast<int>(seed));
  const TempFolder folder;
  Damage damage(seed);
  unsigned accepted = 0;
  for (unsigned round = 0; round < rounds; ++round) {
    nlohmann::ordered_json spoiled = config;
    TensorFile file = weights;
    const unsigned kind = damage.below(4);
    if (kind == 0) damage.json(spoiled);
    if (kind == 1) damage.json(file.header);
    std::string text = spoiled.dump(), bytes = file.bytes();
    if (kind == 2) damage.bytes(text);
    if (kind == 3) damage.bytes(bytes);
    folder.write("config.json", text);
    folder.write("model.safetensors", bytes);
    accepted += refused(folder.path()).empty() ? 1 : 0;
  }
  // Damage to values leaves a model; if nearly nothing were accepted, nothing would be tested.
  EXPECT_GT(accepted, rounds / 100);
  EXPECT_LT(accepted, rounds);
}

TEST(Fuzz, DamagedModels) {
  const nlohmann::json config = small_config();
  damage_directories(config, small_weights(config), refusal);
}

TEST(Fuzz, DamagedEncoders) {
  const nlohmann::json config = small_encoder_config();
  damage_directories(config, small_encoder_weights(config), encoder_refusal);
}

}  // namespace
}  // namespace girih::llm
