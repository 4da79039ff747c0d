// SPDX-License-Identifier: Apache-2.0
#include "host_port.h"

#include <fmt/format.h>

#include <array>

#include "girih/registers.h"

namespace girih::rtl::host {

namespace ctx = regs::ctx;
namespace tenant = regs::admin::tenant;

void set_partition(ChipPorts& chip, unsigned context, const runtime::Partition& p) {
  chip.write32(tenant::SPM_BASE(context), p.spm_base);
  chip.write32(tenant::SPM_SIZE(context), p.spm_bytes);
  chip.write32(tenant::ACC_BASE(context), p.acc_base);
  chip.write32(tenant::ACC_SIZE(context), p.acc_bytes);
}

void set_window(ChipPorts& chip, unsigned context, unsigned window, const runtime::Window& w) {
  chip.write32(tenant::windows::WIN_BASE(context, window),
               static_cast<std::uint32_t>(w.address / 4096));
  chip.write32(tenant::windows::WIN_PAGES(context, window),
               static_cast<std::uint32_t>(w.bytes / 4096));
  chip.write32(tenant::windows::WIN_PERM(context, window),
               (w.read ? 1U : 0U) | (w.write ? 2U : 0U));
}

void set_ring(ChipPorts& chip, unsigned context, const runtime::Ring& ring) {
  chip.write32(ctx::RING_WINDOW(context), ring.window);
  chip.write32(ctx::RING_OFFSET(context), ring.offset);
  chip.write32(ctx::RING_SIZE(context), ring.instructions);
  chip.write32(ctx::CTRL(context), ctx::CTRL_ENABLE.put(1));
}

runtime::Fault fault(ChipPorts& chip, unsigned context) {
  return {static_cast<isa::ErrorCode>(chip.read32(ctx::ERR_CODE(context))),
          chip.read32(ctx::ERR_INDEX(context)), chip.read32(ctx::ERR_TAG(context)),
          chip.read32(ctx::ERR_DETAIL(context))};
}

runtime::Counters counters(ChipPorts& chip, unsigned context) {
  std::array<std::uint64_t, 21> all;
  for (std::uint32_t i = 0; i < all.size(); ++i) {
    const std::uint32_t address = ctx::counters::LOAD_BUSY_LO(context) + 8 * i;
    const std::uint64_t low = chip.read32(address);
    all[i] = low | std::uint64_t{chip.read32(address + 4)} << 32;
  }
  const auto engine = [&](unsigned e) {
    return runtime::EngineCounters{all[4 * e], all[4 * e + 1], all[4 * e + 2], all[4 * e + 3]};
  };
  return {engine(0), engine(1), engine(2), engine(3), all[16], all[17], all[18], all[19], all[20]};
}

std::string difference(ChipPorts& chip, unsigned context, const golden::Status& want) {
  std::string first;
  const auto same = [&](const char* what, std::uint64_t got, std::uint64_t expected) {
    if (first.empty() && got != expected)
      first = fmt::format("{} is {}, expected {}", what, got, expected);
  };
  const runtime::Counters got = counters(chip, context);
  const std::uint32_t status = chip.read32(ctx::STATUS(context));
  const runtime::Fault error = fault(chip, context);
  same("RETIRED", got.retired, want.retired);
  same("MACS", got.macs, want.macs);
  same("STATUS.overflow", ctx::STATUS_OVERFLOW.of(status), want.overflow);
  same("STATUS.halted", ctx::STATUS_HALTED.of(status), want.error.code != isa::ErrorCode::kNone);
  same("ERR_CODE", static_cast<std::uint64_t>(error.code),
       static_cast<std::uint64_t>(want.error.code));
  same("ERR_INDEX", error.index, want.error.index);
  same("ERR_TAG", error.tag, want.error.tag);
  same("ERR_DETAIL", error.detail, want.error.detail);
  same("IRQ_STATUS.fence", ctx::IRQ_STATUS_FENCE.of(chip.read32(ctx::IRQ_STATUS(context))),
       want.fence_irq);
  return first;
}

void reset(ChipPorts& chip, unsigned context, std::uint64_t most) {
  chip.write32(ctx::CTRL(context), ctx::CTRL_RESET.put(1));
  const std::uint64_t start = chip.cycle();
  while (ctx::CTRL_RESET.of(chip.read32(ctx::CTRL(context)))) {
    if (chip.cycle() - start > most) throw Error("context {}: its reset does not end", context);
  }
  chip.write32(ctx::CTRL(context), ctx::CTRL_ENABLE.put(1));
}

}  // namespace girih::rtl::host
