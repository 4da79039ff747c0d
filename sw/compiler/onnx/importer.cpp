// SPDX-License-Identifier: Apache-2.0
#include "compiler/onnx/importer.h"

#include "common/text.h"
#include "compiler/onnx/builder.h"
#include "compiler/onnx/model_file.h"

namespace girih::onnx {
namespace {

graph::Graph import_file(const ModelFile& file, const ImportOptions& options) {
  Builder builder(file, options, /*keep_going=*/false);
  builder.run();
  graph::Graph graph = builder.take_graph();
  graph::validate(graph);
  return graph;
}

ModelReport inspect_file(const ModelFile& file, const ImportOptions& options) {
  try {
    Builder builder(file, options, /*keep_going=*/true);
    builder.run();
    return builder.take_report();
  } catch (const Error& error) {  // a graph without an order of execution
    ModelReport report;
    report.model = printable(file.model.graph().name());
    report.opset = file.opset;
    report.problems.push_back(error.what());
    return report;
  }
}

}  // namespace

graph::Graph import_model(const std::filesystem::path& path, const ImportOptions& options) {
  const ModelFile file = read_model(path);
  try {
    return import_file(file, options);
  } catch (const Error& error) {
    throw Error("{}: {}", printable(path.string()), error.what());
  }
}

graph::Graph import_bytes(const std::string& bytes, const std::filesystem::path& folder,
                          const ImportOptions& options) {
  return import_file(parse_model(bytes, folder), options);
}

ModelReport inspect_model(const std::filesystem::path& path, const ImportOptions& options) {
  return inspect_file(read_model(path), options);
}

ModelReport inspect_bytes(const std::string& bytes, const std::filesystem::path& folder,
                          const ImportOptions& options) {
  return inspect_file(parse_model(bytes, folder), options);
}

}  // namespace girih::onnx
