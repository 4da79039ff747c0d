// SPDX-License-Identifier: Apache-2.0
#include "llm/quantise/position_table.h"

#include <cmath>
#include <numbers>

namespace girih::llm {
namespace {

/// Long waves are stretched, short ones stay, those between are mixed.
double llama3(double frequency, const Rope& rope) {
  const double wave = 2 * std::numbers::pi / frequency;
  if (wave < rope.original_positions / rope.high_freq_factor) return frequency;
  if (wave > rope.original_positions / rope.low_freq_factor) return frequency / rope.factor;
  const double smooth = (rope.original_positions / wave - rope.low_freq_factor) /
                        (rope.high_freq_factor - rope.low_freq_factor);
  return (1 - smooth) * frequency / rope.factor + smooth * frequency;
}

}  // namespace

std::vector<double> inverse_frequencies(const Config& config) {
  std::vector<double> result;
  for (std::int64_t i = 0; i < config.head_dim; i += 2) {
    const double exponent = static_cast<double>(i) / static_cast<double>(config.head_dim);
    const double frequency = std::pow(config.rope.theta, -exponent);
    result.push_back(config.rope.scaling == Rope::Scaling::kLlama3 ? llama3(frequency, config.rope)
                                                                   : frequency);
  }
  return result;
}

std::vector<float> position_table(const Config& config, std::int64_t positions) {
  const std::vector<double> frequencies = inverse_frequencies(config);
  const std::size_t half = frequencies.size();
  std::vector<float> table(static_cast<std::size_t>(positions) * half * 3);
  for (std::size_t p = 0; p < static_cast<std::size_t>(positions); ++p) {
    float* row = table.data() + p * half * 3;
    for (std::size_t i = 0; i < half; ++i) {
      const double angle = static_cast<double>(p) * frequencies[i];
      row[i] = static_cast<float>(-std::sin(angle));
      row[half + i] = static_cast<float>(std::sin(angle));
      row[2 * half + i] = static_cast<float>(std::cos(angle));
    }
  }
  return table;
}

}  // namespace girih::llm
