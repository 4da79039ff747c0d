// SPDX-License-Identifier: Apache-2.0
//
// A progress bar on standard error: drawn only on a terminal, at most ten times a second, and wiped
// when it ends, so that logs and pipes see nothing of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace girih {

class Progress {
 public:
  /// `total` 0 means unknown: the count is shown without a bar.
  Progress(std::string title, std::uint64_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void update(std::uint64_t done);

 private:
  using Clock = std::chrono::steady_clock;

  std::string title_;
  std::uint64_t total_;
  bool visible_;
  bool drawn_ = false;
  Clock::time_point start_, next_;
};

/// One line for the user on standard error ("girih: ...").
void say(const std::string& message);

}  // namespace girih
