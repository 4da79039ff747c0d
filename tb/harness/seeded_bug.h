// SPDX-License-Identifier: Apache-2.0
//
// Selects a bug of rtl/prim/prim_bug.svh in a model built with GIRIH_SEEDED_BUGS. Include the model's
// "V<name>_girih_bug_pkg.h" before use.
#pragma once

namespace girih::tb {

template <class Model>
void select_bug(Model& model, int id) {
  model.__PVT__girih_bug_pkg->selected = id;
}

}  // namespace girih::tb
