// SPDX-License-Identifier: Apache-2.0
#include "llm/report/model_report.h"

#include <chrono>
#include <cmath>
#include <limits>

#include "common/error.h"
#include "llm/lower/step.h"
#include "llm/quantise/weights.h"

namespace girih::llm {
namespace {

const char* name_of(Dtype dtype) {
  switch (dtype) {
    case Dtype::kF32:
      return "F32";
    case Dtype::kF16:
      return "F16";
    case Dtype::kBf16:
      return "BF16";
  }
  return "";
}

double signal_to_noise(const Tensor& weight) {
  std::vector<float> row(static_cast<std::size_t>(weight.columns()));
  std::vector<std::int8_t> quantised(row.size());
  double signal = 0, noise = 0;
  for (std::int64_t n = 0; n < weight.rows(); ++n) {
    weight.read_row(n, row);
    const float scale = quantise_row(row, quantised);
    for (std::size_t k = 0; k < row.size(); ++k) {
      const double w = row[k], lost = w - double{scale} * quantised[k];
      signal += w * w;
      noise += lost * lost;
    }
  }
  return noise == 0 ? std::numeric_limits<double>::infinity() : 10 * std::log10(signal / noise);
}

LayerReport report_layer(const Layer& layer, std::vector<Operation> operations) {
  LayerReport report{.operations = std::move(operations), .matrices = {}};
  const auto add = [&](const char* name, const Linear& x) {
    report.matrices.push_back({name, signal_to_noise(x.weight)});
  };
  add("q", layer.q);
  add("k", layer.k);
  add("v", layer.v);
  add("o", layer.o);
  add("gate", layer.gate);
  add("up", layer.up);
  add("down", layer.down);
  return report;
}

/// What only the compiler knows.
void compile(ModelReport& r, const Model& model) {
  const Image image =
      make_image(model, r.chip.preset, {.activation_bits = r.chip.activation_bits, .positions = 0});
  r.constant_bytes = image.constants.size();
  r.table_bytes = image.tables.size();
  const Dimensions d(r.config, r.chip.preset, r.chip.activation_bits);
  const std::int64_t pages = ceil_div(r.decode.context, d.slots);
  r.keys_per_tile = d.keys;
  r.cache_token_bytes = static_cast<std::uint64_t>(d.layers * d.kv_heads * d.page_bytes / d.slots);
  r.cache_bytes = static_cast<std::uint64_t>(d.layers * d.kv_heads * d.page_bytes * pages);
  r.logit_bytes = static_cast<std::uint64_t>(4 * (d.vocabulary + 1));
  try {
    const auto start = std::chrono::steady_clock::now();
    const StepProgram program = compile_step(
        image, {.keys = {round_up(r.decode.context, d.key_step)}, .logit_rows = 1, .pages = pages});
    r.compile_seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    r.instructions = program.instructions.size();
    r.chunk = largest_chunk(image);
  } catch (const Error& error) {
    r.problem = error.what();
  }
}

}  // namespace

Operation total(const std::vector<Operation>& operations) {
  Operation sum{};
  for (const Operation& x : operations) {
    sum.weight_bytes += x.weight_bytes;
    sum.scale_bytes += x.scale_bytes;
    sum.other_bytes += x.other_bytes;
    sum.macs += x.macs;
    sum.cycles += x.cycles;
  }
  return sum;
}

Operation total(const ModelReport& report) {
  std::vector<Operation> sums{total(report.embedding), total(report.head)};
  for (const LayerReport& layer : report.layers) sums.push_back(total(layer.operations));
  return total(sums);
}

ModelReport report_model(const Model& model, const Chip& chip, std::int64_t context) {
  const Config& c = model.config;
  if (context < 1 || context > c.max_positions) {
    throw Error("a context of {} tokens: {} takes 1 to {}", context, model.name, c.max_positions);
  }
  ModelReport r;
  r.name = model.name;
  r.config = c;
  r.dtype = name_of(model.embedding.dtype);
  r.ignored = model.ignored;
  r.chip = chip;
  r.decode = {.tokens = 1, .context = context, .logit_rows = 1};
  const Dtype dtype = model.embedding.dtype;
  r.embedding = embedding_operations(c, chip, r.decode, dtype);
  for (std::int64_t i = 0; i < c.layers; ++i) {
    r.layers.push_back(report_layer(model.layers[static_cast<std::size_t>(i)],
                                    layer_operations(c, chip, r.decode, i)));
  }
  r.head = head_operations(c, chip, r.decode);
  r.head_signal_to_noise = signal_to_noise(model.head);
  compile(r, model);
  if (r.problem.empty()) {
    const StepSize chunk{.tokens = std::min(r.chunk, context), .context = context, .logit_rows = 0};
    r.chunk_cycles = total(step_operations(c, chip, chunk, dtype)).cycles;
  }
  return r;
}

}  // namespace girih::llm
