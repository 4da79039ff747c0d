// SPDX-License-Identifier: Apache-2.0
//
// A context of a device that has a model's image in its memory: windows and steps.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "llm/lower/step.h"
#include "runtime/device.h"
#include "runtime/feeder.h"

namespace girih::llm {

struct Region {
  std::uint64_t address = 0, bytes = 0;
};

template <class T>
std::span<const std::uint8_t> bytes_of(const std::vector<T>& values) {
  return {reinterpret_cast<const std::uint8_t*>(values.data()), values.size() * sizeof(T)};
}

class Tenant {
 public:
  /// Takes the whole partition and memory from `dram` on (a multiple of 4 KiB), writes the image.
  /// `device` and `image` outlive this. Throws girih::Error when the image is of another preset or
  /// does not fit a window.
  Tenant(runtime::Device& device, const Image& image, unsigned context, std::uint64_t dram);
  Tenant(const Tenant&) = delete;
  Tenant& operator=(const Tenant&) = delete;

  /// The next bytes of memory, rounded up to pages, as a window; `what` is how messages call them.
  Region map(unsigned window, std::uint64_t bytes, bool write, const char* what);
  /// Behind all that is mapped.
  std::uint64_t end() const { return end_; }
  /// Throws girih::Error when the device faults.
  void run(const StepProgram& program);

 private:
  runtime::Device& device_;
  const Image& image_;
  const unsigned context_;
  std::uint64_t end_;
  std::optional<runtime::Feeder> feeder_;
};

}  // namespace girih::llm
