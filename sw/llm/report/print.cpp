// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "llm/report/model_report.h"

namespace girih::llm {
namespace {

void print(std::string& out, const std::vector<Operation>& operations) {
  for (const Operation& x : operations) {
    out += fmt::format("  {:17} {:>18} {:>12} {:>9} {:>9} {:>12} {:>10}\n", x.name, x.shape,
                       x.weight_bytes, x.scale_bytes, x.other_bytes, x.macs, x.cycles);
  }
}

nlohmann::json to_json(const Operation& x) {
  nlohmann::json json{{"weight_bytes", x.weight_bytes},
                      {"scale_bytes", x.scale_bytes},
                      {"other_bytes", x.other_bytes},
                      {"macs", x.macs},
                      {"limit_cycles", x.cycles}};
  if (!x.name.empty()) json["name"] = x.name;
  if (!x.shape.empty()) json["shape"] = x.shape;
  return json;
}

nlohmann::json to_json(const std::vector<Operation>& operations) {
  nlohmann::json list = nlohmann::json::array();
  for (const Operation& x : operations) list.push_back(to_json(x));
  return list;
}

}  // namespace

std::string to_text(const ModelReport& r) {
  const Config& c = r.config;
  std::string out = fmt::format(
      "{}: {}, {} layers, hidden {}, {} heads of {} ({} for keys and values), {} intermediate, "
      "vocabulary {}, {} head, {}\n{} tokens of context; tensors that nothing reads: {}\n",
      r.name, c.architecture, c.layers, c.hidden, c.heads, c.head_dim, c.kv_heads, c.intermediate,
      c.vocabulary, c.tied ? "tied" : "untied", r.dtype, c.max_positions,
      r.ignored.empty() ? "none" : fmt::format("{}", fmt::join(r.ignored, ", ")));
  const isa::Preset& p = r.chip.preset;
  out += fmt::format(
      "\na token at context {} on {} ({}x{} MACs, bus {} B/cycle), activations of {} bits\n"
      "  {:17} {:>18} {:>12} {:>9} {:>9} {:>12} {:>10}\n",
      r.decode.context, p.name, p.k_dim, p.n_dim, p.bus_bytes, r.chip.activation_bits,
      fmt::format("of {} layers, each", c.layers), "shape", "weights B", "scales B", "other B",
      "MACs", "limit");
  print(out, r.embedding);
  print(out, r.layers.front().operations);
  print(out, r.head);

  out += fmt::format("\n  {:6} {:>12} {:>12} {:>10}   signal to noise of INT8 weights, dB\n", "",
                     "bytes", "MACs", "limit");
  const auto row = [&](const std::string& name, const Operation& x) {
    out += fmt::format("  {:6} {:>12} {:>12} {:>10}  ", name, x.bytes(), x.macs, x.cycles);
  };
  for (std::size_t i = 0; i < r.layers.size(); ++i) {
    row(fmt::format("{}", i), total(r.layers[i].operations));
    for (const MatrixQuality& m : r.layers[i].matrices)
      out += fmt::format(" {} {:.1f}", m.name, m.signal_to_noise);
    out += "\n";
  }
  row("head", total(r.head));
  out += fmt::format(" {:.1f}\n", r.head_signal_to_noise);
  const Operation all = total(r);
  row("all", all);
  out += "\n";

  out += fmt::format("\nlimit of decoding: {} cycles a token (array {}, bus {} B)\n", all.cycles,
                     all.macs / static_cast<std::uint64_t>(p.k_dim * p.n_dim), all.bytes());
  if (r.problem.empty()) {
    out += fmt::format(
        "prefill: {} tokens at a time, limit {} cycles a token; attention takes {} keys at a "
        "time\ndecode step: {} instructions, compiled in {:.2f} s\n",
        r.chunk, r.chunk_cycles / static_cast<std::uint64_t>(std::min(r.chunk, r.decode.context)),
        r.keys_per_tile, r.instructions, r.compile_seconds);
  } else {
    out += fmt::format("does not fit {}: {}\n", p.name, r.problem);
  }
  out += fmt::format(
      "memory: {} B weights and scales, {} B embedding and positions, {} B cache ({} B a token), "
      "{} B logits: {} B\n",
      r.constant_bytes, r.table_bytes, r.cache_bytes, r.cache_token_bytes, r.logit_bytes,
      r.memory_bytes());
  return out;
}

nlohmann::json to_json(const ModelReport& r) {
  const Config& c = r.config;
  nlohmann::json layers = nlohmann::json::array();
  for (const LayerReport& layer : r.layers) {
    nlohmann::json quality = nlohmann::json::object();
    for (const MatrixQuality& m : layer.matrices) quality[m.name] = m.signal_to_noise;
    layers.push_back({{"operations", to_json(layer.operations)},
                      {"total", to_json(total(layer.operations))},
                      {"signal_to_noise_db", quality}});
  }
  nlohmann::json json{{"model", r.name},
                      {"architecture", c.architecture},
                      {"layer_count", c.layers},
                      {"hidden", c.hidden},
                      {"intermediate", c.intermediate},
                      {"heads", c.heads},
                      {"kv_heads", c.kv_heads},
                      {"head_dim", c.head_dim},
                      {"vocabulary", c.vocabulary},
                      {"max_positions", c.max_positions},
                      {"tied", c.tied},
                      {"dtype", r.dtype},
                      {"ignored", r.ignored},
                      {"preset", r.chip.preset.name},
                      {"activation_bits", r.chip.activation_bits},
                      {"context", r.decode.context},
                      {"embedding", to_json(r.embedding)},
                      {"layers", layers},
                      {"head", to_json(r.head)},
                      {"head_signal_to_noise_db", r.head_signal_to_noise},
                      {"token", to_json(total(r))},
                      {"constant_bytes", r.constant_bytes},
                      {"table_bytes", r.table_bytes},
                      {"cache_bytes", r.cache_bytes},
                      {"cache_token_bytes", r.cache_token_bytes},
                      {"logit_bytes", r.logit_bytes},
                      {"memory_bytes", r.memory_bytes()},
                      {"keys_per_tile", r.keys_per_tile},
                      {"fits", r.problem.empty()}};
  if (!r.problem.empty()) {
    json["problem"] = r.problem;
    return json;
  }
  json["prefill_chunk"] = r.chunk;
  json["prefill_chunk_limit_cycles"] = r.chunk_cycles;
  json["instructions"] = r.instructions;
  json["compile_seconds"] = r.compile_seconds;
  return json;
}

}  // namespace girih::llm
