// SPDX-License-Identifier: Apache-2.0
//
// The models that scripts/models makes at build time: small quantised ones with the output of the
// independent NumPy reference, malformed ones that must be refused, and the committed networks.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <span>

#include "common/error.h"
#include "compiler/graph/interpret.h"
#include "compiler/onnx/importer.h"
#include "compiler/onnx/test/npy.h"

namespace girih::onnx {
namespace {

namespace fs = std::filesystem;

/// A model that must import but did not, or the other way round, says so here.
std::string problem_of(const fs::path& model) {
  try {
    static_cast<void>(import_model(model));
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

nlohmann::json manifest(const fs::path& folder) {
  std::ifstream stream(folder / "manifest.json");
  return nlohmann::json::parse(stream);
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

/// Runs every input of `x` and compares each float of the outputs; returns how many were compared.
std::size_t compare(const graph::Graph& network, std::span<const float> x,
                    std::span<const float> expected) {
  const graph::Port& in = network.inputs.at(0);
  const graph::Port& out = network.outputs.at(0);
  const auto taken = static_cast<std::size_t>(graph::elements(network.tensors[in.tensor].shape));
  // The host's exponential is a library's: close to NumPy's, not equal.
  const bool host = network.tensors[out.tensor].dtype == graph::DType::kFloat32;
  std::size_t compared = 0;
  for (std::size_t first = 0; first + taken <= x.size(); first += taken) {
    const auto run =
        graph::interpret(network, {graph::quantise(network, in, x.subspan(first, taken))});
    for (const float y : graph::output(network, out, run)) {
      if (compared >= expected.size()) return 0;
      const float want = expected[compared++];
      const float slack = host ? std::abs(want) * 1e-5F + 1e-30F : 0.0F;
      EXPECT_LE(std::abs(y - want), slack) << "element " << compared - 1 << ": " << y << ", "
                                           << want << " expected";
      if (testing::Test::HasFailure()) return compared;
    }
  }
  return compared;
}

TEST(Corpus, OperatorModelsEqualTheNumpyReference) {
  const fs::path folder = GIRIH_OPERATOR_MODELS;
  std::size_t models = 0;
  std::size_t floats = 0;  // ONNX Runtime does not quantise a lone Relu or Clip
  for (const auto& entry : manifest(folder)) {
    const std::string name = entry["name"];
    SCOPED_TRACE(name);
    const fs::path place = folder / name;
    if (problem_of(place / "model.onnx").find("is not quantised") != std::string::npos) {
      ++floats;
      continue;
    }
    const graph::Graph network = import_model(place / "model.onnx");
    const auto expected = read_npy<float>(place / "expected.npy");
    EXPECT_EQ(compare(network, read_npy<float>(place / "input.npy"), expected), expected.size());
    ASSERT_FALSE(HasFailure());
    ++models;
  }
  EXPECT_GT(models, 100U);
  EXPECT_LE(floats, 20U);
}

/// Listed as malformed, but legal: an open batch is 1, and a UINT8 zero point on both sides of the
/// input's encoding makes it UINT8.
bool is_legal(const nlohmann::json& entry) {
  return entry["expect"] == "accept" || entry["name"] == "dynamic_dim" ||
         entry["name"] == "zero_point_type";
}

TEST(Corpus, MalformedModelsAreRefusedWithAMessageThatSaysWhy) {
  const fs::path folder = GIRIH_MALFORMED_MODELS;
  std::size_t refused = 0;
  for (const auto& entry : manifest(folder)) {
    const std::string name = entry["name"];
    SCOPED_TRACE(name);
    const std::string message = problem_of(folder / name / "model.onnx");
    if (is_legal(entry)) {
      EXPECT_EQ(message, "");
      continue;
    }
    EXPECT_NE(message, "");
    const auto mentioned = [&](const std::string& word) {
      return lower(message).find(lower(word)) != std::string::npos;
    };
    const std::vector<std::string> words = entry["mentions"];
    EXPECT_TRUE(words.empty() || std::any_of(words.begin(), words.end(), mentioned)) << message;
    ++refused;
  }
  EXPECT_GT(refused, 50U);
}

TEST(Corpus, MalformedModelsCanBeInspected) {
  const fs::path folder = GIRIH_MALFORMED_MODELS;
  for (const auto& entry : manifest(folder)) {
    SCOPED_TRACE(std::string(entry["name"]));
    try {
      const ModelReport report = inspect_model(folder / entry["name"] / "model.onnx");
      EXPECT_EQ(report.supported(), is_legal(entry));
    } catch (const Error&) {
      EXPECT_FALSE(is_legal(entry));
    }
  }
}

TEST(Corpus, DigitsAreReadRight) {
  const fs::path folder = GIRIH_TEST_MODELS;
  const auto images = read_npy<float>(folder / "digits_images.npy");
  const auto labels = read_npy<std::uint8_t>(folder / "digits_labels.npy");
  for (const char* name : {"digits", "digits_tensor", "digits_asym", "digits_u8"}) {
    SCOPED_TRACE(name);
    const graph::Graph network = import_model(folder / (std::string(name) + ".onnx"));
    std::size_t right = 0;
    for (std::size_t i = 0; i < labels.size(); ++i) {
      const auto x = std::span(images).subspan(i * 64, 64);
      const auto run = graph::interpret(network, {graph::quantise(network, network.inputs[0], x)});
      const auto y = graph::output(network, network.outputs[0], run);
      right += std::max_element(y.begin(), y.end()) - y.begin() == labels[i];
    }
    EXPECT_GE(right * 100, labels.size() * 98) << right << " of " << labels.size();
  }
}

TEST(Corpus, Resnet8HasTheMacsOfMlperfTiny) {
  const graph::Graph network = import_model(fs::path(GIRIH_TEST_MODELS) / "resnet8.onnx");
  std::int64_t macs = 0;
  for (const graph::Node& node : network.nodes) macs += graph::macs(network, node);
  EXPECT_EQ(macs, 12501632);
  EXPECT_TRUE(std::holds_alternative<graph::HostSoftmax>(network.nodes.back().operation));
}

}  // namespace
}  // namespace girih::onnx
