# SPDX-License-Identifier: Apache-2.0
"""Window geometry of Conv and the pooling operators, from the ONNX texts (any number of axes)."""

import itertools
import math
from dataclasses import dataclass

import numpy as np

from .numerics import Refused


@dataclass
class Geometry:
  """Everything about sliding a window over the spatial axes; one entry per spatial axis."""

  kernel: list
  stride: list
  dilation: list
  pad_begin: list
  pad_end: list
  size: list  # input extent
  out: list  # output extent

  def taps(self):
    """Every kernel position, in row-major order."""
    return itertools.product(*(range(k) for k in self.kernel))

  def pad(self, x, value):
    """Pads the spatial axes so that every window of every output lies inside the result.

    ceil_mode may make the last window reach past pad_end; that overhang is filled as well.
    """
    widths = [(0, 0)] * (x.ndim - len(self.kernel))
    for i, begin in enumerate(self.pad_begin):
      reach = (self.out[i] - 1) * self.stride[i] + (self.kernel[i] - 1) * self.dilation[i] + 1
      widths.append((begin, max(self.pad_end[i], reach - begin - self.size[i])))
    return np.pad(x, widths, constant_values=value)

  def tap(self, padded, position):
    """The elements that kernel position sees for every output, a strided view."""
    lead = (slice(None),) * (padded.ndim - len(position))
    cuts = []
    for i, k in enumerate(position):
      first = k * self.dilation[i]
      cuts.append(slice(first, first + (self.out[i] - 1) * self.stride[i] + 1, self.stride[i]))
    return padded[lead + tuple(cuts)]


def geometry(attrs, spatial, kernel, pooling, where):
  """Resolves auto_pad, pads, strides, dilations and ceil_mode for an input of extent spatial."""
  n = len(spatial)
  stride = list(attrs.get("strides", [1] * n))
  dilation = list(attrs.get("dilations", [1] * n))
  auto = attrs.get("auto_pad", b"NOTSET")
  auto = auto.decode() if isinstance(auto, bytes) else auto
  ceil_mode = pooling and attrs.get("ceil_mode", 0) != 0
  extent = [(k - 1) * d + 1 for k, d in zip(kernel, dilation)]
  if auto in ("SAME_UPPER", "SAME_LOWER"):
    begin, end = [], []
    for size, s, e in zip(spatial, stride, extent):
      total = max((math.ceil(size / s) - 1) * s + e - size, 0)
      small = total // 2
      begin.append(small if auto == "SAME_UPPER" else total - small)
      end.append(total - begin[-1])
    ceil_mode = False
  elif auto == "VALID":
    begin, end = [0] * n, [0] * n
  elif auto == "NOTSET":
    pads = list(attrs.get("pads", [0] * (2 * n)))
    begin, end = pads[:n], pads[n:]
  else:
    raise Refused(f"{where}: auto_pad {auto}")
  out = []
  for i in range(n):
    span = spatial[i] + begin[i] + end[i] - extent[i]
    if span < 0:
      raise Refused(f"{where}: window larger than the padded input")
    steps = math.ceil(span / stride[i]) if ceil_mode else span // stride[i]
    # A window that would start in the right padding is dropped (ONNX opset 19 text, ORT as well).
    if ceil_mode and steps * stride[i] >= spatial[i] + begin[i]:
      steps -= 1
    out.append(steps + 1)
  return Geometry(list(kernel), stride, dilation, begin, end, list(spatial), out)
