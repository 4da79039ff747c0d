// SPDX-License-Identifier: Apache-2.0
#include "llm/quantise/image.h"

#include <algorithm>

#include "common/error.h"
#include "llm/quantise/mask_strip.h"
#include "llm/quantise/pieces.h"
#include "llm/quantise/position_table.h"

namespace girih::llm {
namespace {

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
        constants_(image_.constants, preset, "constants"),
        tables_(image_.tables, preset, "embedding and position tables") {
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
    image_.norm = constants_.row(model_.norm);
    image_.head = constants_.linear({model_.config.tied ? model_.embedding : model_.head, {}});
    image_.mask_strip = constants_.floats(mask_strip(), "mask");
    tables();
    return std::move(image_);
  }

 private:
  /// Weights are most of it: one allocation.
  void reserve() {
    std::int64_t total = 1 << 20;
    const auto add = [&](const Linear& x) {
      total += constants_.packed_bytes(x.weight) + 16 * x.weight.rows();
    };
    for (const Layer& l : model_.layers) {
      for (const Linear* x : {&l.q, &l.k, &l.v, &l.o, &l.gate, &l.up, &l.down}) add(*x);
      total += 64 * model_.config.hidden;
    }
    total += constants_.packed_bytes(model_.config.tied ? model_.embedding : model_.head);
    image_.constants.reserve(static_cast<std::size_t>(total));
  }
  PackedLayer pack(const Layer& layer) {
    PackedLayer out;
    out.input_norm = constants_.row(layer.input_norm);
    out.q = constants_.linear(layer.q);
    out.k = constants_.linear(layer.k);
    out.v = constants_.linear(layer.v);
    if (model_.config.qk_norm) {
      std::vector<float> both = read_row(layer.q_norm);
      const std::vector<float> k = read_row(layer.k_norm);
      both.insert(both.end(), k.begin(), k.end());
      out.head_norms = constants_.floats(both, layer.q_norm.name);
    }
    out.o = constants_.linear(layer.o);
    out.post_attention_norm = constants_.row(layer.post_attention_norm);
    out.gate = constants_.linear(layer.gate);
    out.up = constants_.linear(layer.up);
    out.down = constants_.linear(layer.down);
    return out;
  }

  void tables() {
    image_.embedding_bf16 = model_.embedding.dtype == Dtype::kBf16;
    image_.embedding = tables_.rows(model_.embedding);
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
