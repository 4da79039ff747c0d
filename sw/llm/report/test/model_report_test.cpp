// SPDX-License-Identifier: Apache-2.0
#include "llm/report/model_report.h"

#include <gtest/gtest.h>

#include "common/error.h"
#include "llm/import/random_model.h"

namespace girih::llm {
namespace {

const Chip kBase{*isa::find_preset("base")};

TEST(ModelReport, SumsAndMemory) {
  const Model model = random_model({.layers = 3}, 1);
  const ModelReport r = report_model(model, kBase, 100);
  EXPECT_EQ(r.layers.size(), 3u);
  EXPECT_EQ(r.problem, "");
  EXPECT_GT(r.instructions, 0u);
  EXPECT_EQ(total(r).cycles, total(r.embedding).cycles + 3 * total(r.layers[0].operations).cycles +
                                 total(r.head).cycles);
  // Head dimension 8 in whole tiles of 16; pages of 16 slots, each with two scales.
  EXPECT_EQ(r.cache_token_bytes, 3u * 2 * (2 * 16 + 8));
  EXPECT_EQ(r.cache_bytes, 112 * r.cache_token_bytes);
  EXPECT_EQ(to_json(r)["layers"].size(), 3u);
  EXPECT_NE(to_text(r).find("tensors that nothing reads: none"), std::string::npos);
}

/// Uniform weights: the largest of a row of 32 is about 127 steps, noise 1/12 of a step squared.
TEST(ModelReport, SignalToNoise) {
  const Model model = random_model({.dtype = Dtype::kF32}, 1);
  for (const LayerReport& layer : report_model(model, kBase, 1).layers) {
    for (const MatrixQuality& m : layer.matrices) {
      EXPECT_GT(m.signal_to_noise, 46) << m.name;
      EXPECT_LT(m.signal_to_noise, 50) << m.name;
    }
  }
}

TEST(ModelReport, WhatDoesNotFitIsSaid) {
  // Two slots for a norm's weights are as large as the scratchpad.
  const Model model = random_model({.hidden = 4096, .intermediate = 16, .layers = 1}, 1);
  const ModelReport r = report_model(model, {*isa::find_preset("tiny")}, 16);
  EXPECT_NE(r.problem, "");
  EXPECT_FALSE(to_json(r)["fits"]);
  EXPECT_NE(to_text(r).find("does not fit tiny"), std::string::npos);
  EXPECT_THROW(report_model(model, kBase, 513), Error);
  EXPECT_THROW(report_model(model, kBase, 0), Error);
}

}  // namespace
}  // namespace girih::llm
