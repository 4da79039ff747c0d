// SPDX-License-Identifier: Apache-2.0
//
// A compiled program: what a device needs to run a model, and what a report names. The file format
// is program.proto; docs/compiler.md describes the windows.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compiler/graph/graph.h"
#include "compiler/program/storage.h"
#include "isa/instruction.h"

namespace girih::compiler {

/// What the host does with an output after the chip.
struct HostTail {
  enum class Kind { kNone, kSoftmax, kSigmoid };
  Kind kind = Kind::kNone;
  std::size_t axis = 0;
  std::optional<graph::Encoding> rounding;
  std::string node;
};

/// A graph input or output: one byte an element in the workspace.
struct Port {
  std::string name;
  graph::Shape shape;
  Storage storage;
  graph::Encoding encoding;
  std::uint64_t offset = 0;
  bool as_float = true;  ///< the model's interface is float32 there, the host converts
  HostTail tail;         ///< outputs only

  std::int64_t elements() const { return graph::elements(shape); }
};

struct Layer {
  std::string node;
  std::string kind;
  /// Its instructions carry its number as their tag and stand in [first, last], among those of the
  /// layer before where one works on the other's tiles as they come.
  std::uint32_t first = 0, last = 0, count = 0;
  std::uint64_t macs = 0;          ///< of the model
  std::uint64_t array_macs = 0;    ///< that MATRIX instructions multiply
  std::uint64_t limit_cycles = 0;  ///< max(macs / array, compulsory bytes / bus)
};

struct Program {
  std::string model;
  std::string preset;
  std::uint32_t spm_bytes = 0, acc_bytes = 0;  ///< partition
  std::vector<isa::Instruction> instructions;
  std::vector<std::uint8_t> constants;
  std::uint64_t workspace_bytes = 0;
  std::vector<Port> inputs, outputs;
  std::vector<Layer> layers;
  std::uint64_t array_macs = 0;

  /// The layer an instruction belongs to, by its tag; none for the closing FENCE.
  const Layer* layer_of(std::uint32_t instruction) const;
};

/// Throws girih::Error naming the file and what is wrong with it.
void save(const Program& program, const std::filesystem::path& file);
Program load_program(const std::filesystem::path& file);

}  // namespace girih::compiler
