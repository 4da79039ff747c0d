// SPDX-License-Identifier: Apache-2.0
//
// The file format: what is refused, and with which sentence.
#include <gtest/gtest.h>

#include <functional>
#include <random>

#include "common/error.h"
#include "llm/import/safetensors.h"
#include "llm/import/test/model_files.h"

namespace girih::llm {
namespace {

std::string refused(const std::string& file) {
  try {
    parse_safetensors(std::as_bytes(std::span(file)), "w");
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TensorFile two_tensors() {
  TensorFile file;
  file.header["__metadata__"] = {{"format", "pt"}};
  file.add("a", "F32", {2, 3}, std::string(24, 'x'));
  file.add("b", "BF16", {5}, std::string(10, 'y'));
  return file;
}

TEST(Safetensors, TensorsInTheOrderOfTheirData) {
  const std::string bytes = two_tensors().bytes();
  const auto tensors = parse_safetensors(std::as_bytes(std::span(bytes)), "w");
  ASSERT_EQ(tensors.size(), 2U);
  EXPECT_EQ(tensors[0].name, "a");
  EXPECT_EQ(tensors[0].shape, (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(tensors[1].dtype, "BF16");
  ASSERT_EQ(tensors[1].bytes.size(), 10U);
  EXPECT_EQ(tensors[1].bytes[0], std::byte{'y'});
}

TEST(Safetensors, EmptyTensorsTakeNoRoom) {
  TensorFile file = two_tensors();
  file.add("none", "F32", {0, 7}, "");
  EXPECT_EQ(refused(file.bytes()), "");
}

TEST(Safetensors, AFileCutAnywhereIsRefused) {
  const std::string bytes = two_tensors().bytes();
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_NE(refused(bytes.substr(0, length)), "") << length;
  }
}

TEST(Safetensors, HeaderLongerThanTheFile) {
  std::string bytes = two_tensors().bytes();
  bytes[5] = 1;
  EXPECT_NE(refused(bytes).find("its header claims"), std::string::npos);
  bytes[7] = static_cast<char>(0xff);  // the sum with the prefix overflows
  EXPECT_NE(refused(bytes).find("its header claims"), std::string::npos);
}

struct Spoil {
  const char* name;
  std::function<void(TensorFile&)> change;
  const char* sentence;
};

class SafetensorsSpoiled : public testing::TestWithParam<Spoil> {};

TEST_P(SafetensorsSpoiled, IsRefused) {
  TensorFile file = two_tensors();
  GetParam().change(file);
  EXPECT_EQ(refused(file.bytes()), GetParam().sentence);
}

INSTANTIATE_TEST_SUITE_P(
    Headers, SafetensorsSpoiled,
    testing::Values(
        Spoil{"Overlap", [](auto& f) { f.header["b"]["data_offsets"] = {20, 30}; },
              "w: tensor b begins at byte 20 of the data; the one before it ends at 24"},
        Spoil{"Hole", [](auto& f) { f.data += "zz"; f.header["b"]["data_offsets"] = {26, 36}; },
              "w: tensor b begins at byte 26 of the data; what is used ends at 24"},
        Spoil{"Rest", [](auto& f) { f.data += "zz"; }, "w: 36 bytes of data, its tensors use 34"},
        Spoil{"BeyondTheData", [](auto& f) { f.header["b"]["data_offsets"] = {30, 40}; },
              "w: tensor b: data_offsets [30, 40] do not lie in the file's 34 bytes of data"},
        Spoil{"Backwards", [](auto& f) { f.header["b"]["data_offsets"] = {34, 24}; },
              "w: tensor b: data_offsets [34, 24] do not lie in the file's 34 bytes of data"},
        Spoil{"ShapeTooSmall", [](auto& f) { f.header["b"]["shape"] = {4}; },
              "w: tensor b: data_offsets [24, 34] hold 10 bytes, dtype and shape need 8"},
        Spoil{"ShapeOverflows",
              [](auto& f) { f.header["b"]["shape"] = {std::int64_t{1} << 62, 8}; },
              "w: tensor b: its shape has more elements than memory can hold"},
        Spoil{"NegativeShape", [](auto& f) { f.header["b"]["shape"] = {-5}; },
              "w: tensor b: shape holds -5; whole numbers from 0 on expected"},
        Spoil{"FractionalShape", [](auto& f) { f.header["b"]["shape"] = {5.5}; },
              "w: tensor b: shape holds 5.5; whole numbers from 0 on expected"},
        Spoil{"ShapeOfNothing", [](auto& f) { f.header["b"].erase("shape"); },
              "w: tensor b: the header says no shape"},
        Spoil{"UnknownDtype", [](auto& f) { f.header["b"]["dtype"] = "Q7"; },
              "w: tensor b: dtype \"Q7\" is not one of the format's"},
        Spoil{"NoObject", [](auto& f) { f.header["b"] = 3; },
              "w: tensor b: a JSON number, an object expected"}),
    [](const auto& param) { return std::string(param.param.name); });

TEST(Safetensors, OneNameTwice) {
  const std::string entry = R"("a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]})";
  const std::string text = "{" + entry + "," + entry + "}";
  std::string file(8, '\0');
  file[0] = static_cast<char>(text.size());
  EXPECT_EQ(refused(file + text + "x"), "w: header: \"a\" stands there twice");
}

TEST(Safetensors, RandomBytesNeverCrash) {
  const std::string good = two_tensors().bytes();
  std::mt19937 random(20261122);
  for (int round = 0; round < 20000; ++round) {
    std::string bytes = good;
    for (unsigned n = 1 + random() % 4; n > 0; --n) {
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    refused(bytes);
  }
}

}  // namespace
}  // namespace girih::llm
