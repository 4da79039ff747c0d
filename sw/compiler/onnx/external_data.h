// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "onnx.pb.h"

namespace girih::onnx {

/// The `bytes` bytes that the tensor's external_data entries (location, offset, length) name.
/// The file must be a regular one inside `folder`, also after every symbolic link is followed.
/// Throws girih::Error otherwise.
std::vector<std::uint8_t> read_external_data(const ::onnx::TensorProto& tensor,
                                             const std::filesystem::path& folder,
                                             std::size_t bytes);

}  // namespace girih::onnx
