// SPDX-License-Identifier: Apache-2.0
//
// What the lowering of every part of a step works with.
#pragma once

#include <cstdint>

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
        bounce(plan_.bounce.bytes, plan_.bounce.count, plan_.bounce.base),
        position_slots(plan_.position_rows.bytes, plan_.position_rows.count,
                       plan_.position_rows.base) {}
  Lowering(const Lowering&) = delete;  // streams know the builder

  const Image& image;
  const StepShape& shape;
  const Dimensions& d;
  const Plan& plan;
  const StepBlock block;
  compiler::Builder builder;
  Stream weights, scales, norms, head_norms;
  compiler::Pool bounce, position_slots;

  void emit(const VectorOp& op) { builder.emit(op.get()); }
  /// A LOAD of rows that a list of the step block names, from `entry` on.
  void gather(std::uint32_t window, std::uint32_t offset, std::int64_t list, std::int64_t entry,
              std::int64_t count, std::int64_t limit, std::int64_t stride, std::int64_t row_bytes,
              std::int64_t local);
  /// Address of the position table's rows for rows [first, first + count); loads them where they
  /// do not stay.
  std::int64_t positions(std::int64_t first, std::int64_t count);
  void load_positions(std::int64_t first, std::int64_t count, std::int64_t local);
  std::int64_t plane(std::int64_t layer, std::int64_t kv_head) const {
    return (layer * d.kv_heads + kv_head) * shape.pages * d.page_bytes;
  }
};

}  // namespace girih::llm
