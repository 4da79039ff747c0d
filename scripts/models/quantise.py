# SPDX-License-Identifier: Apache-2.0
"""ONNX Runtime's static quantiser with the settings this project uses, from model to model."""

import logging
import pathlib
import tempfile
from dataclasses import dataclass

import ort_env  # noqa: F401  (first: redirects the cache)
import onnx
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static


@dataclass(frozen=True)
class Mode:
  """How activations and weights are quantised."""

  name: str
  activations: QuantType = QuantType.QInt8
  weights: QuantType = QuantType.QInt8
  symmetric: bool = False
  per_channel: bool = False


S8_CHANNEL = Mode("s8_channel", symmetric=True, per_channel=True)
S8_TENSOR = Mode("s8_tensor", symmetric=True)
ASYM_CHANNEL = Mode("asym_channel", per_channel=True)
ASYM_TENSOR = Mode("asym_tensor")
U8_CHANNEL = Mode("u8_channel", QuantType.QUInt8, per_channel=True)
U8_TENSOR = Mode("u8_tensor", QuantType.QUInt8)
# UINT8 weights get a zero point of their own: the only mode with one on both operands.
U8U8_TENSOR = Mode("u8u8_tensor", QuantType.QUInt8, QuantType.QUInt8)
MODES = [S8_CHANNEL, S8_TENSOR, ASYM_CHANNEL, ASYM_TENSOR, U8_CHANNEL, U8_TENSOR, U8U8_TENSOR]


class _Reader(CalibrationDataReader):
  def __init__(self, name, inputs):
    self._feeds = iter([{name: x} for x in inputs])

  def get_next(self):
    return next(self._feeds, None)


def quantise(model, calibration, mode, **keywords):
  """The QDQ form of a float model; calibration is a list of inputs of the model's input shape."""
  # The quantiser recommends a pre-processing step (constant folding, shapes) that these graphs
  # do not need; its two warnings per model would drown everything else.
  logging.getLogger().setLevel(logging.ERROR)
  with tempfile.TemporaryDirectory() as folder:
    source, target = pathlib.Path(folder) / "float.onnx", pathlib.Path(folder) / "qdq.onnx"
    onnx.save(model, source)
    quantize_static(
        source, target, _Reader(model.graph.input[0].name, calibration),
        quant_format=QuantFormat.QDQ, per_channel=mode.per_channel,
        activation_type=mode.activations, weight_type=mode.weights,
        extra_options={"ActivationSymmetric": mode.symmetric,
                       # Pooling and layout operators are quantised as the first node, too.
                       "ForceQuantizeNoInputCheck": True,
                       "WeightSymmetric": mode.weights == QuantType.QInt8}, **keywords)
    result = onnx.load(target)
  del result.metadata_props[:]
  onnx.checker.check_model(result)
  return result
