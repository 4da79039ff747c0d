// SPDX-License-Identifier: Apache-2.0
#include "common/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace girih {
namespace {

constexpr int kBarWidth = 30;
constexpr auto kInterval = std::chrono::milliseconds(100);
constexpr const char* kWipeLine = "\r\033[K";

}  // namespace

Progress::Progress(std::string title, std::uint64_t total)
    : title_(std::move(title)),
      total_(total),
      visible_(isatty(STDERR_FILENO) != 0),
      start_(Clock::now()),
      next_(start_ + kInterval) {}

Progress::~Progress() {
  if (drawn_) fmt::print(stderr, "{}", kWipeLine);
}

void Progress::update(std::uint64_t done) {
  if (!visible_) return;
  const auto now = Clock::now();
  if (now < next_) return;
  next_ = now + kInterval;
  drawn_ = true;
  const double seconds = std::chrono::duration<double>(now - start_).count();
  if (total_ == 0) {
    fmt::print(stderr, "{}{}: {} ({:.0f} s)", kWipeLine, title_, done, seconds);
  } else {
    const double part = static_cast<double>(std::min(done, total_)) / static_cast<double>(total_);
    const int filled = static_cast<int>(part * kBarWidth);
    fmt::print(stderr, "{}{} [{:#<{}}{:.<{}}] {:3.0f} % ({:.0f} s)", kWipeLine, title_, "", filled,
               "", kBarWidth - filled, 100 * part, seconds);
  }
  std::fflush(stderr);
}

void say(const std::string& message) { fmt::print(stderr, "girih: {}\n", message); }

}  // namespace girih
