// SPDX-License-Identifier: Apache-2.0
//
// All tensors of a model directory, by name, over its shards.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "llm/import/mapped_file.h"
#include "llm/import/model.h"

namespace girih::llm {

/// Throws girih::Error when there is no such folder.
void require_model_folder(const std::filesystem::path& folder);

class Weights {
 public:
  /// Maps model.safetensors, or the files that model.safetensors.index.json names. Throws
  /// girih::Error naming folder, file and tensor.
  explicit Weights(const std::filesystem::path& folder);

  /// The tensor of that name and shape, all of whose values are finite. Throws girih::Error when it
  /// is missing or otherwise.
  Tensor take(const std::string& name, const std::vector<std::int64_t>& shape);
  /// NAME.weight [outputs][inputs] and, if asked for, NAME.bias [outputs].
  Linear take_linear(const std::string& name, std::int64_t outputs, std::int64_t inputs, bool bias);
  bool has(const std::string& name) const { return tensors_.contains(name); }

  /// Names nobody took, ascending.
  std::vector<std::string> rest() const;
  /// Nobody took a tensor whose name begins with `at`, but for `harmless`: it would change results.
  /// Throws girih::Error.
  void refuse_rest(const std::string& at, const std::string& harmless,
                   const std::string& architecture) const;
  /// Where the tensor lies, for messages.
  std::string place(const std::string& name) const;
  /// Keeps the bytes alive.
  std::shared_ptr<const void> files() const { return files_; }

 private:
  struct Entry {
    std::string file, dtype;
    std::vector<std::int64_t> shape;
    std::span<const std::byte> bytes;
    bool taken = false;
  };
  using Files = std::vector<std::unique_ptr<const MappedFile>>;

  void read_file(const std::filesystem::path& file, Files& files);
  void read_index(const std::filesystem::path& index, Files& files);

  std::string folder_;
  std::map<std::string, Entry> tensors_;
  std::shared_ptr<const void> files_;
};

}  // namespace girih::llm
