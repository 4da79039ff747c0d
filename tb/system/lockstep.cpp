// SPDX-License-Identifier: Apache-2.0
#include "lockstep.h"

#include <algorithm>
#include <cstring>

#include "isa/text.h"

namespace girih::rtl {
namespace {

using golden::Place;

/// An element as its type and as bits.
std::string show(isa::Type type, const std::uint8_t* bytes) {
  switch (type) {
    case isa::Type::kInt8:
      return fmt::format("{} ({:#04x})", static_cast<int>(static_cast<std::int8_t>(*bytes)),
                         *bytes);
    case isa::Type::kUint8:
      return fmt::format("{} ({:#04x})", *bytes, *bytes);
    case isa::Type::kInt16: {
      std::int16_t value;
      std::memcpy(&value, bytes, sizeof value);
      return fmt::format("{} ({:#06x})", value, static_cast<std::uint16_t>(value));
    }
    case isa::Type::kInt32: {
      std::int32_t value;
      std::memcpy(&value, bytes, sizeof value);
      return fmt::format("{} ({:#010x})", value, static_cast<std::uint32_t>(value));
    }
    case isa::Type::kFp32: {
      float value;
      std::uint32_t bits;
      std::memcpy(&value, bytes, sizeof value);
      std::memcpy(&bits, bytes, sizeof bits);
      return fmt::format("{} ({:#010x})", value, bits);
    }
    case isa::Type::kBf16: {
      std::uint16_t bits;
      std::memcpy(&bits, bytes, sizeof bits);
      return fmt::format("{} ({:#06x})", isa::fp32_value(std::uint32_t{bits} << 16), bits);
    }
  }
  return fmt::format("{:#04x}", *bytes);
}

}  // namespace

Lockstep::Lockstep(const ChipPorts& chip, const ChipMemories& memories, tb::Dram& dram,
                   std::string reproduce)
    : chip_(chip),
      memories_(memories),
      dram_(dram),
      reproduce_(std::move(reproduce)),
      golden_(golden::Golden::make(chip.preset(), memory_)),
      namers_(chip.preset().contexts),
      numbers_(chip.preset().contexts) {
  memories.read_store(Store::kSpm, 0, golden_->spm());
  memories.read_store(Store::kAcc, 0, golden_->acc());
}

void Lockstep::write(std::uint64_t address, std::span<const std::uint8_t> bytes) {
  dram_.write(address, bytes);
  memory_.write(address, bytes);
  if (bytes.empty()) return;
  for (std::uint64_t page = address / 4096; page <= (address + bytes.size() - 1) / 4096; ++page)
    pages_.insert(page);
}

void Lockstep::read_chip(Place place, std::uint64_t address, std::span<std::uint8_t> bytes,
                         bool matrix) const {
  switch (place) {
    case Place::kSpm:
      return memories_.read_store(Store::kSpm, address, bytes);
    case Place::kAcc:
      return matrix ? memories_.read_acc_of_matrix(address, bytes)
                    : memories_.read_store(Store::kAcc, address, bytes);
    case Place::kDram:
      return dram_.read(address, bytes.data(), bytes.size());
    case Place::kNone:
      return;
  }
}

void Lockstep::retired(const Retirement& what) {
  if (what.error != isa::ErrorCode::kNone) {
    const bool matrix = engine_of(what) == isa::to_string(isa::Opcode::kMatrix);
    take_over(fault(what), matrix);
  } else {
    compare(what, execute(what));
  }
}

std::string Lockstep::engine_of(const Retirement& what) {
  const isa::Instruction instruction = golden_->instruction(what.context, what.index);
  return std::string(isa::to_string(static_cast<isa::Opcode>(instruction.opcode())));
}

golden::Destination Lockstep::execute(const Retirement& what) {
  const std::uint32_t opcode = golden_->instruction(what.context, what.index).opcode();
  if (opcode >= 1 && opcode < tallies_.size()) ++tallies_[opcode].retired;
  try {
    return golden_->retired(what.context, what.index);
  } catch (const golden::Disagreement& disagreement) {
    report(what, fmt::format("  golden    {}\n", disagreement.what()));
  }
}

golden::Destination Lockstep::fault(const Retirement& what) {
  try {
    return golden_->faulted(what.context, what.index, what.error, what.detail);
  } catch (const golden::Disagreement& disagreement) {
    report(what, fmt::format("  golden    {}\n", disagreement.what()));
  }
}

void Lockstep::compare(const Retirement& what, const golden::Destination& destination) {
  const bool matrix = engine_of(what) == isa::to_string(isa::Opcode::kMatrix);
  Difference first;
  std::vector<std::uint8_t> want_bytes, got_bytes;
  const unsigned size = isa::size_of(destination.element());
  destination.for_each_run([&](std::uint64_t address, std::uint64_t length) {
    buffer_.resize(length);
    read_chip(destination.place(), address, buffer_, matrix);
    for (std::uint64_t done = 0; done < length;) {
      const auto want = golden_->view(destination.place(), address + done, length - done);
      const std::uint8_t* got = buffer_.data() + done;
      if (std::memcmp(want.data(), got, want.size()) != 0) {
        for (std::size_t i = 0; i < want.size(); ++i) {
          if (want[i] == got[i]) continue;
          if (first.bytes++ == 0) {
            // Elements are aligned, and so are the pieces of memory.
            const std::size_t start = i - (address + done + i) % size;
            first.address = address + done + start;
            want_bytes.assign(want.begin() + static_cast<std::ptrdiff_t>(start),
                              want.begin() + static_cast<std::ptrdiff_t>(start + size));
            got_bytes.assign(got + start, got + start + size);
          }
        }
      }
      done += want.size();
    }
  });
  if (first.bytes != 0) {
    report(what,
           fmt::format(
               "  element   {}\n  expected  {}\n  got       {}\n  in all    {} of {} bytes of its "
               "destination differ\n",
               destination.describe(first.address), show(destination.element(), want_bytes.data()),
               show(destination.element(), got_bytes.data()), first.bytes, destination.bytes()));
  }
  const std::uint32_t opcode = golden_->instruction(what.context, what.index).opcode();
  if (opcode < tallies_.size()) {
    Tally& tally = tallies_[opcode];
    ++tally.instructions;
    tally.elements += destination.elements();
    tally.bytes += destination.bytes();
  }
}

void Lockstep::take_over(const golden::Destination& destination, bool matrix) {
  destination.for_each_run([&](std::uint64_t address, std::uint64_t length) {
    buffer_.resize(length);
    read_chip(destination.place(), address, buffer_, matrix);
    switch (destination.place()) {
      case Place::kSpm:
        std::copy(buffer_.begin(), buffer_.end(), golden_->spm().begin() + std::ptrdiff_t(address));
        break;
      case Place::kAcc:
        std::copy(buffer_.begin(), buffer_.end(), golden_->acc().begin() + std::ptrdiff_t(address));
        break;
      case Place::kDram:
        memory_.write(address, buffer_);
        break;
      case Place::kNone:
        break;
    }
  });
}

void Lockstep::take_over(Store store, std::uint64_t address, std::uint64_t length) {
  const std::span<std::uint8_t> all = store == Store::kSpm ? golden_->spm() : golden_->acc();
  memories_.read_store(store, address, all.subspan(address, length));
}

void Lockstep::take_over_dram(std::uint64_t address, std::uint64_t length) {
  buffer_.resize(length);
  dram_.read(address, buffer_.data(), length);
  memory_.write(address, buffer_);
}

void Lockstep::report(const Retirement& what, const std::string& details) {
  const isa::Instruction instruction = golden_->instruction(what.context, what.index);
  const std::string engine = engine_of(what);
  const Numbering& number = numbers_.at(what.context);
  const std::uint32_t index = number ? number(what.index) : what.index;
  std::string text = fmt::format("mismatch: context {}, instruction {}, {}, cycle {}\n",
                                 what.context, index, engine, what.cycle);
  if (const Namer& namer = namers_.at(what.context)) {
    text += fmt::format("  layer     {}\n", namer(index, isa::decode_header(instruction).tag));
  }
  text += fmt::format("  text      {}\n{}", isa::to_text(instruction, chip_.preset()), details);
  if (!reproduce_.empty()) text += fmt::format("  reproduce {}\n", reproduce_);
  throw Mismatch(text, what.context, index, engine);
}

void Lockstep::compare_store(Store store, std::span<const std::uint8_t> want) const {
  std::vector<std::uint8_t> got(want.size());
  memories_.read_store(store, 0, got);
  const auto [x, y] = std::mismatch(want.begin(), want.end(), got.begin());
  if (x == want.end()) return;
  const char* name = store == Store::kSpm ? "spm" : "acc";
  throw Mismatch(fmt::format("mismatch at the end: {} byte {:#x} (physical) is {:#04x}, expected "
                             "{:#04x}; no instruction that "
                             "retired wrote it\n{}{}\n",
                             name, x - want.begin(), *y, *x,
                             reproduce_.empty() ? "" : "  reproduce ", reproduce_),
                 0, 0, "none");
}

void Lockstep::finish() {
  compare_store(Store::kSpm, golden_->spm());
  compare_store(Store::kAcc, golden_->acc());
  compare_dram();
  const Tally sum = total();
  if (sum.instructions != sum.retired) {
    throw Mismatch(
        fmt::format("{} instructions retired, {} were compared", sum.retired, sum.instructions), 0,
        0, "none");
  }
}

void Lockstep::compare_dram() {
  for (const std::uint64_t page : chip_.written_pages()) pages_.insert(page);
  std::array<std::uint8_t, 4096> want, got;
  for (const std::uint64_t page : pages_) {
    memory_.read(page * 4096, want);
    dram_.read(page * 4096, got.data(), got.size());
    const auto [x, y] = std::mismatch(want.begin(), want.end(), got.begin());
    if (x == want.end()) continue;
    throw Mismatch(fmt::format("mismatch at the end: DRAM byte {:#x} is {:#04x}, expected {:#04x}; "
                               "no instruction that retired "
                               "wrote it\n{}{}\n",
                               page * 4096 + static_cast<std::uint64_t>(x - want.begin()), *y, *x,
                               reproduce_.empty() ? "" : "  reproduce ", reproduce_),
                   0, 0, "none");
  }
}

Tally Lockstep::total() const {
  Tally sum;
  for (const Tally& t : tallies_) {
    sum.retired += t.retired;
    sum.instructions += t.instructions;
    sum.elements += t.elements;
    sum.bytes += t.bytes;
  }
  return sum;
}

runtime::Checked checked(const Lockstep* lockstep, const std::optional<Mismatch>& mismatch) {
  runtime::Checked out;
  if (lockstep == nullptr) return out;
  const Tally sum = lockstep->total();
  out.instructions = sum.instructions;
  out.elements = sum.elements;
  out.bytes = sum.bytes;
  if (mismatch) out.mismatches = 1, out.first_mismatch = mismatch->what();
  return out;
}

}  // namespace girih::rtl
