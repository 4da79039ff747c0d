// SPDX-License-Identifier: Apache-2.0
//
// Damaged and malicious files: an Error, never a crash (run these with sanitizers, too).
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>

#include "common/error.h"
#include "compiler/graph/graph.h"
#include "compiler/onnx/importer.h"
#include "compiler/onnx/report.h"
#include "compiler/onnx/test/model_builder.h"

namespace girih::onnx {
namespace {

namespace fs = std::filesystem;

/// Imports and inspects; true when it was accepted. Anything but an Error fails the test.
bool survives(const std::string& bytes) {
  bool accepted = false;
  try {
    static_cast<void>(import_bytes(bytes, "."));
    accepted = true;
  } catch (const Error&) {
  }
  try {
    const ModelReport report = inspect_bytes(bytes, ".");
    EXPECT_EQ(report.supported(), accepted);
    EXPECT_FALSE(to_json(report).dump().empty());  // would throw on text that is not UTF-8
  } catch (const Error&) {
    EXPECT_FALSE(accepted);
  }
  return accepted;
}

TEST(Hostile, TruncatedAtEveryByte) {
  const std::string whole = small_conv().bytes();
  ASSERT_TRUE(survives(whole));
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_FALSE(survives(whole.substr(0, length))) << "cut to " << length << " bytes";
  }
}

TEST(Hostile, RandomBytesChanged) {
  const char* given = std::getenv("GIRIH_SEED");
  const std::uint32_t seed = given ? static_cast<std::uint32_t>(std::stoul(given)) : 1;
  std::cout << "GIRIH_SEED=" << seed << '\n';
  std::mt19937 rng(seed);
  const std::string whole = small_conv().bytes();
  int refused = 0;
  for (int i = 0; i < 4000; ++i) {
    std::string bytes = whole;
    for (std::uint32_t changes = 1 + rng() % 4; changes > 0; --changes) {
      bytes[rng() % bytes.size()] = static_cast<char>(rng());
    }
    refused += !survives(bytes);
  }
  EXPECT_GT(refused, 1000);
}

TEST(Hostile, ChangedFields) {
  const char* given = std::getenv("GIRIH_SEED");
  const std::uint32_t seed = given ? static_cast<std::uint32_t>(std::stoul(given)) : 1;
  std::cout << "GIRIH_SEED=" << seed << '\n';
  std::mt19937 rng(seed);
  const std::int64_t values[] = {-1, 0, 1, 2, 3, 7, 1LL << 20, 1LL << 31, 1LL << 62, INT64_MIN};
  const auto any = [&] { return values[rng() % std::size(values)]; };
  int refused = 0;
  for (int i = 0; i < 4000; ++i) {
    ModelBuilder m = small_conv();
    auto& graph = m.graph();
    auto& node = *graph.mutable_node(static_cast<int>(rng() % graph.node_size()));
    auto& tensor = *graph.mutable_initializer(static_cast<int>(rng() % graph.initializer_size()));
    switch (rng() % 8) {
      case 0: tensor.add_dims(any()); break;
      case 1: if (tensor.dims_size() > 0) tensor.set_dims(0, any()); break;
      case 2: tensor.set_data_type(static_cast<int>(rng() % 30)); break;
      case 3: tensor.set_raw_data(std::string(rng() % 80, '\x81')); break;
      case 4: node.set_input(static_cast<int>(rng() % node.input_size()),
                             graph.node(static_cast<int>(rng() % graph.node_size())).output(0));
              break;
      case 5: ModelBuilder::set(node, "axis", any()); break;
      case 6: ModelBuilder::set(node, rng() % 2 ? "strides" : "dilations",
                                std::vector<std::int64_t>{any(), any()});
              break;
      case 7: node.set_op_type(std::vector<std::string>{
                  "Gemm", "Clip", "Add", "Flatten", "Softmax", "MaxPool", "GlobalAveragePool",
                  "Transpose", "Reshape", "Identity", "Constant", "Conv"}[rng() % 12]);
              break;
    }
    refused += !survives(m.bytes());
  }
  EXPECT_GT(refused, 1000);
}

TEST(Hostile, NamesWithControlCharacters) {
  ModelBuilder m = small_conv();
  m.graph().mutable_node(4)->set_name("\x1b[2J\xff\n" + std::string(5000, 'x'));
  m.graph().mutable_node(4)->set_op_type("Nasty\x07");
  const std::string message = refusal(m);
  EXPECT_FALSE(message.empty());
  for (const char c : message) EXPECT_TRUE(c >= 0x20 && c < 0x7f);
  EXPECT_LT(message.size(), 1000U);
  survives(m.bytes());
}

TEST(Hostile, ManyNodesTakeLittleTime) {
  ModelBuilder m;
  m.input("input", {1});
  m.qdq("input", "x0", 1, 0);
  for (int i = 0; i < 5000; ++i) {
    m.node("Relu", {"x" + std::to_string(i)}, "x" + std::to_string(i + 1));
  }
  m.output("x5000");
  EXPECT_TRUE(survives(m.bytes()));
}

/// A model whose weights lie in external data at `location`.
std::string with_external(const std::string& location) {
  ModelBuilder m = small_conv();
  for (auto& tensor : *m.graph().mutable_initializer()) {
    if (tensor.name() != "w_q") continue;
    tensor.clear_int32_data();
    tensor.set_data_location(::onnx::TensorProto::EXTERNAL);
    auto& entry = *tensor.add_external_data();
    entry.set_key("location");
    entry.set_value(location);
  }
  return m.bytes();
}

class ExternalData : public testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::path(testing::TempDir()) / ("girih_external_" + std::to_string(getpid()));
    fs::create_directories(root_ / "model" / "sub");
    write(root_ / "outside.bin");
    write(root_ / "model" / "w.bin");
    write(root_ / "model" / "sub" / "w.bin");
    fs::create_symlink(root_ / "outside.bin", root_ / "model" / "link.bin");
    fs::create_directory_symlink(root_, root_ / "model" / "up");
    fs::create_symlink("w.bin", root_ / "model" / "inner.bin");
  }
  void TearDown() override { fs::remove_all(root_); }

  static void write(const fs::path& path) { std::ofstream(path) << std::string(36, '\1'); }

  std::string problem(const std::string& location) const {
    try {
      static_cast<void>(import_bytes(with_external(location), root_ / "model"));
      return "";
    } catch (const Error& error) {
      return error.what();
    }
  }

  fs::path root_;
};

TEST_F(ExternalData, InsideTheFolderIsRead) {
  EXPECT_EQ(problem("w.bin"), "");
  EXPECT_EQ(problem("sub/w.bin"), "");
  EXPECT_EQ(problem("inner.bin"), "");
}

TEST_F(ExternalData, OutsideTheFolderIsRefused) {
  for (const std::string& location :
       {std::string("../outside.bin"), std::string("sub/../../outside.bin"),
        (root_ / "outside.bin").string(), std::string("link.bin"), std::string("up/outside.bin"),
        std::string(""), std::string("."), std::string("none.bin"), std::string("w.bin\0x", 7)}) {
    EXPECT_NE(problem(location), "") << location;
  }
}

TEST_F(ExternalData, APipeIsNotRead) {
  ASSERT_EQ(mkfifo((root_ / "model" / "pipe").c_str(), 0600), 0);
  EXPECT_NE(problem("pipe"), "");
  EXPECT_THROW(static_cast<void>(import_model(root_ / "model" / "pipe")), Error);
  EXPECT_THROW(static_cast<void>(import_model(root_)), Error);
}

}  // namespace
}  // namespace girih::onnx
