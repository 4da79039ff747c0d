// SPDX-License-Identifier: Apache-2.0
#include "golden/context.h"

#include <algorithm>
#include <bit>

#include "golden/dma.h"
#include "golden/matrix.h"
#include "golden/vector.h"
#include "isa/text.h"

namespace girih::golden {

using isa::ErrorCode;
using isa::Opcode;

namespace {

constexpr std::uint64_t kMostTokens = 255;

/// The instruction's list; empty for one that neither gathers nor scatters.
template <class Move>
std::vector<std::uint32_t> list_of(const Move& x, bool listed, const Machine& machine) {
  return listed ? read_list(x, machine) : std::vector<std::uint32_t>{};
}

bool is_validation(ErrorCode code) {
  return code >= ErrorCode::kOpcode && code <= ErrorCode::kTooLong;
}

std::string say(Fault fault) {
  if (!fault) return "no error";
  return fmt::format("{} (detail {})", isa::to_string(fault.code), fault.detail);
}

}  // namespace

void Context::reset() {
  status = {};
  doorbell = 0;
  issued_.clear();
  tokens_ = {};
}

Machine Context::machine() {
  return {preset_,
          spm_.data() + partition.spm_base,
          acc_.data() + partition.acc_base,
          partition,
          windows,
          dram_};
}

// --- fetch and issue
// ---------------------------------------------------------------------------------

Fault Context::check_ring() const {
  const bool legal = std::has_single_bit(ring.size) && ring.size >= 2 && ring.size <= 65536 &&
                     ring.offset % 4096 == 0 && ring.window < windows.size();
  if (!legal) return {ErrorCode::kField, 0};
  const Window& window = windows[ring.window];
  const std::uint64_t end = ring.offset + std::uint64_t{ring.size} * isa::kBytes;
  if (!window.read || end > window.size()) return {ErrorCode::kWindow, 0};
  return {};
}

isa::Instruction Context::fetch(std::uint32_t index) {
  std::array<std::uint8_t, isa::kBytes> bytes{};
  const std::uint64_t slot = index & (ring.size - 1);
  dram_.read(windows[ring.window].address() + ring.offset + slot * isa::kBytes, bytes);
  return isa::Instruction::from_bytes(bytes);
}

Fault Context::issue() {
  if (const Fault fault = check_ring()) return fault;
  const isa::Instruction raw = fetch(status.head);
  const Checked checked =
      check(raw, params, Limits{preset_, partition, windows, max_instr_cycles_});
  if (checked.fault) return checked.fault;
  issued_.push_back({status.head, checked.instruction, isa::decode_header(checked.instruction)});
  ++status.head;
  status.idle = false;
  return {};
}

bool Context::can_issue() const {
  if (status.head == doorbell) return false;
  if (issued_.empty()) return true;
  const Issued& last = issued_.back();
  if (last.holds_frontend()) return false;
  const auto depth = last.opcode() == Opcode::kLoad ? preset_.load_queue : preset_.engine_queue;
  const auto same = std::count_if(issued_.begin(), issued_.end(),
                                  [&](const Issued& x) { return x.opcode() == last.opcode(); });
  return same <=
         static_cast<std::ptrdiff_t>(depth);  // else the last one waits for room in its queue
}

bool Context::is_next(const Issued& issued) const {
  if (issued.opcode() == Opcode::kFence) return issued.index == issued_.front().index;
  for (const Issued& other : issued_) {
    if (other.opcode() == issued.opcode()) return other.index == issued.index;
  }
  return false;
}

std::deque<Issued>::iterator Context::find(std::uint32_t index) {
  return std::find_if(issued_.begin(), issued_.end(),
                      [&](const Issued& x) { return x.index == index; });
}

isa::Instruction Context::instruction(std::uint32_t index) {
  const auto found = find(index);
  if (found != issued_.end()) return found->instruction;
  return check_ring() ? isa::Instruction{} : fetch(index);
}

// --- tokens
// ------------------------------------------------------------------------------------------

std::uint16_t Context::missing(const isa::Header& header) const {
  std::uint16_t out = 0;
  for (unsigned i = 0; i < 16; ++i) {
    if (((header.wait >> i) & 1) && tokens_[i] == 0)
      out = static_cast<std::uint16_t>(out | (1U << i));
  }
  return out;
}

void Context::take(const isa::Header& header) {
  for (unsigned i = 0; i < 16; ++i) tokens_[i] -= (header.wait >> i) & 1;
}

Fault Context::give(const isa::Header& header) {
  Fault fault;
  for (unsigned i = 0; i < 16; ++i) {
    if (!((header.give >> i) & 1)) continue;
    if (++tokens_[i] > kMostTokens && !fault) fault = {ErrorCode::kTokenOverflow, i};
  }
  return fault;
}

// --- execution
// ---------------------------------------------------------------------------------------

Context::Outcome Context::execute(const Issued& issued) {
  const isa::Instruction& in = issued.instruction;
  const Machine at = machine();
  switch (issued.opcode()) {
    case Opcode::kLoad: {
      const auto x = isa::Load::decode(in);
      const auto list = list_of(x, x.gather, at);
      if (const Fault fault = check_list(list, x.index_limit)) return {fault, {}};
      load(x, list, at);
      return {{}, Destination::of(x, at)};
    }
    case Opcode::kStore: {
      const auto x = isa::Store::decode(in);
      auto list = list_of(x, x.scatter, at);
      if (const Fault fault = check_list(list, x.index_limit)) return {fault, {}};
      store(x, list, at);
      return {{}, Destination::of(x, at, std::move(list))};
    }
    case Opcode::kMatrix: {
      const auto x = isa::Matrix::decode(in);
      status.overflow |= matrix(x, at);
      status.macs += x.macs();
      return {{}, Destination::of(x, at)};
    }
    case Opcode::kVector: {
      const auto x = isa::Vector::decode(in);
      vector(x, at);
      return {{}, Destination::of(x, at)};
    }
    case Opcode::kSetparam: {
      const auto x = isa::SetParam::decode(in);
      params[x.param] = x.source == isa::Source::kSpm ? at.word(x.local) : x.value;
      return {};
    }
    case Opcode::kFence: {
      const auto x = isa::Fence::decode(in);
      Destination out = Destination::of(x, at);
      if (x.write) {
        std::array<std::uint8_t, 8> bytes;
        std::memcpy(bytes.data(), &x.seq_lo, 4);
        std::memcpy(bytes.data() + 4, &x.seq_hi, 4);
        dram_.write(windows[x.window].address() + x.offset, bytes);
      }
      status.fence_irq |= x.irq;
      return {{}, std::move(out)};
    }
  }
  return {};
}

Destination Context::destination(const Issued& issued) {
  const Machine at = machine();
  switch (issued.opcode()) {
    case Opcode::kLoad:
      return Destination::of(isa::Load::decode(issued.instruction), at);
    case Opcode::kStore: {
      const auto x = isa::Store::decode(issued.instruction);
      return Destination::of(x, at, list_of(x, x.scatter, at));
    }
    case Opcode::kMatrix:
      return Destination::of(isa::Matrix::decode(issued.instruction), at);
    case Opcode::kVector:
      return Destination::of(isa::Vector::decode(issued.instruction), at);
    case Opcode::kFence:
      return Destination::of(isa::Fence::decode(issued.instruction), at);
    case Opcode::kSetparam:
      break;
  }
  return {};
}

void Context::record(Fault fault, std::uint32_t index, std::uint32_t tag) {
  if (status.error.code == ErrorCode::kNone) status.error = {fault.code, index, tag, fault.detail};
}

void Context::run(const Golden::OnRetired& on_retired) {
  while (status.error.code == ErrorCode::kNone) {
    const auto next = std::find_if(issued_.begin(), issued_.end(), [&](const Issued& x) {
      return is_next(x) && missing(x.header) == 0;
    });
    if (next != issued_.end()) {
      const Issued now = *next;
      take(now.header);
      Outcome outcome = execute(now);
      issued_.erase(next);
      if (!outcome.fault) outcome.fault = give(now.header);
      if (outcome.fault) {
        record(outcome.fault, now.index, now.header.tag);
        break;
      }
      ++status.retired;
      if (on_retired) on_retired(now.index, now.instruction, outcome.destination);
    } else if (can_issue()) {
      const std::uint32_t index = status.head;
      const Fault fault = issue();
      // An illegal ring is found before there is an instruction with a tag.
      if (fault) record(fault, index, check_ring() ? 0 : isa::decode_header(fetch(index)).tag);
    } else if (!issued_.empty()) {
      // Nothing is in flight, nothing can start, the frontend cannot advance.
      const Issued& oldest = issued_.front();
      record({ErrorCode::kDeadlock, missing(oldest.header)}, oldest.index, oldest.header.tag);
    } else {
      break;
    }
  }
  if (status.error.code != ErrorCode::kNone) issued_.clear();
  status.idle = issued_.empty();
}

// --- lockstep
// ----------------------------------------------------------------------------------------

void Context::disagree(std::uint32_t index, const std::string& what) {
  throw Disagreement("context {}, instruction {}: {}\n  {}", number_, index, what,
                     isa::to_text(instruction(index), preset_));
}

Fault Context::issue_to(std::uint32_t index) {
  while (static_cast<std::int32_t>(index - status.head) >= 0) {
    if (status.head == doorbell) {
      disagree(index, fmt::format("is beyond the doorbell ({})", doorbell));
    }
    if (!issued_.empty() && issued_.back().holds_frontend()) {
      disagree(index, fmt::format("was issued while instruction {} held the frontend: {}",
                                  issued_.back().index,
                                  isa::to_text(issued_.back().instruction, preset_)));
    }
    if (const Fault fault = issue()) return fault;
  }
  return {};
}

Destination Context::retired(std::uint32_t index) {
  if (const Fault fault = issue_to(index)) {
    disagree(index, fmt::format("has retired, but instruction {} is in error: {}", status.head,
                                say(fault)));
  }
  const auto found = find(index);
  if (found == issued_.end()) disagree(index, "has retired twice");
  if (!is_next(*found))
    disagree(index, "has retired before an earlier one of its engine or context");
  if (const unsigned lacking = missing(found->header)) {
    disagree(index, fmt::format("has retired without tokens of the counters {:#06x}", lacking));
  }
  const Issued now = *found;
  take(now.header);
  Outcome outcome = execute(now);
  if (outcome.fault) disagree(index, "has retired, but is in error: " + say(outcome.fault));
  issued_.erase(found);
  // Whether a counter overflowed depends on when tokens were taken, which is not seen from here.
  static_cast<void>(give(now.header));
  ++status.retired;
  status.idle = issued_.empty();
  return std::move(outcome.destination);
}

/// What a run-time error of this code would have to be; the given one if it cannot be told.
Fault Context::expected_fault(const Issued& issued, ErrorCode code, std::uint32_t detail) {
  const auto is = [&](auto... opcodes) { return ((issued.opcode() == opcodes) || ...); };
  const Fault given{code, detail};
  switch (code) {
    case ErrorCode::kReadSlverr:
    case ErrorCode::kReadDecerr:
      return is(Opcode::kLoad) ? given : Fault{};
    case ErrorCode::kWriteSlverr:
    case ErrorCode::kWriteDecerr:
      return is(Opcode::kStore, Opcode::kFence) ? given : Fault{};
    case ErrorCode::kTokenOverflow:
      return detail < 16 && ((issued.header.give >> detail) & 1) ? given : Fault{};
    case ErrorCode::kDeadlock:
      // Nothing is in flight, so the counters are exact.
      if (issued.index != issued_.front().index || missing(issued.header) == 0) return {};
      return {code, missing(issued.header)};
    case ErrorCode::kIndex: {
      const auto look = [&](const auto& x, bool listed) -> Fault {
        const auto list = list_of(x, listed, machine());
        if (detail < list.size() && list[detail] >= x.index_limit) return given;
        return check_list(list, x.index_limit);
      };
      if (is(Opcode::kLoad)) {
        const auto x = isa::Load::decode(issued.instruction);
        return look(x, x.gather);
      }
      if (is(Opcode::kStore)) {
        const auto x = isa::Store::decode(issued.instruction);
        return look(x, x.scatter);
      }
      return {};
    }
    default:
      return {};
  }
}

Destination Context::faulted(std::uint32_t index, ErrorCode code, std::uint32_t detail) {
  const Fault given{code, detail};
  const auto differ = [&](Fault want) {
    disagree(index, fmt::format("has error {}, expected {}", say(given), say(want)));
  };
  const bool fetched = static_cast<std::int32_t>(index - status.head) < 0;
  if (code == ErrorCode::kFetch || is_validation(code)) {
    if (fetched) differ({});
    if (index != status.head) {
      if (const Fault fault = issue_to(index - 1)) {
        disagree(index, fmt::format("has error {}, but instruction {} is in error: {}", say(given),
                                    status.head, say(fault)));
      }
    }
    if (!issued_.empty() && issued_.back().holds_frontend()) {
      disagree(index, fmt::format("was issued while instruction {} held the frontend",
                                  issued_.back().index));
    }
    std::uint32_t tag = 0;
    if (code != ErrorCode::kFetch) {
      const Fault want = issue();
      if (want != given) differ(want);
      if (!check_ring()) tag = isa::decode_header(fetch(index)).tag;
    }
    record(given, index, tag);
    return {};
  }
  if (const Fault fault = issue_to(index)) differ(fault);
  const auto found = find(index);
  if (found == issued_.end()) disagree(index, "has an error after it has retired: " + say(given));
  const Fault want = expected_fault(*found, code, detail);
  if (want != given) differ(want);
  record(given, index, found->header.tag);
  Destination out = code == ErrorCode::kDeadlock ? Destination{} : destination(*found);
  // The tokens it took are gone; those still queued are dropped by the chip and never heard of
  // again.
  issued_.erase(found);
  return out;
}

}  // namespace girih::golden
