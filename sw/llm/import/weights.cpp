// SPDX-License-Identifier: Apache-2.0
#include "llm/import/weights.h"

#include <cmath>
#include <set>

#include <fmt/ranges.h>

#include "common/error.h"
#include "common/text.h"
#include "llm/import/json.h"
#include "llm/import/safetensors.h"

namespace girih::llm {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSingle = "model.safetensors";
constexpr const char* kIndex = "model.safetensors.index.json";

Dtype parse_dtype(const std::string& text, const std::string& place) {
  if (text == "F32") return Dtype::kF32;
  if (text == "F16") return Dtype::kF16;
  if (text == "BF16") return Dtype::kBf16;
  throw Error("{}: dtype {}; F32, F16 and BF16 are accepted", place, printable(text));
}

void check_finite(const Tensor& tensor, const std::string& place) {
  std::vector<float> row(static_cast<std::size_t>(tensor.columns()));
  for (std::int64_t r = 0; r < tensor.rows(); ++r) {
    tensor.read_row(r, row);
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (!std::isfinite(row[i])) {
        throw Error("{}: element {} of row {} is {}; weights must be finite", place, i, r, row[i]);
      }
    }
  }
}

}  // namespace

void require_model_folder(const fs::path& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    throw Error("{}: not a folder; a Hugging Face model directory with config.json and "
                "safetensors expected",
                printable(folder.string()));
  }
}

Weights::Weights(const fs::path& folder) : folder_(printable(folder.string())) {
  auto files = std::make_shared<Files>();
  if (fs::exists(folder / kIndex)) {
    read_index(folder / kIndex, *files);
  } else if (fs::exists(folder / kSingle)) {
    read_file(folder / kSingle, *files);
  } else {
    throw Error("{}: neither {} nor {} is there", folder_, kSingle, kIndex);
  }
  files_ = std::move(files);
}

void Weights::read_file(const fs::path& file, Files& files) {
  files.push_back(std::make_unique<const MappedFile>(file));
  const std::string place = printable(file.string());
  for (FileTensor& tensor : parse_safetensors(files.back()->bytes(), place)) {
    Entry entry{place, std::move(tensor.dtype), std::move(tensor.shape), tensor.bytes};
    const auto [it, fresh] = tensors_.try_emplace(tensor.name, std::move(entry));
    if (!fresh) {
      throw Error("{}: tensor {} stands in {} too", place, printable(tensor.name), it->second.file);
    }
  }
}

void Weights::read_index(const fs::path& index, Files& files) {
  const auto json = read_object(index);
  const std::string place = printable(index.string());
  const auto map = json.find("weight_map");
  if (map == json.end() || !map->is_object()) {
    throw Error("{}: weight_map is missing; an object of file names by tensor expected", place);
  }
  std::set<std::string> names;
  for (const auto& [tensor, file] : map->items()) {
    if (!file.is_string()) throw Error("{}: {}: a file name expected", place, printable(tensor));
    const auto name = file.get<std::string>();
    // A shard is a file of this folder, not a way out of it.
    if (name.empty() || name == "." || name == ".." || name.find('/') != std::string::npos ||
        name.find('\0') != std::string::npos) {
      throw Error("{}: {}: \"{}\" is not the name of a file beside it", place, printable(tensor),
                  printable(name));
    }
    names.insert(name);
  }
  for (const std::string& name : names) read_file(index.parent_path() / name, files);
  for (const auto& [tensor, file] : map->items()) {
    const auto it = tensors_.find(tensor);
    const fs::path shard = index.parent_path() / file.get<std::string>();
    const std::string expected = printable(shard.string());
    if (it == tensors_.end() || it->second.file != expected) {
      throw Error("{}: tensor {} is not in {}, where the index places it", place,
                  printable(tensor), expected);
    }
  }
}

std::string Weights::place(const std::string& name) const {
  const auto it = tensors_.find(name);
  return fmt::format("{}: tensor {}", it == tensors_.end() ? folder_ : it->second.file,
                     printable(name));
}

Tensor Weights::take(const std::string& name, const std::vector<std::int64_t>& shape) {
  const auto it = tensors_.find(name);
  if (it == tensors_.end()) {
    throw Error("{}: missing; [{}] of F32, F16 or BF16 expected", place(name),
                fmt::join(shape, ", "));
  }
  Entry& entry = it->second;
  if (entry.shape != shape) {
    throw Error("{}: shape [{}]; the configuration says [{}]", place(name),
                fmt::join(entry.shape, ", "), fmt::join(shape, ", "));
  }
  Tensor tensor{name, parse_dtype(entry.dtype, place(name)), entry.shape, entry.bytes};
  check_finite(tensor, place(name));
  entry.taken = true;
  return tensor;
}

Linear Weights::take_linear(const std::string& name, std::int64_t outputs, std::int64_t inputs,
                            bool bias) {
  Linear linear;
  linear.weight = take(name + ".weight", {outputs, inputs});
  if (bias) linear.bias = take(name + ".bias", {outputs});
  return linear;
}

std::vector<std::string> Weights::rest() const {
  std::vector<std::string> names;
  for (const auto& [name, entry] : tensors_) {
    if (!entry.taken) names.push_back(name);
  }
  return names;
}

void Weights::refuse_rest(const std::string& at, const std::string& harmless,
                          const std::string& architecture) const {
  for (auto it = tensors_.lower_bound(at); it != tensors_.end(); ++it) {
    const auto& [name, entry] = *it;
    if (!name.starts_with(at)) break;
    if (!entry.taken && name != harmless) {
      throw Error("{}: the configuration of {} has no such tensor", place(name), architecture);
    }
  }
}

}  // namespace girih::llm
