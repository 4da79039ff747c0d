// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_language.h"

#include <chrono>
#include <map>
#include <random>

#include "cli/chip.h"
#include "common/error.h"
#include "common/progress.h"
#include "llm/import/load_model.h"
#include "llm/lower/parts.h"
#include "llm/report/limits.h"
#include "llm/runtime/session.h"
#include "llm/runtime/step_block.h"
#include "runtime/golden_device.h"

namespace girih::cli {
namespace {

/// Where parts end: the last VECTOR instruction of each tag, for VECTOR retires in order and every
/// part ends with it; the program's last instruction for what comes last.
std::map<std::uint32_t, std::uint32_t> ends_of(const std::vector<isa::Instruction>& program) {
  std::map<std::uint32_t, std::uint32_t> ends;
  for (std::uint32_t i = 0; i < program.size(); ++i) {
    if (static_cast<isa::Opcode>(program[i].opcode()) == isa::Opcode::kVector ||
        i + 1 == program.size())
      ends[isa::decode_header(program[i]).tag] = i;
  }
  return ends;
}

class LanguageRun {
 public:
  LanguageRun(const BenchNetwork& network, const ChipOptions& options)
      : network_(network),
        bench_(*network.language),
        options_(options),
        preset_(preset_named(options.preset)),
        model_(bench_.folder.empty() ? llm::random_model(bench_.shape, 1)
                                     : llm::load_model(source_tree() / bench_.folder)),
        image_(
            llm::make_image(model_, preset_, {.activation_bits = 8, .positions = bench_.context})),
        device_(make_device(options, "./girih bench --check tiles " + network.name)),
        session_(*device_, image_, session_options()) {
    for (std::int64_t i = 0; i < bench_.context; ++i)
      tokens_.push_back(random_() % static_cast<std::uint32_t>(model_.config.vocabulary));
    figures_.network = network.name;
    figures_.preset = preset_.name;
    figures_.latency = options.latency;
  }

  BenchFigures run() {
    const auto start = std::chrono::steady_clock::now();
    const auto sequence = session_.begin();
    const std::int64_t before = bench_.context - bench_.tokens;
    sequence->extend(before);
    if (options_.check == "tiles" && before > 0) fill(before);
    for (std::int64_t at = before; at < bench_.context && device_->checked().mismatches == 0;) {
      const std::int64_t count = std::min(bench_.context - at, session_.chunk());
      step(*sequence, count, at + count == bench_.context ? bench_.logit_rows : 0);
      at += count;
    }
    figures_.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    figures_.counters = device_->counters(0);
    figures_.cycles = figures_.counters.cycles;
    figures_.checked = device_->checked();
    add_limits();
    return std::move(figures_);
  }

 private:
  llm::SessionOptions session_options() const {
    return {.cache_tokens = bench_.context,
            .logit_rows = std::max<std::int64_t>(1, bench_.logit_rows)};
  }
  std::span<const std::uint32_t> tokens(std::int64_t at, std::int64_t count) const {
    return std::span(tokens_).subspan(static_cast<std::size_t>(at),
                                      static_cast<std::size_t>(count));
  }

  /// The memory of a golden device on which the first `count` tokens have been fed.
  void fill(std::int64_t count) {
    runtime::GoldenDevice golden(preset_);
    llm::Session session(golden, image_, session_options());
    const auto sequence = session.begin();
    for (std::int64_t at = 0; at < count;) {
      const std::int64_t now = std::min(count - at, session.chunk());
      const llm::Input input{sequence.get(), tokens(at, now)};
      session.step(std::span(&input, 1), 0);
      at += now;
    }
    std::vector<std::uint8_t> bytes(session.dram_bytes());
    golden.read(session_options().dram, bytes);
    device_->write(session_options().dram, bytes);
  }

  void step(llm::Sequence& sequence, std::int64_t count, std::int64_t logit_rows) {
    const auto fed = tokens(sequence.length(), count);
    const llm::StepProgram& program = program_of(sequence, fed, logit_rows);
    const auto ends = ends_of(program.instructions);
    std::vector<std::uint32_t> indices;
    for (const auto& [tag, index] : ends) indices.push_back(handed_ + index);
    device_->set_checkpoints(0, indices);
    runtime::Counters before = device_->counters(0);
    {
      Progress progress(network_.name, handed_ + program.instructions.size());
      device_->set_on_progress([&](std::uint64_t retired) { progress.update(retired); });
      const llm::Input input{&sequence, fed};
      session_.step(std::span(&input, 1), logit_rows);
      device_->set_on_progress({});
    }
    handed_ += static_cast<std::uint32_t>(program.instructions.size());
    const std::vector<runtime::Counters> at = device_->checkpoints(0);
    if (device_->checked().mismatches != 0) return;
    if (at.size() != ends.size()) {
      throw Error("bench {}: {} of {} parts were seen to end", network_.name, at.size(),
                  ends.size());
    }
    std::size_t i = 0;
    for (const auto& [tag, index] : ends) {
      LayerFigures& part = parts_[tag];
      part.counters = part.counters + (at[i] - before);
      before = at[i++];
    }
  }

  /// The program that the step will run.
  const llm::StepProgram& program_of(llm::Sequence& sequence, std::span<const std::uint32_t> tokens,
                                     std::int64_t logit_rows) {
    const std::int64_t length = sequence.length();
    sequence.extend(std::ssize(tokens));
    const llm::Feed feed{&sequence, tokens};
    const llm::StepShape shape = llm::step_shape(std::span(&feed, 1), logit_rows,
                                                 session_.pool().pages(), session_.dimensions());
    sequence.truncate(length);
    return session_.program(shape);
  }

  /// Limits are those of all new tokens in one step.
  void add_limits() {
    const llm::StepSize size{bench_.tokens, bench_.context, bench_.logit_rows};
    for (const llm::Operation& x :
         llm::step_operations(model_.config, {preset_, 8}, size, model_.embedding.dtype)) {
      LayerFigures& part = parts_[x.tag];
      part.macs += x.macs;
      part.limit_cycles += x.cycles;
      figures_.compulsory_bytes += x.bytes();
    }
    for (auto& [tag, part] : parts_) {
      part.node = llm::part_name(tag, model_.config.layers);
      figures_.macs += part.macs;
      figures_.limit_cycles += part.limit_cycles;
      figures_.layers.push_back(part);
    }
  }

  const BenchNetwork& network_;
  const LanguageBench& bench_;
  const ChipOptions& options_;
  const isa::Preset& preset_;
  const llm::Model model_;
  const llm::Image image_;
  const std::unique_ptr<runtime::Device> device_;
  llm::Session session_;
  std::mt19937 random_{1};
  std::vector<std::uint32_t> tokens_;  ///< of the whole context
  std::uint32_t handed_ = 0;           ///< instructions, so far
  std::map<std::uint32_t, LayerFigures> parts_;
  BenchFigures figures_;
};

}  // namespace

BenchFigures bench_language(const BenchNetwork& network, const ChipOptions& options) {
  return LanguageRun(network, options).run();
}

}  // namespace girih::cli
