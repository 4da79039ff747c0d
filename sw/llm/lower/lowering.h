// SPDX-License-Identifier: Apache-2.0
//
// What the lowering of every part of a step works with.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/lower/builder.h"
#include "llm/lower/parts.h"
#include "llm/lower/plan.h"
#include "llm/lower/stream.h"
#include "llm/lower/vector_op.h"
#include "llm/quantise/image.h"

namespace girih::llm {

inline constexpr std::uint32_t kCacheWindow = 3, kStepWindow = 4, kTableWindow = 5;
inline constexpr float kTinyMaximum = 0x1p-100F;  ///< keeps reciprocals finite

struct Lowering {
  Lowering(const Image& image_, const StepShape& shape_, const Dimensions& d_, const Plan& plan_)
      : image(image_),
        shape(shape_),
        d(d_),
        plan(plan_),
        block(shape_, d_),
        builder({image_.preset, static_cast<std::uint32_t>(d_.spm_bytes),
                 static_cast<std::uint32_t>(d_.acc_bytes), 0}),
        weights(builder, plan_.weights),
        scales(builder, plan_.scales),
        norms(builder, plan_.norms),
        head_norms(builder, plan_.head_norms),
        bounce(pool(plan_.bounce)),
        first_bounce(pool(plan_.first_bounce)),
        masks_(pool(plan_.masks)) {}
  Lowering(const Lowering&) = delete;  // streams know the builder

  const Image& image;
  const StepShape& shape;
  const Dimensions& d;
  const Plan& plan;
  const StepBlock block;
  compiler::Builder builder;
  Stream weights, scales, norms, head_norms;
  compiler::Pool bounce, first_bounce;
  bool before_attention = true;  ///< of a layer: rows go through first_bounce

  std::vector<Stream*> streams() { return {&norms, &head_norms, &scales, &weights}; }
  void start_streams() {
    for (Stream* stream : streams()) stream->start();
  }
  void emit(const VectorOp& op) { builder.emit(op.get()); }
  /// A LOAD of rows that a list of the step block names, from `entry` on.
  void gather(std::uint32_t window, std::uint32_t offset, std::int64_t list, std::int64_t entry,
              std::int64_t count, std::int64_t limit, std::int64_t stride, std::int64_t row_bytes,
              std::int64_t local);
  /// All of a step, where they are to stay.
  void load_masks();
  void load_masks(std::int64_t first, std::int64_t count, std::int64_t local);
  /// Address of a mask; loads it where not all of a step's are there.
  std::int64_t mask(std::int64_t number);
  /// A LOAD of the position table's rows of all rows.
  void load_positions();
  std::uint32_t next_bounce() { return (before_attention ? first_bounce : bounce).next(); }
  std::int64_t plane(std::int64_t layer, std::int64_t kv_head) const {
    return (layer * d.kv_heads + kv_head) * shape.pages * d.page_bytes;
  }

 private:
  static compiler::Pool pool(const Slots& slots) {
    return compiler::Pool(slots.bytes, slots.count, slots.base);
  }
  compiler::Pool masks_;
};

}  // namespace girih::llm
