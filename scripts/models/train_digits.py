# SPDX-License-Identifier: Apache-2.0
"""Trains a small CNN on handwritten digits with NumPy and writes it as quantised ONNX.

  train_digits.py [--out tests/models] [--epochs 120] [--seed 2]

Data: scikit-learn's digits, 1,797 images of 8x8 pixels, values 0 to 16 (divided by 16 here). A
fixed permutation gives 1,437 images to train with and 360 held out. Written, each model <= 100 kB:
  digits.onnx          symmetric INT8, weights per channel (the one `make demo` runs)
  digits_tensor.onnx   symmetric INT8, weights per tensor
  digits_asym.onnx     asymmetric INT8, per channel
  digits_u8.onnx       UINT8 activations, INT8 weights, per channel
  digits_images.npy    held-out images, float32 [360][1][8][8], values k / 16
  digits_labels.npy    their digits, uint8 [360]
The committed files are the product; training again on another machine's BLAS may end in other
weights of the same quality.
"""

import argparse
import os
import pathlib

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # one summation order, whatever the machine
import numpy as np
import onnx

import tinynet as nn
from build import Graph
from quantise import ASYM_CHANNEL, S8_CHANNEL, S8_TENSOR, U8_CHANNEL, quantise

TRAIN = 1437
CHANNELS = (12, 16)


def load_digits():
  """(training images, labels, held-out images, labels)."""
  from sklearn.datasets import load_digits as load

  data = load()
  order = np.random.RandomState(2024).permutation(len(data.target))
  images = (data.images[order, None] / 16.0).astype(np.float32)
  labels = data.target[order].astype(np.int64)
  return images[:TRAIN], labels[:TRAIN], images[TRAIN:], labels[TRAIN:]


class Net:
  """Conv 12, Relu, MaxPool 2, Conv 16, Relu, residual Conv 16, Relu, global average, Linear 10."""

  def __init__(self, seed):
    rng = np.random.RandomState(seed)
    first, second = CHANNELS
    self.conv1 = nn.Conv(rng, 1, first)
    self.conv2 = nn.Conv(rng, first, second)
    self.conv3 = nn.Conv(rng, second, second)
    self.fc = nn.Linear(rng, second, 10)
    self.trained = [self.conv1, self.conv2, self.conv3, self.fc]
    self.layers = [self.conv1, nn.Relu(), nn.MaxPool(), self.conv2, nn.Relu(),
                   nn.Residual(self.conv3), nn.Relu(), nn.GlobalAverage(), self.fc]

  def forward(self, x):
    for layer in self.layers:
      x = layer.forward(x)
    return x

  def backward(self, dy):
    for layer in reversed(self.layers):
      dy = layer.backward(dy)

  def export(self):
    graph = Graph("digits", [1, 1, 8, 8])
    same = dict(kernel_shape=[3, 3], pads=[1, 1, 1, 1])
    x = graph.op("Conv", "input", *self.conv1.params, name="conv1", **same)
    x = graph.op("Relu", x, name="relu1")
    x = graph.op("MaxPool", x, name="pool1", kernel_shape=[2, 2], strides=[2, 2])
    x = graph.op("Conv", x, *self.conv2.params, name="conv2", **same)
    x = graph.op("Relu", x, name="relu2")
    y = graph.op("Conv", x, *self.conv3.params, name="conv3", **same)
    x = graph.op("Relu", graph.op("Add", x, y, name="add3"), name="relu3")
    x = graph.op("GlobalAveragePool", x, name="average")
    x = graph.op("Flatten", x, name="flatten")
    return graph.model(graph.op("Gemm", x, *self.fc.params, name="logits", transB=1))


def shifted(rng, images):
  """Each image moved by -1, 0 or +1 pixel along each axis: cheap augmentation."""
  padded = np.pad(images, ((0, 0), (0, 0), (1, 1), (1, 1)))
  dy, dx = rng.randint(0, 3, len(images)), rng.randint(0, 3, len(images))
  return np.stack([p[:, i:i + 8, j:j + 8] for p, i, j in zip(padded, dy, dx)])


def train(net, images, labels, epochs, seed):
  rng = np.random.RandomState(seed + 1)
  optimiser = nn.Adam(net.trained)
  batch = 32
  for epoch in range(epochs):
    rate = 4e-3 * 0.5 * (1 + np.cos(np.pi * epoch / epochs))
    total = 0.0
    order = rng.permutation(len(images))
    for start in range(0, len(order), batch):
      rows = order[start:start + batch]
      # The last third of the epochs sees the images as they are.
      x = shifted(rng, images[rows]) if epoch < epochs * 2 // 3 else images[rows]
      loss, gradient = nn.cross_entropy(net.forward(x), labels[rows])
      net.backward(gradient.astype(np.float32))
      optimiser.step(rate)
      total += loss * len(rows)
    if epoch % 10 == 9:
      print(f"epoch {epoch + 1}/{epochs}: loss {total / len(images):.4f}", flush=True)


def main():
  parser = argparse.ArgumentParser(
      description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  root = pathlib.Path(__file__).resolve().parents[2]
  parser.add_argument("--out", type=pathlib.Path, default=root / "tests" / "models")
  parser.add_argument("--epochs", type=int, default=120)
  parser.add_argument("--seed", type=int, default=2)
  parser.add_argument("--float-model", type=pathlib.Path, help="also write the float ONNX here")
  args = parser.parse_args()

  images, labels, held_images, held_labels = load_digits()
  net = Net(args.seed)
  train(net, images, labels, args.epochs, args.seed)
  right = int((net.forward(held_images).argmax(axis=1) == held_labels).sum())
  print(f"float, held out: {right}/{len(held_labels)} right "
        f"({100 * right / len(held_labels):.2f} %)")

  model = net.export()
  if args.float_model:
    onnx.save(model, args.float_model)
  args.out.mkdir(parents=True, exist_ok=True)
  calibration = [x[None] for x in images[:256]]
  for name, mode in (("digits", S8_CHANNEL), ("digits_tensor", S8_TENSOR),
                     ("digits_asym", ASYM_CHANNEL), ("digits_u8", U8_CHANNEL)):
    onnx.save(quantise(model, calibration, mode), args.out / f"{name}.onnx")
  np.save(args.out / "digits_images.npy", held_images)
  np.save(args.out / "digits_labels.npy", held_labels.astype(np.uint8))


if __name__ == "__main__":
  main()
