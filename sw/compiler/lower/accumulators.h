// SPDX-License-Identifier: Apache-2.0
//
// How the layers share the accumulators: bias rows rotate through a zone at the top, so that a
// layer's are loaded while the layer before still computes; tiles alternate between the bottom and
// the top of the rest, so that a layer's first tile is not the slot VECTOR still reads.
#pragma once

#include <algorithm>
#include <cstdint>

namespace girih::compiler {

class Accumulators {
 public:
  Accumulators(std::int64_t bytes, std::int64_t zone)
      : bytes_(bytes), zone_(zone), tiles_end_(bytes - zone), bias_(bytes - zone) {}

  /// Place for a layer's bias rows; one that needs more than the zone takes from the tiles.
  std::int64_t take_biases(std::int64_t bytes) {
    if (bytes > zone_) {
      tiles_end_ = bytes_ - bytes;
      bias_ = bytes_ - zone_;
      return tiles_end_;
    }
    tiles_end_ = bytes_ - zone_;
    if (bias_ + bytes > bytes_) bias_ = bytes_ - zone_;
    const std::int64_t at = bias_;
    bias_ += bytes;
    return at;
  }

  /// Place for the next tile of the layer that has taken its biases last.
  std::int64_t next_tile(std::int64_t bytes) {
    top_ = !top_;
    return top_ ? tiles_end_ - bytes : 0;
  }

  /// Bytes that are not there for tiles when a layer has `bytes` of bias rows.
  static std::int64_t reserved(std::int64_t bytes, std::int64_t zone) {
    return std::max(bytes, zone);
  }

 private:
  std::int64_t bytes_, zone_, tiles_end_, bias_;
  bool top_ = true;
};

}  // namespace girih::compiler
