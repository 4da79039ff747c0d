// SPDX-License-Identifier: Apache-2.0
//
// Selects a bug of rtl/prim/prim_bug.svh in a model built with GIRIH_SEEDED_BUGS. Include the model's
// "V<name>___024root.h" before use.
#pragma once

namespace girih::tb {

template <class Model>
void select_bug(Model& model, int id) {
  model.rootp->girih_bug_pkg__DOT__selected = id;
}

}  // namespace girih::tb
