// SPDX-License-Identifier: Apache-2.0
#include "compiler/program/program.h"

#include <cmath>
#include <fstream>

#include "common/error.h"
#include "girih/presets.h"
#include "isa/forms.h"
#include "program.pb.h"

namespace girih::compiler {
namespace {

constexpr std::uint32_t kFormat = 1;
constexpr std::uint64_t kWindowBytes = std::uint64_t{1} << 32;

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

/// Throws girih::Error for numbers that no compiler writes.
graph::Encoding encoding(bool is_unsigned, float scale, std::int32_t zero) {
  const graph::DType type = is_unsigned ? graph::DType::kUint8 : graph::DType::kInt8;
  if (!std::isfinite(scale) || scale <= 0) throw Error("scale {} is not positive", scale);
  if (zero < graph::lowest(type) || zero > graph::highest(type))
    throw Error("zero point {} is no {}", zero, graph::name(type));
  return {type, {{scale}, zero, -1}};
}

/// Is `order` a permutation of the factors, and do they multiply to the shape's elements?
void check(const Port& port) {
  const std::int64_t elements = graph::elements(port.shape);
  std::vector<bool> seen(port.storage.factors.size(), false);
  for (const std::size_t o : port.storage.order) {
    if (o >= seen.size() || seen[o]) throw Error("the order of its factors is no permutation");
    seen[o] = true;
  }
  if (port.storage.order.size() != seen.size() ||
      graph::elements(port.storage.factors) != elements) {
    throw Error("its factors do not make {} elements", elements);
  }
}

Port read_port(const program::Port& in) {
  Port port;
  port.name = in.name();
  port.shape.assign(in.shape().begin(), in.shape().end());
  port.storage.factors.assign(in.factors().begin(), in.factors().end());
  port.storage.order.assign(in.order().begin(), in.order().end());
  port.encoding = encoding(in.is_unsigned(), in.scale(), in.zero());
  port.offset = in.offset();
  port.as_float = in.as_float();
  const program::HostTail& tail = in.tail();
  if (tail.kind() < program::HostTail::NONE || tail.kind() > program::HostTail::SIGMOID)
    throw Error("unknown host operation {}", static_cast<int>(tail.kind()));
  if (tail.kind() == program::HostTail::SOFTMAX && tail.axis() >= port.shape.size())
    throw Error("Softmax over axis {} of {} dimensions", tail.axis(), port.shape.size());
  port.tail.kind = static_cast<HostTail::Kind>(tail.kind());
  port.tail.axis = tail.axis();
  port.tail.node = tail.node();
  if (tail.rounded()) port.tail.rounding = encoding(tail.is_unsigned(), tail.scale(), tail.zero());
  check(port);
  return port;
}

Port from_proto(const program::Port& in, const std::string& file) {
  try {
    return read_port(in);
  } catch (const Error& error) {
    throw Error("{}: port \"{}\": {}", file, in.name(), error.what());
  }
}

}  // namespace

const Layer* Program::layer_of(std::uint32_t instruction) const {
  const std::uint32_t tag = isa::decode_header(instructions.at(instruction)).tag;
  if (tag >= layers.size()) return nullptr;
  const Layer& layer = layers[tag];
  return layer.first <= instruction && instruction <= layer.last ? &layer : nullptr;
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
    to.set_last(layer.last);
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
  const isa::Preset* preset = isa::find_preset(in.sizes().preset());
  if (preset == nullptr) {
    throw Error("{}: compiled for preset \"{}\", which does not exist; see girih presets",
                file.string(), in.sizes().preset());
  }
  if (in.sizes().spm_bytes() > preset->spm_kib * 1024 ||
      in.sizes().acc_bytes() > preset->acc_kib * 1024) {
    throw Error("{}: needs {} bytes of scratchpad and {} of accumulators; \"{}\" has {} and {} KiB",
                file.string(), in.sizes().spm_bytes(), in.sizes().acc_bytes(), preset->name,
                preset->spm_kib, preset->acc_kib);
  }
  if (in.workspace_bytes() > kWindowBytes || in.constants().size() > kWindowBytes) {
    throw Error("{}: its workspace of {} bytes or its constants of {} exceed a window of 4 GiB",
                file.string(), in.workspace_bytes(), in.constants().size());
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
    if (layer.last() >= program.instructions.size() || layer.first() > layer.last() ||
        layer.count() > layer.last() - layer.first() + 1) {
      throw Error("{}: layer \"{}\" has {} instructions from {} to {}, the program has {}",
                  file.string(), layer.node(), layer.count(), layer.first(), layer.last(),
                  program.instructions.size());
    }
    program.layers.push_back({layer.node(), layer.kind(), layer.first(), layer.last(),
                              layer.count(), layer.macs(), layer.array_macs(),
                              layer.limit_cycles()});
  }
  program.array_macs = in.array_macs();
  return program;
}

}  // namespace girih::compiler
