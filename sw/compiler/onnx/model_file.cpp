// SPDX-License-Identifier: Apache-2.0
#include "compiler/onnx/model_file.h"

#include <fstream>
#include <limits>

#include "common/error.h"
#include "common/text.h"

namespace girih::onnx {
namespace {

constexpr int kMaxNodes = 20000;

/// "ai.onnx" is the default domain's other name.
bool is_default_domain(const std::string& domain) { return domain.empty() || domain == "ai.onnx"; }

std::int64_t default_opset(const proto::ModelProto& model) {
  std::int64_t version = 0;
  for (const auto& import : model.opset_import()) {
    if (!is_default_domain(import.domain())) continue;
    if (version != 0 && version != import.version()) {
      throw Error("the model imports two versions of the default operator set");
    }
    version = import.version();
  }
  if (version == 0) throw Error("the model imports no version of the default operator set");
  if (version < kOldestOpset || version > kNewestOpset) {
    throw Error("the model uses operator set {}; {} to {} are accepted", version, kOldestOpset,
                kNewestOpset);
  }
  return version;
}

}  // namespace

ModelFile parse_model(const std::string& bytes, const std::filesystem::path& folder) {
  ModelFile file;
  file.folder = folder.empty() ? std::filesystem::path(".") : folder;
  if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max())) {
    throw Error("the model has {} bytes; at most 2 GiB are accepted", bytes.size());
  }
  if (!file.model.ParseFromString(bytes)) {
    throw Error("not an ONNX model, or a truncated one: the protobuf message does not parse");
  }
  if (!file.model.has_graph() || file.model.opset_import().empty()) {
    throw Error("not an ONNX model: it has no graph or imports no operator set");
  }
  if (file.model.graph().node_size() > kMaxNodes) {
    throw Error("the model has {} nodes; at most {} are accepted", file.model.graph().node_size(),
                kMaxNodes);
  }
  if (file.model.functions_size() != 0) {
    throw Error("model-local function '{}' is not supported; inline the functions first",
                printable(file.model.functions(0).name()));
  }
  file.opset = default_opset(file.model);
  return file;
}

ModelFile read_model(const std::filesystem::path& path) {
  const std::string shown = printable(path.string());
  std::error_code error;
  // A pipe or a device could make the read wait for ever.
  if (!std::filesystem::is_regular_file(path, error)) {
    throw Error("{}: no such file, or not a regular one", shown);
  }
  const auto size = std::filesystem::file_size(path, error);
  if (error || size > static_cast<std::uintmax_t>(std::numeric_limits<std::int32_t>::max())) {
    throw Error("{}: at most 2 GiB are accepted", shown);
  }
  std::string bytes(size, '\0');
  std::ifstream stream(path, std::ios::binary);
  if (!stream.read(bytes.data(), static_cast<std::streamsize>(size))) {
    throw Error("{}: cannot be read", shown);
  }
  try {
    return parse_model(bytes, path.parent_path());
  } catch (const Error& problem) {
    throw Error("{}: {}", shown, problem.what());
  }
}

}  // namespace girih::onnx
