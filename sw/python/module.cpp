// SPDX-License-Identifier: Apache-2.0
//
// girih_core: the Engine to Python. Arrays are copied; errors become girih_core.Error.
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>

#include "common/error.h"
#include "python/encoder_engine.h"
#include "python/engine.h"

namespace py = pybind11;

namespace girih::python {
namespace {

template <class T>
py::array_t<T> to_array(const std::vector<T>& values, const std::vector<std::int64_t>& shape) {
  py::array_t<T> array(shape);
  std::copy(values.begin(), values.end(), array.mutable_data());
  return array;
}

/// The step's rows as a small object with two arrays.
py::object to_python(const Rows& rows, std::int64_t vocabulary) {
  const auto make = py::module_::import("types").attr("SimpleNamespace");
  const std::int64_t count = std::ssize(rows.argmax);
  return make(py::arg("logits") = to_array(rows.logits, {count, vocabulary}),
              py::arg("argmax") = to_array(rows.argmax, {count}));
}

py::dict to_python(const Statistics& s, const isa::Preset& preset) {
  py::dict d;
  d["tokens"] = s.tokens;
  d["steps"] = s.steps;
  d["decode_tokens"] = s.decode_tokens;
  d["decode_cycles"] = s.decode_cycles;
  d["cycles"] = s.counters.cycles;
  d["macs"] = s.counters.macs;
  d["retired"] = s.counters.retired;
  d["bytes_read"] = s.counters.bytes_read;
  d["bytes_written"] = s.counters.bytes_written;
  d["bus_bytes"] = preset.bus_bytes;
  d["array_macs"] = preset.k_dim * preset.n_dim;
  d["tiles"] = s.checked.instructions;
  d["mismatches"] = s.checked.mismatches;
  d["first_mismatch"] = s.checked.first_mismatch;
  return d;
}

std::unique_ptr<Engine> make_engine(const std::string& folder, const std::string& device,
                                    const std::string& preset, const std::string& check,
                                    unsigned activations, unsigned kv, std::int64_t kv_tokens,
                                    std::uint32_t seed, double stalls, unsigned latency,
                                    const std::string& reproduce) {
  return std::make_unique<Engine>(
      folder, EngineOptions{device, preset, check, activations, kv, kv_tokens, seed, stalls,
                            latency, reproduce});
}

std::unique_ptr<EncoderEngine> make_encoder(const std::string& folder, const std::string& device,
                                            const std::string& preset, const std::string& check,
                                            unsigned activations, std::uint32_t seed, double stalls,
                                            unsigned latency, const std::string& reproduce) {
  EngineOptions options;
  options.device = device, options.preset = preset, options.check = check;
  options.activations = activations;
  options.seed = seed, options.stalls = stalls, options.latency = latency;
  options.reproduce = reproduce;
  return std::make_unique<EncoderEngine>(folder, options);
}

}  // namespace

PYBIND11_MODULE(girih_core, module) {
  module.doc() = "Girih's language models and encoders: the C++ library behind the package girih.";
  const auto& error = py::register_exception<Error>(module, "Error");
  py::register_exception<Mismatch>(module, "Mismatch", error);
  module.def("presets", [] {
    std::vector<std::string> names;
    for (const isa::Preset& preset : isa::kPresets) names.emplace_back(preset.name);
    return names;
  });
  py::class_<Engine>(module, "Engine", "A model directory on a device.")
      .def(py::init(&make_engine), py::arg("folder"), py::kw_only(), py::arg("device") = "golden",
           py::arg("preset") = "base", py::arg("check") = "tiles", py::arg("activations") = 8,
           py::arg("kv") = 8, py::arg("kv_tokens") = 0, py::arg("seed") = 1,
           py::arg("stalls") = 0.0, py::arg("latency") = 100, py::arg("reproduce") = "")
      .def_property_readonly("vocabulary", [](const Engine& e) { return e.config().vocabulary; })
      .def_property_readonly("end_tokens", [](const Engine& e) { return e.config().end_tokens; })
      .def_property_readonly("context", &Engine::context, "tokens a sequence can have")
      .def_property_readonly("chunk", &Engine::chunk, "new tokens of a sequence in one step")
      .def_property_readonly("keys_per_tile", &Engine::keys_per_tile,
                             "keys that attention takes at a time")
      .def("new_sequence", &Engine::new_sequence)
      .def("free", &Engine::free, py::arg("sequence"))
      .def("length", &Engine::length, py::arg("sequence"))
      .def(
          "feed",
          [](Engine& e, std::uint64_t sequence, const std::vector<std::uint32_t>& tokens,
             const std::string& rows) {
            if (rows != "last" && rows != "all")
              throw Error("rows \"{}\"; accepted: last all", rows);
            return to_python(e.feed(sequence, tokens, rows == "all"), e.config().vocabulary);
          },
          py::arg("sequence"), py::arg("tokens"), py::arg("rows") = "last",
          "Appends tokens; .logits [rows][vocabulary] and .argmax [rows] of the last token or all.")
      .def(
          "decode",
          [](Engine& e, const std::vector<std::uint64_t>& sequences,
             const std::vector<std::uint32_t>& tokens) {
            return to_python(e.decode(sequences, tokens), e.config().vocabulary);
          },
          py::arg("sequences"), py::arg("tokens"),
          "One token for each sequence in one step; a row for each.")
      .def("statistics", [](Engine& e) { return to_python(e.statistics(), e.preset()); });
  py::class_<EncoderEngine>(module, "Encoder", "An encoder's directory on a device.")
      .def(py::init(&make_encoder), py::arg("folder"), py::kw_only(), py::arg("device") = "golden",
           py::arg("preset") = "base", py::arg("check") = "tiles", py::arg("activations") = 16,
           py::arg("seed") = 1, py::arg("stalls") = 0.0, py::arg("latency") = 100,
           py::arg("reproduce") = "")
      .def_property_readonly("vocabulary",
                             [](const EncoderEngine& e) { return e.config().vocabulary; })
      .def_property_readonly(
          "hidden", [](const EncoderEngine& e) { return e.config().hidden; }, "length of a vector")
      .def_property_readonly(
          "longest", [](const EncoderEngine& e) { return e.config().longest; },
          "tokens a sequence can have")
      .def_property_readonly("keys_per_tile", &EncoderEngine::keys_per_tile,
                             "keys that attention takes at a time")
      .def(
          "embed",
          [](EncoderEngine& e, const std::vector<std::uint32_t>& tokens,
             const std::vector<std::uint32_t>& types) {
            return to_array(e.embed(tokens, types), {e.config().hidden});
          },
          py::arg("tokens"), py::arg("types") = std::vector<std::uint32_t>{},
          "The vector of a sequence, [hidden]; types as many as tokens, or none: all 0.")
      .def("statistics", [](EncoderEngine& e) { return to_python(e.statistics(), e.preset()); });
}

}  // namespace girih::python
