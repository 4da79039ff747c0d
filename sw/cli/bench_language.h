// SPDX-License-Identifier: Apache-2.0
//
// Steps of language models on the Verilated chip with the benchmarks' memory.
#pragma once

#include "cli/bench_run.h"

namespace girih::cli {

/// Cycles and stalls of each part of the model, the sum over the steps that the new tokens take.
/// Older tokens are in the cache as if they had been fed: where tiles are checked the golden model
/// has fed them, else they are zeros (time does not depend on data).
BenchFigures bench_language(const BenchNetwork& network, const ChipOptions& options);

}  // namespace girih::cli
