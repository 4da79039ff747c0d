# SPDX-License-Identifier: Apache-2.0
"""Writes a ResNet-8 of MLPerf Tiny's shape with random weights, quantised by ONNX Runtime.

  make_resnet8.py [--out tests/models] [--seed 8]

32x32x3 input; 3x3 convolution to 16 channels; three stacks of 16, 32 and 64 channels, each two 3x3
convolutions with a residual Add, stride 2 and a 1x1 shortcut convolution in the last two; global
average pooling over 8x8; a fully connected layer to 10; Softmax. Batch normalisation counts as
folded into the convolutions. 12.5 M MACs, 78 k parameters. Written:
  resnet8.onnx         symmetric INT8 activations, INT8 weights per channel
  resnet8_input.npy    one input, float32 [1][3][32][32]
"""

import argparse
import pathlib

import numpy as np
import onnx

from build import Graph
from quantise import S8_CHANNEL, quantise


class Weights:
  """Random parameters from raw uniform draws; a bias that leaves about half of each Relu open."""

  def __init__(self, seed):
    self.rng = np.random.RandomState(seed)

  def make(self, outputs, inputs, *kernel):
    fan_in = inputs * int(np.prod(kernel, dtype=int))
    limit = np.sqrt(6.0 / fan_in)
    weight = self.rng.uniform(-limit, limit, (outputs, inputs, *kernel))
    bias = self.rng.uniform(-0.2, 0.2, outputs)
    return weight.astype(np.float32), bias.astype(np.float32)


def resnet8(seed):
  weights = Weights(seed)
  graph = Graph("resnet8", [1, 3, 32, 32])

  def conv(x, inputs, outputs, kernel, stride, name):
    # TensorFlow's SAME padding: with stride 2 on an even extent the extra row is at the end.
    pads = [0] * 4 if kernel == 1 else ([1] * 4 if stride == 1 else [0, 0, 1, 1])
    return graph.op("Conv", x, *weights.make(outputs, inputs, kernel, kernel), name=name,
                    kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=pads)

  x = graph.op("Relu", conv("input", 3, 16, 3, 1, "stem"), name="stem_relu")
  inputs = 16
  for stack, outputs in enumerate((16, 32, 64), start=1):
    stride = 1 if stack == 1 else 2
    name = f"stack{stack}"
    y = graph.op("Relu", conv(x, inputs, outputs, 3, stride, f"{name}_conv1"), name=f"{name}_relu1")
    y = conv(y, outputs, outputs, 3, 1, f"{name}_conv2")
    if stride != 1:
      x = conv(x, inputs, outputs, 1, stride, f"{name}_shortcut")
    x = graph.op("Relu", graph.op("Add", x, y, name=f"{name}_add"), name=f"{name}_relu2")
    inputs = outputs
  x = graph.op("Flatten", graph.op("GlobalAveragePool", x, name="average"), name="flatten")
  x = graph.op("Gemm", x, *weights.make(10, 64), name="fc", transB=1)
  return graph.model(graph.op("Softmax", x, name="probabilities", axis=-1))


def main():
  parser = argparse.ArgumentParser(
      description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  root = pathlib.Path(__file__).resolve().parents[2]
  parser.add_argument("--out", type=pathlib.Path, default=root / "tests" / "models")
  parser.add_argument("--seed", type=int, default=8)
  args = parser.parse_args()

  rng = np.random.RandomState(args.seed + 1)
  images = [rng.uniform(-1, 1, (1, 3, 32, 32)).astype(np.float32) for _ in range(17)]
  # Softmax stays in float: the host evaluates it from the dequantised logits.
  kinds = ["Conv", "Relu", "Add", "GlobalAveragePool", "Flatten", "Gemm"]
  model = quantise(resnet8(args.seed), images[:16], S8_CHANNEL, op_types_to_quantize=kinds)
  args.out.mkdir(parents=True, exist_ok=True)
  onnx.save(model, args.out / "resnet8.onnx")
  np.save(args.out / "resnet8_input.npy", images[16])


if __name__ == "__main__":
  main()
