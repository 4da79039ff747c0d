// SPDX-License-Identifier: Apache-2.0
#include "compiler/program/program.h"

#include <fstream>

#include "common/error.h"
#include "girih/presets.h"
#include "program.pb.h"

namespace girih::compiler {
namespace {

constexpr std::uint32_t kFormat = 1;

program::Port to_proto(const Port& port) {
  program::Port out;
  out.set_name(port.name);
  for (const std::int64_t d : port.shape) out.add_shape(d);
  for (const std::int64_t f : port.storage.factors) out.add_factors(f);
  for (const std::size_t o : port.storage.order) out.add_order(static_cast<std::uint32_t>(o));
  out.set_is_unsigned(port.encoding.dtype == graph::DType::kUint8);
  out.set_scale(port.encoding.quant.scale.front());
  out.set_zero(port.encoding.quant.zero);
  out.set_offset(port.offset);
  out.set_as_float(port.as_float);
  program::HostTail& tail = *out.mutable_tail();
  tail.set_kind(static_cast<program::HostTail::Kind>(port.tail.kind));
  tail.set_axis(static_cast<std::uint32_t>(port.tail.axis));
  tail.set_node(port.tail.node);
  if (port.tail.rounding) {
    tail.set_rounded(true);
    tail.set_is_unsigned(port.tail.rounding->dtype == graph::DType::kUint8);
    tail.set_scale(port.tail.rounding->quant.scale.front());
    tail.set_zero(port.tail.rounding->quant.zero);
  }
  return out;
}

graph::Encoding encoding(bool is_unsigned, float scale, std::int32_t zero) {
  return {is_unsigned ? graph::DType::kUint8 : graph::DType::kInt8, {{scale}, zero, -1}};
}

/// Is `order` a permutation of the factors, and do they multiply to the shape's elements?
void check(const Port& port, const std::string& file) {
  const std::int64_t elements = graph::elements(port.shape);
  std::vector<bool> seen(port.storage.factors.size(), false);
  for (const std::size_t o : port.storage.order) {
    if (o >= seen.size() || seen[o])
      throw Error("{}: port \"{}\": the order of its factors is no permutation", file, port.name);
    seen[o] = true;
  }
  if (port.storage.order.size() != seen.size() ||
      graph::elements(port.storage.factors) != elements) {
    throw Error("{}: port \"{}\": its factors do not make {} elements", file, port.name, elements);
  }
}

Port from_proto(const program::Port& in, const std::string& file) {
  Port port;
  port.name = in.name();
  port.shape.assign(in.shape().begin(), in.shape().end());
  port.storage.factors.assign(in.factors().begin(), in.factors().end());
  port.storage.order.assign(in.order().begin(), in.order().end());
  port.encoding = encoding(in.is_unsigned(), in.scale(), in.zero());
  port.offset = in.offset();
  port.as_float = in.as_float();
  const program::HostTail& tail = in.tail();
  if (tail.kind() < program::HostTail::NONE || tail.kind() > program::HostTail::SIGMOID ||
      tail.axis() > port.shape.size()) {
    throw Error("{}: port \"{}\": unknown host operation {}", file, port.name,
                static_cast<int>(tail.kind()));
  }
  port.tail.kind = static_cast<HostTail::Kind>(tail.kind());
  port.tail.axis = tail.axis();
  port.tail.node = tail.node();
  if (tail.rounded()) port.tail.rounding = encoding(tail.is_unsigned(), tail.scale(), tail.zero());
  check(port, file);
  return port;
}

}  // namespace

const Layer* Program::layer_of(std::uint32_t instruction) const {
  for (const Layer& layer : layers) {
    if (instruction - layer.first < layer.count) return &layer;
  }
  return nullptr;
}

void save(const Program& in, const std::filesystem::path& file) {
  program::Program out;
  out.set_format(kFormat);
  out.set_model(in.model);
  out.mutable_sizes()->set_preset(in.preset);
  out.mutable_sizes()->set_spm_bytes(in.spm_bytes);
  out.mutable_sizes()->set_acc_bytes(in.acc_bytes);
  std::string& code = *out.mutable_instructions();
  for (const isa::Instruction& instruction : in.instructions) {
    const auto bytes = instruction.bytes();
    code.append(bytes.begin(), bytes.end());
  }
  out.set_constants(in.constants.data(), in.constants.size());
  out.set_workspace_bytes(in.workspace_bytes);
  for (const Port& port : in.inputs) *out.add_inputs() = to_proto(port);
  for (const Port& port : in.outputs) *out.add_outputs() = to_proto(port);
  for (const Layer& layer : in.layers) {
    program::Layer& to = *out.add_layers();
    to.set_node(layer.node);
    to.set_kind(layer.kind);
    to.set_first(layer.first);
    to.set_count(layer.count);
    to.set_macs(layer.macs);
    to.set_array_macs(layer.array_macs);
    to.set_limit_cycles(layer.limit_cycles);
  }
  out.set_array_macs(in.array_macs);
  std::ofstream stream(file, std::ios::binary);
  if (!stream || !out.SerializeToOstream(&stream) || !stream.flush()) {
    throw Error("{}: cannot be written", file.string());
  }
}

Program load_program(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw Error("{}: cannot be read", file.string());
  program::Program in;
  if (!in.ParseFromIstream(&stream))
    throw Error("{}: is not a Girih program (girih compile writes them)", file.string());
  if (in.format() != kFormat) {
    throw Error("{}: program format {}, this version reads format {}", file.string(), in.format(),
                kFormat);
  }
  if (isa::find_preset(in.sizes().preset()) == nullptr) {
    throw Error("{}: compiled for preset \"{}\", which does not exist; see girih presets",
                file.string(), in.sizes().preset());
  }
  if (in.instructions().size() % isa::kBytes != 0) {
    throw Error("{}: {} bytes of instructions are not a multiple of {}", file.string(),
                in.instructions().size(), isa::kBytes);
  }
  Program program;
  program.model = in.model();
  program.preset = in.sizes().preset();
  program.spm_bytes = in.sizes().spm_bytes();
  program.acc_bytes = in.sizes().acc_bytes();
  const auto* code = reinterpret_cast<const std::uint8_t*>(in.instructions().data());
  for (std::size_t at = 0; at < in.instructions().size(); at += isa::kBytes) {
    program.instructions.push_back(isa::Instruction::from_bytes(
        std::span<const std::uint8_t, isa::kBytes>(code + at, isa::kBytes)));
  }
  program.constants.assign(in.constants().begin(), in.constants().end());
  program.workspace_bytes = in.workspace_bytes();
  for (const program::Port& port : in.inputs())
    program.inputs.push_back(from_proto(port, file.string()));
  for (const program::Port& port : in.outputs())
    program.outputs.push_back(from_proto(port, file.string()));
  for (const auto* ports : {&program.inputs, &program.outputs}) {
    for (const Port& port : *ports) {
      const auto bytes = static_cast<std::uint64_t>(port.elements());
      if (port.offset > program.workspace_bytes || bytes > program.workspace_bytes - port.offset) {
        throw Error("{}: port \"{}\" lies outside the workspace of {} bytes", file.string(),
                    port.name, program.workspace_bytes);
      }
    }
  }
  for (const program::Layer& layer : in.layers()) {
    program.layers.push_back({layer.node(), layer.kind(), layer.first(), layer.count(),
                              layer.macs(), layer.array_macs(), layer.limit_cycles()});
  }
  program.array_macs = in.array_macs();
  return program;
}

}  // namespace girih::compiler
