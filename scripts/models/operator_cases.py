# SPDX-License-Identifier: Apache-2.0
"""The table of small graphs that make_operator_models.py quantises: one operator or a few each.

A case is a name, a builder that returns a float model, and whether it carries weights (then it is
also made with one scale per channel and with UINT8 weights).
"""

from collections import namedtuple

import numpy as np

from build import Graph

# host: operators left in float for the host; ties: scales become powers of two, so that many
# results lie exactly halfway between two integers and the rounding mode shows.
Case = namedtuple("Case", "name family build weighted host ties")

_TIES = ("conv_k1", "conv_k3", "conv_relu", "gemm_plain", "gemm_wide", "matmul_2d", "matmul_wide",
         "add_two", "sub_two", "mul_two", "relu", "clip", "add_relu", "global_average_8x8",
         "global_average_large")

_CASES = []


def _case(name, family, build, weighted=False, host=()):
  _CASES.append(Case(name, family, build, weighted, host, False))


def _rng(name):
  return np.random.RandomState(sum(ord(c) * (i + 1) for i, c in enumerate(name)) % (1 << 31))


def _weights(name, *shape):
  """Uniform weights whose channels have different ranges, so that per-channel scales differ."""
  rng = _rng(name)
  spread = rng.uniform(0.3, 1.0, (shape[0],) + (1,) * (len(shape) - 1))
  return (rng.uniform(-1, 1, shape) * spread / np.sqrt(np.prod(shape[1:]))).astype(np.float32)


def _bias(name, size):
  return _rng(name + "bias").uniform(-0.3, 0.3, size).astype(np.float32)


def _conv(name, shape, outputs, kernel, bias=True, after=(), **attrs):
  """A Conv (kernel: one number or [h, w]) on an input of shape [C][H][W], then other operators."""
  kernel = [kernel] * 2 if isinstance(kernel, int) else kernel

  def build():
    graph = Graph(name, [1, *shape])
    weight = _weights(name, outputs, shape[0] // attrs.get("group", 1), *kernel)
    extra = [_bias(name, outputs)] if bias else []
    y = graph.op("Conv", "input", weight, *extra, name="conv", kernel_shape=kernel, **attrs)
    for i, (kind, inputs, more) in enumerate(after):
      y = graph.op(kind, y, *inputs, name=f"after{i}", **more)
    return graph.model(y)

  _case(name, "Conv", build, weighted=True)


def _chain(name, family, shape, *operators, **keywords):
  """Operators one after the other on the input; each is (kind, other inputs, attributes)."""

  def build():
    graph = Graph(name, list(shape))
    y = "input"
    for i, (kind, inputs, attrs) in enumerate(operators):
      y = graph.op(kind, y, *inputs, name=f"{kind.lower()}{i}", **attrs)
    return graph.model(y)

  _case(name, family, build, **keywords)




def _conv_cases():
  for k in (1, 2, 3, 5, 7):
    _conv(f"conv_k{k}", (5, 9, 11), 7, k)
    _conv(f"conv_k{k}_s2", (5, 9, 11), 7, k, strides=[2, 2], pads=[k // 2] * 4)
  _conv("conv_k3_s3", (4, 10, 13), 6, 3, strides=[3, 3])
  _conv("conv_k3_s12", (4, 10, 13), 6, 3, strides=[1, 2], pads=[1, 1, 1, 1])
  _conv("conv_k2_s3_gaps", (3, 11, 11), 5, 2, strides=[3, 3])
  _conv("conv_k3_d2", (4, 11, 9), 6, 3, dilations=[2, 2], pads=[2, 2, 2, 2])
  _conv("conv_k3_d31", (4, 11, 9), 6, 3, dilations=[3, 1], pads=[3, 1, 3, 1])
  _conv("conv_k3_pads_asym", (4, 8, 7), 6, 3, pads=[0, 2, 1, 0])
  _conv("conv_k13", (6, 8, 9), 5, [1, 3], pads=[0, 1, 0, 1])
  _conv("conv_k51", (6, 8, 9), 5, [5, 1], pads=[2, 0, 2, 0])
  for auto in ("SAME_UPPER", "SAME_LOWER", "VALID"):
    _conv(f"conv_k3_s2_{auto.lower()}", (4, 8, 9), 6, 3, strides=[2, 2], auto_pad=auto)
    _conv(f"conv_k2_{auto.lower()}", (4, 8, 9), 6, 2, auto_pad=auto)
  _conv("conv_no_bias", (5, 9, 9), 7, 3, bias=False, pads=[1, 1, 1, 1])
  _conv("conv_group2", (6, 9, 9), 8, 3, group=2, pads=[1, 1, 1, 1])
  _conv("conv_group4_k1", (8, 5, 5), 12, 1, group=4)
  _conv("conv_depthwise", (10, 9, 9), 10, 3, group=10, pads=[1, 1, 1, 1])
  _conv("conv_depthwise_s2", (17, 9, 9), 17, 3, group=17, strides=[2, 2], pads=[1, 1, 1, 1])
  _conv("conv_depthwise_x2", (6, 7, 7), 12, 3, group=6)
  _conv("conv_1x1_spatial", (19, 1, 1), 23, 1)
  _conv("conv_kernel_is_input", (9, 5, 5), 11, 5)
  _conv("conv_all_ones", (1, 1, 1), 1, 1)
  _conv("conv_row", (3, 1, 40), 5, [1, 7], pads=[0, 3, 0, 3])
  _conv("conv_first_7x7_s2", (3, 32, 32), 16, 7, strides=[2, 2], pads=[3, 3, 3, 3])
  _conv("conv_k3_wide", (33, 17, 17), 35, 3, pads=[1, 1, 1, 1])
  relu, clip = ("Relu", [], {}), ("Clip", [np.float32(0), np.float32(0.4)], {})
  _conv("conv_relu", (5, 16, 16), 12, 3, after=[relu], pads=[1, 1, 1, 1])
  _conv("conv_clip", (5, 16, 16), 12, 3, after=[clip], pads=[1, 1, 1, 1])
  _conv("conv_relu_maxpool", (5, 16, 16), 12, 3, pads=[1, 1, 1, 1],
        after=[relu, ("MaxPool", [], dict(kernel_shape=[2, 2], strides=[2, 2]))])


def _matrix_cases():
  for name, m, n, k, attrs, bias in (
      ("gemm_transb", 1, 10, 64, dict(transB=1), True),
      ("gemm_plain", 5, 13, 17, {}, True),
      ("gemm_no_bias", 7, 11, 33, dict(transB=1), False),
      ("gemm_transa", 9, 11, 6, dict(transA=1), True),
      ("gemm_transa_transb", 9, 11, 6, dict(transA=1, transB=1), True),
      ("gemm_alpha", 3, 8, 12, dict(transB=1, alpha=0.75), False),
      ("gemm_ones", 1, 1, 1, dict(transB=1), True),
      ("gemm_wide", 37, 131, 257, dict(transB=1), True),
  ):
    def build(name=name, m=m, n=n, k=k, attrs=attrs, bias=bias):
      graph = Graph(name, [k, m] if attrs.get("transA") else [m, k])
      weight = _weights(name, n, k)
      extra = [_bias(name, n)] if bias else []
      y = graph.op("Gemm", "input", weight if attrs.get("transB") else weight.T.copy(), *extra,
                   name="gemm", **attrs)
      return graph.model(y)

    _case(name, "Gemm", build, weighted=True)
  _chain("matmul_2d", "MatMul", [6, 19], ("MatMul", [_weights("mm2", 23, 19).T.copy()], {}),
         weighted=True)
  _chain("matmul_batched", "MatMul", [3, 5, 12], ("MatMul", [_weights("mm3", 9, 12).T.copy()], {}),
         weighted=True)
  _chain("matmul_row", "MatMul", [1, 40], ("MatMul", [_weights("mm1", 3, 40).T.copy()], {}),
         weighted=True)
  _chain("matmul_add", "MatMul", [4, 16], ("MatMul", [_weights("mma", 8, 16).T.copy()], {}),
         ("Add", [_bias("mma", 8)], {}), weighted=True)
  _chain("matmul_wide", "MatMul", [65, 130], ("MatMul", [_weights("mmw", 97, 130).T.copy()], {}),
         weighted=True)


def _two_branch(name, kind, shape, after=(), swap=False):
  """kind(input, Conv 1x1(input)): two activations with scales of their own."""

  def build():
    graph = Graph(name, [1, *shape])
    branch = graph.op("Conv", "input", _weights(name, shape[0], shape[0], 1, 1),
                      _bias(name, shape[0]), name="branch", kernel_shape=[1, 1])
    operands = (branch, "input") if swap else ("input", branch)
    y = graph.op(kind, *operands, name=kind.lower())
    for i, (other, inputs, attrs) in enumerate(after):
      y = graph.op(other, y, *inputs, name=f"after{i}", **attrs)
    return graph.model(y)

  _case(name, kind, build)


def _elementwise_cases():
  for kind in ("Add", "Sub", "Mul"):
    low = kind.lower()
    _two_branch(f"{low}_two", kind, (7, 9, 9))
    _two_branch(f"{low}_large", kind, (16, 64, 64))
    _two_branch(f"{low}_swapped", kind, (7, 9, 9), swap=True)
    _chain(f"{low}_scalar", kind, [1, 5, 6, 7], (kind, [np.float32(0.37)], {}))
    _chain(f"{low}_channel", kind, [1, 5, 6, 7], (kind, [_bias(low, 5).reshape(1, 5, 1, 1)], {}))
    _chain(f"{low}_row", kind, [6, 33], (kind, [_bias(low + "row", 33)], {}))
  _chain("add_constant_full", "Add", [1, 3, 5, 5],
         ("Add", [_weights("addfull", 1, 3, 5, 5)], {}))
  _two_branch("add_relu", "Add", (16, 32, 32), after=[("Relu", [], {})])
  _chain("relu", "Relu", [1, 16, 64, 64], ("Relu", [], {}))
  _chain("clip", "Clip", [1, 16, 64, 64], ("Clip", [np.float32(-0.3), np.float32(0.55)], {}))
  _chain("clip_low_only", "Clip", [1, 4, 9, 9], ("Clip", [np.float32(-0.25)], {}))


def _pool_cases():
  variants = (
      ("k2_s2", dict(kernel_shape=[2, 2], strides=[2, 2])),
      ("k3_s1", dict(kernel_shape=[3, 3])),
      ("k3_s2_pads", dict(kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])),
      ("k3_pads_asym", dict(kernel_shape=[3, 3], strides=[2, 1], pads=[0, 1, 2, 0])),
      ("k3_s2_ceil", dict(kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)),
      ("k2_s3_ceil_pads",
       dict(kernel_shape=[2, 2], strides=[3, 3], pads=[1, 1, 1, 1], ceil_mode=1)),
      ("k23", dict(kernel_shape=[2, 3], strides=[1, 2])),
      ("k3_same_upper", dict(kernel_shape=[3, 3], strides=[2, 2], auto_pad="SAME_UPPER")),
      ("k2_same_lower", dict(kernel_shape=[2, 2], auto_pad="SAME_LOWER")),
      ("k3_valid", dict(kernel_shape=[3, 3], strides=[2, 2], auto_pad="VALID")),
  )
  shape = [1, 6, 12, 11]
  for name, attrs in variants:
    _chain(f"maxpool_{name}", "MaxPool", shape, ("MaxPool", [], attrs))
    _chain(f"avgpool_{name}", "AveragePool", shape, ("AveragePool", [], attrs))
    if "pads" in attrs or "auto_pad" in attrs or "ceil_mode" in attrs:
      _chain(f"avgpool_{name}_include", "AveragePool", shape,
             ("AveragePool", [], dict(attrs, count_include_pad=1)))
  _chain("maxpool_k2_d2", "MaxPool", shape,
         ("MaxPool", [], dict(kernel_shape=[2, 2], dilations=[2, 2])))
  _chain("maxpool_k3_d2_ceil", "MaxPool", shape,
         ("MaxPool", [], dict(kernel_shape=[3, 3], dilations=[2, 1], strides=[2, 2], ceil_mode=1)))
  _chain("avgpool_large_k2", "AveragePool", [1, 16, 96, 96],
         ("AveragePool", [], dict(kernel_shape=[2, 2])))
  _chain("avgpool_large_k3", "AveragePool", [1, 16, 96, 96],
         ("AveragePool", [], dict(kernel_shape=[3, 3], pads=[1, 1, 1, 1])))
  for name, size in (("8x8", [8, 8]), ("7x7", [7, 7]), ("1x1", [1, 1]), ("3x5", [3, 5])):
    _chain(f"global_average_{name}", "GlobalAveragePool", [1, 37, *size],
           ("GlobalAveragePool", [], {}))
  _chain("global_average_large", "GlobalAveragePool", [1, 4096, 4, 4],
         ("GlobalAveragePool", [], {}))


def _layout_cases():
  def const_shape(*shape):
    return np.array(shape, np.int64)

  _chain("flatten", "Layout", [1, 4, 5, 6], ("Flatten", [], {}))
  _chain("flatten_axis2", "Layout", [1, 4, 5, 6], ("Flatten", [], dict(axis=2)))
  _chain("reshape", "Layout", [1, 4, 6, 5], ("Reshape", [const_shape(0, 8, -1)], {}))
  for perm in ([0, 2, 3, 1], [0, 3, 1, 2], [0, 1, 3, 2]):
    name = "transpose_" + "".join(str(p) for p in perm)
    _chain(name, "Layout", [1, 4, 5, 6], ("Transpose", [], dict(perm=perm)))
  _chain("transpose_2d", "Layout", [7, 12], ("Transpose", [], {}))
  _chain("identity", "Layout", [1, 4, 5, 6], ("Relu", [], {}), ("Identity", [], {}),
         ("MaxPool", [], dict(kernel_shape=[2, 2])))

  def constant_reshape():
    graph = Graph("constant_reshape", [1, 4, 6, 5])
    from onnx import numpy_helper

    shape = graph.op("Constant", name="shape", value=numpy_helper.from_array(const_shape(1, 120)))
    y = graph.op("Reshape", "input", shape, name="reshape")
    return graph.model(graph.op("Gemm", y, _weights("cr", 9, 120), _bias("cr", 9), name="gemm",
                                transB=1))

  _case("constant_reshape_gemm", "Layout", constant_reshape)
  _chain("conv_flatten_gemm", "Layout", [1, 3, 6, 6],
         ("Conv", [_weights("cfg", 8, 3, 3, 3)], dict(kernel_shape=[3, 3])), ("Relu", [], {}),
         ("Flatten", [], {}), ("Gemm", [_weights("cfg2", 10, 128)], dict(transB=1)))
  gemm = ("Gemm", [_weights("host", 10, 32), _bias("host", 10)], dict(transB=1))
  for kind in ("Softmax", "Sigmoid"):
    attrs = dict(axis=-1) if kind == "Softmax" else {}
    _chain(f"final_{kind.lower()}", "Host", [1, 32], gemm, (kind, [], attrs), host=(kind,))
    _chain(f"final_{kind.lower()}_quantised", "Host", [1, 32], gemm, (kind, [], attrs))


def cases():
  """The whole table, in a fixed order."""
  if not _CASES:
    _conv_cases()
    _matrix_cases()
    _elementwise_cases()
    _pool_cases()
    _layout_cases()
    _CASES.extend(c._replace(name=f"{c.name}_ties", ties=True)
                  for c in list(_CASES) if c.name in _TIES)
  return _CASES
