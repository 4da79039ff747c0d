// SPDX-License-Identifier: Apache-2.0
//
// The compiler's own graph: what a quantised network computes, in integers, after every float
// of the model file has become a multiplier, a bound or a zero point. docs/compiler-import.md
// has the formula of every node kind; interpret.h executes them.
//
// Layout here is the model's: activations [N, C, H, W] or any other rank, row-major.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace girih::graph {

using Shape = std::vector<std::int64_t>;
using TensorId = std::size_t;
using NodeId = std::size_t;

inline constexpr NodeId kNoNode = static_cast<NodeId>(-1);

/// No tensor may have more elements than this (a limit against absurd files, not of the hardware).
inline constexpr std::int64_t kMaxElements = std::int64_t{1} << 28;

enum class DType : std::uint8_t { kInt8, kUint8, kFloat32 };

std::string_view name(DType type);
std::int32_t lowest(DType type);   ///< -128 or 0
std::int32_t highest(DType type);  ///< 127 or 255

/// real = scale * (q - zero). Per tensor: one scale. Per axis (weights only): one scale per index.
struct Quantisation {
  std::vector<float> scale{1.0F};
  std::int32_t zero = 0;  ///< the same for all channels: the array has one zero point per operand
  int axis = -1;          ///< -1: per tensor

  bool operator==(const Quantisation&) const = default;
};

/// A type with a quantisation: what QuantizeLinear's scale and zero point say.
struct Encoding {
  DType dtype = DType::kInt8;
  Quantisation quant;

  bool operator==(const Encoding&) const = default;
};

struct Tensor {
  std::string name;  ///< of the ONNX tensor it stands for
  Shape shape;
  DType dtype = DType::kInt8;
  Quantisation quant;
  bool constant = false;
  std::vector<std::uint8_t> data;  ///< constants only: row-major bytes (INT8 in two's complement)
  NodeId producer = kNoNode;       ///< kNoNode: a graph input or a constant

  Encoding encoding() const { return {dtype, quant}; }
  std::int32_t constant_at(std::size_t index) const;
};

/// The window of Conv and the pools: index 0 is height, 1 is width. Padding is resolved
/// (auto_pad and ceil_mode are gone); with ceil_mode the last window may pass the padded edge.
struct Window {
  std::array<std::int64_t, 2> kernel{1, 1};
  std::array<std::int64_t, 2> stride{1, 1};
  std::array<std::int64_t, 2> dilation{1, 1};
  std::array<std::int64_t, 2> pad_begin{0, 0};
  std::array<std::int64_t, 2> pad_end{0, 0};

  bool operator==(const Window&) const = default;
};

/// acc = bias[c] + sum (x - zx) * (w - zw) in INT32; y = clamp(rne(f32(acc) * multiplier[c]) + zy).
/// inputs {x, weights [out channels, in channels / groups, kh, kw]}. Padding counts as x = zx.
struct Conv {
  Window window;
  std::int64_t groups = 1;
  std::vector<std::int32_t> bias;  ///< one per output channel; zeros when the model has none
  std::vector<float> multiplier;   ///< one per output channel: f32(f32(sx * sw[c]) / sy)
};

/// As Conv with x seen as [rows, depth] and y as [rows, columns].
/// inputs {x, weights [columns, depth]}.
struct FullyConnected {
  std::int64_t rows = 1;
  std::int64_t depth = 1;
  std::int64_t columns = 1;
  std::vector<std::int32_t> bias;
  std::vector<float> multiplier;
};

/// t = f32(f32(a - za) * first_scale) + f32(b - zb); y = clamp(rne(t * out_scale) + zy).
/// inputs {a, b}, broadcast as NumPy does; either may be constant. first_scale = f32(sa / sb),
/// out_scale = f32(sb / sy). A subtraction has both negated: -t * -out_scale is the same number.
struct Add {
  float first_scale = 1;
  float out_scale = 1;
};

/// y = clamp(rne((f32(a - za) * f32(b - zb)) * out_scale) + zy),
/// out_scale = f32(f32(sa * sb) / sy).
struct Mul {
  float out_scale = 1;
};

/// y = clamp(rne(f32(x - zx) * scale) + zy), scale = f32(sx / sy). With equal encodings a clamp.
struct Requantise {
  float scale = 1;
};

/// Maximum over the window's elements inside the input; x and y have one encoding.
struct MaxPool {
  Window window;
};

/// S = sum (x - zx) over the window inside the input; n = its elements there, or, with
/// count_padding, inside the input and its padding (what ceil_mode adds beyond never counts);
/// y = clamp(rne((f32(S) * scale) * f32(1 / n)) + zy), scale = f32(sx / sy).
struct AveragePool {
  Window window;
  bool count_padding = false;
  float scale = 1;
};

/// Same elements, another shape (Reshape, Flatten); x and y have one encoding.
struct Reshape {};

/// y's dimension i is x's dimension permutation[i]; x and y have one encoding.
struct Transpose {
  std::vector<std::size_t> permutation;
};

/// Float functions of the last layer's dequantised result. They run on the host, after the chip.
/// `rounding`: the model quantises and dequantises the result once more, and so does the host.
struct HostSoftmax {
  std::size_t axis = 0;
  std::optional<Encoding> rounding;
};
struct HostSigmoid {
  std::optional<Encoding> rounding;
};

using Operation = std::variant<Conv, FullyConnected, Add, Mul, Requantise, MaxPool, AveragePool,
                               Reshape, Transpose, HostSoftmax, HostSigmoid>;

struct Node {
  std::string name;                  ///< of the ONNX node that gave the operation
  std::vector<std::string> origins;  ///< every ONNX node it does the work of, `name` first
  Operation operation;
  std::vector<TensorId> inputs;
  TensorId output = 0;
  std::int32_t lo = -128;  ///< clamp bounds of y, in its quantised domain
  std::int32_t hi = 127;
};

std::string_view kind(const Operation& operation);
bool on_host(const Operation& operation);

/// True for the kinds that compute a new value and end in clamp(rne(...) + zy, lo, hi).
bool has_bounds(const Operation& operation);

/// An input or output of the network. `as_float`: the model's interface is float32 there, and the
/// host quantises (or dequantises) with the tensor's encoding; otherwise it hands over integers.
struct Port {
  std::string name;
  TensorId tensor = 0;
  bool as_float = true;
};

struct Graph {
  std::string name;
  std::vector<Tensor> tensors;
  std::vector<Node> nodes;  ///< every node stands after the producers of its inputs
  std::vector<Port> inputs;
  std::vector<Port> outputs;

  TensorId add_tensor(Tensor tensor);
  NodeId add_node(Node node);  ///< sets the producer of node.output
};

/// Number of elements. Throws girih::Error when a dimension is below 1 or there are too many.
std::int64_t elements(const Shape& shape);
std::string to_string(const Shape& shape);  ///< "[1, 16, 32, 32]"

/// Output extent of a window, exact for every legal window (floor mode).
std::int64_t extent(std::int64_t kernel, std::int64_t dilation);

std::int64_t macs(const Graph& graph, const Node& node);
std::int64_t weight_bytes(const Graph& graph, const Node& node);

/// Throws girih::Error naming the node when an id, shape, encoding or count does not fit. Every
/// graph that leaves the importer or a pass satisfies it; what comes after may rely on it.
void validate(const Graph& graph);

/// One line per node, for people.
std::string to_text(const Graph& graph);

}  // namespace girih::graph
