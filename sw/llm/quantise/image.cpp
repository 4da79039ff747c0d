// SPDX-License-Identifier: Apache-2.0
#include "llm/quantise/image.h"

#include <cstring>
#include <span>

#include "common/error.h"
#include "llm/quantise/mask_strip.h"
#include "llm/quantise/position_table.h"
#include "llm/quantise/weights.h"

namespace girih::llm {
namespace {

constexpr std::size_t kAlignment = 64;
constexpr std::uint64_t kWindowBytes = std::uint64_t{1} << 32;

std::int64_t up(std::int64_t value, std::int64_t unit) { return (value + unit - 1) / unit * unit; }

/// Bytes that grow, each piece at a multiple of 64.
class Pieces {
 public:
  Pieces(std::vector<std::uint8_t>& bytes, const char* window) : bytes_(bytes), window_(window) {}

  /// Room for `size` bytes, zero; returns their offset.
  std::uint32_t take(std::int64_t size, const std::string& what) {
    const std::size_t at = (bytes_.size() + kAlignment - 1) / kAlignment * kAlignment;
    if (at + static_cast<std::uint64_t>(size) > kWindowBytes) {
      throw Error("tensor {}: with it the {} take {} bytes, a window has {}", what, window_,
                  at + static_cast<std::uint64_t>(size), kWindowBytes);
    }
    bytes_.resize(at + static_cast<std::size_t>(size));
    return static_cast<std::uint32_t>(at);
  }
  std::uint8_t* at(std::uint32_t offset) { return bytes_.data() + offset; }

  std::uint32_t floats(std::span<const float> values, const std::string& what) {
    const std::uint32_t offset = take(std::ssize(values) * 4, what);
    std::memcpy(at(offset), values.data(), values.size_bytes());
    return offset;
  }

 private:
  std::vector<std::uint8_t>& bytes_;
  const char* window_;
};

class Maker {
 public:
  Maker(const Model& model, const isa::Preset& preset, const ImageOptions& options)
      : model_(model),
        image_{.model = model.name,
               .config = model.config,
               .preset = preset,
               .activation_bits = options.activation_bits,
               .constants = {},
               .layers = {},
               .head = {},
               .tables = {}},
        constants_(image_.constants, "constants"),
        tables_(image_.tables, "embedding and position tables") {
    if (options.activation_bits != 8 && options.activation_bits != 16) {
      throw Error("activations of {} bits: 8 or 16 are accepted", options.activation_bits);
    }
    image_.position_count = options.positions > 0
                                ? std::min(options.positions, model.config.max_positions)
                                : model.config.max_positions;
  }

  Image run() {
    reserve();
    for (const Layer& layer : model_.layers) image_.layers.push_back(pack(layer));
    image_.norm = vector(model_.norm);
    image_.head = linear({model_.config.tied ? model_.embedding : model_.head, {}});
    image_.mask_strip = constants_.floats(mask_strip(), "mask");
    tables();
    return std::move(image_);
  }

 private:
  /// Weights are most of it: one allocation.
  void reserve() {
    std::int64_t total = 1 << 20;
    const auto add = [&](const Linear& x) {
      total += packed_bytes(x.weight) + 16 * x.weight.rows();
    };
    for (const Layer& l : model_.layers) {
      for (const Linear* x : {&l.q, &l.k, &l.v, &l.o, &l.gate, &l.up, &l.down}) add(*x);
      total += 64 * model_.config.hidden;
    }
    total += packed_bytes(model_.config.tied ? model_.embedding : model_.head);
    image_.constants.reserve(static_cast<std::size_t>(total));
  }
  std::int64_t packed_bytes(const Tensor& weight) const {
    return up(weight.rows(), image_.preset.n_dim) * up(weight.columns(), image_.preset.k_dim);
  }

  PackedLayer pack(const Layer& layer) {
    PackedLayer out;
    out.input_norm = vector(layer.input_norm);
    out.q = linear(layer.q);
    out.k = linear(layer.k);
    out.v = linear(layer.v);
    if (model_.config.qk_norm) {
      std::vector<float> both = row(layer.q_norm);
      const std::vector<float> k = row(layer.k_norm);
      both.insert(both.end(), k.begin(), k.end());
      out.head_norms = constants_.floats(both, layer.q_norm.name);
    }
    out.o = linear(layer.o);
    out.post_attention_norm = vector(layer.post_attention_norm);
    out.gate = linear(layer.gate);
    out.up = linear(layer.up);
    out.down = linear(layer.down);
    return out;
  }

  static std::vector<float> row(const Tensor& tensor) {
    std::vector<float> values(static_cast<std::size_t>(tensor.columns()));
    tensor.read_row(0, values);
    return values;
  }
  std::uint32_t vector(const Tensor& tensor) { return constants_.floats(row(tensor), tensor.name); }

  PackedLinear linear(const Linear& from) {
    const Tensor& w = from.weight;
    const std::int64_t ndim = image_.preset.n_dim, kdim = image_.preset.k_dim;
    const std::int64_t rows = up(w.rows(), ndim), depth = up(w.columns(), kdim);
    PackedLinear out{.outputs = w.rows(), .inputs = w.columns()};
    out.weights = constants_.take(rows * depth, w.name);
    std::vector<float> values(static_cast<std::size_t>(w.columns()));
    std::vector<std::int8_t> quantised(values.size());
    std::vector<float> scales(static_cast<std::size_t>(rows));
    std::uint8_t* to = constants_.at(out.weights);
    for (std::int64_t n = 0; n < w.rows(); ++n) {
      w.read_row(n, values);
      scales[static_cast<std::size_t>(n)] = quantise_row(values, quantised);
      std::uint8_t* tile = to + n / ndim * ndim * depth + n % ndim * kdim;
      for (std::int64_t k = 0; k < w.columns(); k += kdim, tile += ndim * kdim) {
        std::memcpy(tile, quantised.data() + k,
                    static_cast<std::size_t>(std::min(kdim, w.columns() - k)));
      }
    }
    out.scales = constants_.floats(scales, w.name);
    if (!from.bias.empty()) {
      std::vector<float> bias = row(from.bias);
      bias.resize(static_cast<std::size_t>(rows));
      out.bias = constants_.floats(bias, from.bias.name);
      out.has_bias = true;
    }
    return out;
  }

  void tables() {
    const Tensor& e = model_.embedding;
    image_.embedding_bf16 = e.dtype == Dtype::kBf16;
    const std::int64_t row_bytes = image_.embedding_row_bytes();
    image_.embedding = tables_.take(e.rows() * row_bytes, e.name);
    std::uint8_t* to = tables_.at(image_.embedding);
    if (e.dtype == Dtype::kF16) {
      std::vector<float> values(static_cast<std::size_t>(e.columns()));
      for (std::int64_t n = 0; n < e.rows(); ++n, to += row_bytes) {
        e.read_row(n, values);
        std::memcpy(to, values.data(), static_cast<std::size_t>(row_bytes));
      }
    } else {
      std::memcpy(to, e.bytes.data(), e.bytes.size());
    }
    image_.positions =
        tables_.floats(position_table(image_.config, image_.position_count), "positions");
  }

  const Model& model_;
  Image image_;
  Pieces constants_, tables_;
};

}  // namespace

Image make_image(const Model& model, const isa::Preset& preset, const ImageOptions& options) {
  return Maker(model, preset, options).run();
}

}  // namespace girih::llm
