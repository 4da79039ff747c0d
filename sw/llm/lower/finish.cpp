// SPDX-License-Identifier: Apache-2.0
#include "llm/lower/finish.h"

#include "common/error.h"
#include "compiler/schedule/cost.h"
#include "compiler/schedule/happens_before.h"
#include "compiler/schedule/tokens.h"

namespace girih::llm {

StepProgram finish_step(Lowering& l) {
  for (const Stream* stream : l.streams()) {
    if (!stream->exhausted()) throw Error("a step's program leaves data that it has loaded");
  }
  isa::Fence done;
  done.irq = true;
  l.builder.emit(done);
  const Dimensions& d = l.d;
  StepProgram program{.shape = l.shape,
                      .instructions = std::move(l.builder.instructions()),
                      .array_macs = l.builder.array_macs(),
                      .workspace_bytes = l.plan.workspace_bytes};
  const auto workspace = static_cast<std::uint64_t>(l.plan.workspace_bytes);
  const auto cache = static_cast<std::uint64_t>(l.plane(d.layers, 0));
  const compiler::Extents extents(
      static_cast<std::uint32_t>(d.spm_bytes), static_cast<std::uint32_t>(d.acc_bytes),
      {{compiler::kWorkspaceWindow, workspace, 64}, {kCacheWindow, cache, 4096}}, 16);
  const isa::Preset& preset = l.image.preset;
  compiler::assign_tokens(program.instructions, preset, extents);
  compiler::prove_ordered(program.instructions, preset, extents);
  compiler::check_costs(program.instructions, preset, compiler::kMaxInstrCycles,
                        [&](std::uint32_t i) {
                          const auto header = isa::decode_header(program.instructions[i]);
                          return part_name(header.tag, d.layers);
                        });
  return program;
}

}  // namespace girih::llm
