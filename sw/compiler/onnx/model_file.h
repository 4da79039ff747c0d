// SPDX-License-Identifier: Apache-2.0
//
// An ONNX file as its protobuf message, after the checks that concern the file as a whole.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "onnx.pb.h"

namespace girih::onnx {

namespace proto = ::onnx;

inline constexpr std::int64_t kOldestOpset = 11;
inline constexpr std::int64_t kNewestOpset = 22;

struct ModelFile {
  proto::ModelProto model;
  std::filesystem::path folder;  ///< external data must lie inside
  std::int64_t opset = 0;        ///< of the default domain
};

/// Reads and parses. Throws girih::Error for anything that is not a regular file of at most 2 GiB
/// with one whole ModelProto of an accepted operator set.
ModelFile read_model(const std::filesystem::path& path);

/// The same from memory. `folder` is where external data would lie.
ModelFile parse_model(const std::string& bytes, const std::filesystem::path& folder);

}  // namespace girih::onnx
