# SPDX-License-Identifier: Apache-2.0
"""Layers with forward and backward passes in plain NumPy, enough to train a small CNN.

Tensors are [N][C][H][W], float32. forward() keeps what backward() needs; backward() takes the
gradient of the output and returns that of the input, leaving parameter gradients in .grads.
"""

import numpy as np


class Conv:
  """3x3 convolution, padding 1, stride 1, with bias."""

  def __init__(self, rng, inputs, outputs):
    spread = np.sqrt(2.0 / (inputs * 9))
    self.params = [(rng.standard_normal((outputs, inputs, 3, 3)) * spread).astype(np.float32),
                   np.zeros(outputs, np.float32)]

  def forward(self, x):
    n, c, h, w = x.shape
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    taps = [padded[:, :, i:i + h, j:j + w] for i in range(3) for j in range(3)]
    self.columns = np.stack(taps, axis=2).reshape(n, c * 9, h * w)
    weight, bias = self.params
    y = weight.reshape(len(weight), -1) @ self.columns + bias[:, None]
    return y.reshape(n, len(weight), h, w)

  def backward(self, dy):
    n, m, h, w = dy.shape
    weight = self.params[0]
    flat = dy.reshape(n, m, h * w)
    dweight = np.einsum("nmp,nkp->mk", flat, self.columns, optimize=True).reshape(weight.shape)
    self.grads = [dweight, flat.sum(axis=(0, 2))]
    taps = (weight.reshape(m, -1).T @ flat).reshape(n, -1, 9, h, w)
    dx = np.zeros((n, taps.shape[1], h + 2, w + 2), np.float32)
    for t in range(9):
      dx[:, :, t // 3:t // 3 + h, t % 3:t % 3 + w] += taps[:, :, t]
    return dx[:, :, 1:-1, 1:-1]


class Linear:
  """y = x W' + b on [N][K]."""

  def __init__(self, rng, inputs, outputs):
    spread = np.sqrt(1.0 / inputs)
    self.params = [(rng.standard_normal((outputs, inputs)) * spread).astype(np.float32),
                   np.zeros(outputs, np.float32)]

  def forward(self, x):
    self.x = x
    return x @ self.params[0].T + self.params[1]

  def backward(self, dy):
    self.grads = [dy.T @ self.x, dy.sum(axis=0)]
    return dy @ self.params[0]


class Relu:
  params = []

  def forward(self, x):
    self.mask = x > 0
    return x * self.mask

  def backward(self, dy):
    return dy * self.mask


class MaxPool:
  """2x2, stride 2. A tie sends the gradient to every winner."""

  params = []

  def forward(self, x):
    n, c, h, w = x.shape
    blocks = x.reshape(n, c, h // 2, 2, w // 2, 2)
    y = blocks.max(axis=(3, 5), keepdims=True)
    self.mask = blocks == y
    return y[:, :, :, 0, :, 0]

  def backward(self, dy):
    n, c, h, w = dy.shape
    return (self.mask * dy[:, :, :, None, :, None]).reshape(n, c, h * 2, w * 2)


class GlobalAverage:
  """[N][C][H][W] to [N][C]."""

  params = []

  def forward(self, x):
    self.shape = x.shape
    return x.mean(axis=(2, 3))

  def backward(self, dy):
    area = self.shape[2] * self.shape[3]
    return np.broadcast_to(dy[:, :, None, None] / area, self.shape).astype(np.float32)


class Residual:
  """x + inner(x)."""

  params = []

  def __init__(self, inner):
    self.inner = inner

  def forward(self, x):
    return x + self.inner.forward(x)

  def backward(self, dy):
    return dy + self.inner.backward(dy)


class Adam:
  """Adam with decoupled weight decay over the parameters of a list of layers."""

  def __init__(self, layers, decay=1e-4):
    self.layers, self.decay, self.step_count = layers, decay, 0
    self.state = [[(np.zeros_like(p), np.zeros_like(p)) for p in l.params] for l in layers]

  def step(self, rate):
    self.step_count += 1
    for layer, states in zip(self.layers, self.state):
      for p, g, (m, v) in zip(layer.params, getattr(layer, "grads", []), states):
        m += 0.1 * (g - m)
        v += 0.001 * (g * g - v)
        m_hat = m / (1 - 0.9**self.step_count)
        v_hat = v / (1 - 0.999**self.step_count)
        p -= rate * (m_hat / (np.sqrt(v_hat) + 1e-8) + self.decay * p)


def cross_entropy(logits, labels):
  """(mean loss, gradient)."""
  shifted = logits - logits.max(axis=1, keepdims=True)
  p = np.exp(shifted)
  p /= p.sum(axis=1, keepdims=True)
  rows = np.arange(len(labels))
  loss = -np.log(p[rows, labels] + 1e-12).mean()
  p[rows, labels] -= 1
  return loss, p / len(labels)
