// SPDX-License-Identifier: Apache-2.0
//
// Where an activation lies while a program runs: in the workspace, in the scratchpad, or in both.
#pragma once

#include <cstdint>

namespace girih::compiler {

/// Rows and columns around a map in the scratchpad that stand for its readers' padding.
struct Border {
  std::int64_t top = 0, left = 0, bottom = 0, right = 0;

  bool any() const { return top + left + bottom + right > 0; }
  bool operator==(const Border&) const = default;
};

struct Place {
  bool stored = true;       ///< in the workspace, dense, at `offset`
  std::int64_t offset = 0;  ///< bytes
  bool kept = false;        ///< in the scratchpad, with its border, from `address` on
  std::int64_t address = 0;
  Border border;
  std::uint8_t border_value = 0;
};

/// A map [height, width, channels] of each image, as an instruction finds it.
struct Map {
  std::int64_t height = 1, width = 1, channels = 1;
  bool stored = true;
  std::int64_t offset = 0;  ///< in the workspace, dense: image b lies b maps further
  bool kept = false;
  std::int64_t origin = 0;           ///< in the scratchpad: of row 0, column 0, behind the border
  std::int64_t line = 0, image = 0;  ///< in the scratchpad: from a row, an image to the next

  std::int64_t bytes() const { return height * width * channels; }
  std::int64_t row_bytes() const { return width * channels; }
  /// Scratchpad address; row and column may lie in the border.
  std::int64_t at(std::int64_t b, std::int64_t y, std::int64_t x, std::int64_t c) const {
    return origin + b * image + y * line + x * channels + c;
  }
  std::int64_t workspace(std::int64_t b, std::int64_t y, std::int64_t x, std::int64_t c) const {
    return offset + ((b * height + y) * width + x) * channels + c;
  }
  /// No border in between: all images are one run of bytes.
  bool dense() const { return !kept || (line == row_bytes() && image == bytes()); }
};

/// The map of a tensor at `place`.
inline Map map_at(const Place& place, std::int64_t height, std::int64_t width,
                  std::int64_t channels) {
  const std::int64_t line = (place.border.left + width + place.border.right) * channels;
  return {.height = height,
          .width = width,
          .channels = channels,
          .stored = place.stored,
          .offset = place.offset,
          .kept = place.kept,
          .origin = place.address + place.border.top * line + place.border.left * channels,
          .line = line,
          .image = (place.border.top + height + place.border.bottom) * line};
}

}  // namespace girih::compiler
