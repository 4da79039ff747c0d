// SPDX-License-Identifier: Apache-2.0
//
// Seeded bugs are selected at run time, and absent unless asked for at build time.
#include <gtest/gtest.h>

#include "Vprim_bug_off.h"
#include "Vprim_bug_on.h"
#include "Vprim_bug_on_girih_bug_pkg.h"
#include "dut.h"
#include "seeded_bug.h"

namespace girih::tb {
namespace {

template <class Model>
int sum(Model& model) {
  model.a_i = 100;
  model.b_i = 23;
  model.eval();
  return model.sum_o;
}

TEST(SeededBug, IsAbsentUnlessBuiltIn) {
  VerilatedContext context;
  Vprim_bug_off model(&context);
  EXPECT_EQ(sum(model), 123);
}

TEST(SeededBug, IsSelectedAtRunTime) {
  VerilatedContext context;
  context.randReset(2);
  Vprim_bug_on model(&context);
  EXPECT_EQ(sum(model), 123);
  select_bug(model, 7);
  EXPECT_EQ(sum(model), 124);
  select_bug(model, 8);                // another one's number
  EXPECT_EQ(sum(model), 123);
}

}  // namespace
}  // namespace girih::tb
