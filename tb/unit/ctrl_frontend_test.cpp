// SPDX-License-Identifier: Apache-2.0
#include "ctrl_bench.h"
