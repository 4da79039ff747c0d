// SPDX-License-Identifier: Apache-2.0
#include "emulation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "golden/functions.h"
#include "golden/numerics.h"

namespace girih::llm {
namespace {

namespace fp = golden::fp;
using Floats = std::vector<float>;
constexpr float kTiny = 0x1p-100F;

/// Element i goes to partial i mod 128; then a tree.
template <class Op>
float reduce(const Floats& z, Op op) {
  Floats partial(z.begin(), z.begin() + std::min<std::ptrdiff_t>(128, std::ssize(z)));
  for (std::size_t i = 128; i < z.size(); ++i) partial[i % 128] = op(partial[i % 128], z[i]);
  for (std::size_t step = 64; step > 0; step /= 2) {
    for (std::size_t i = 0; i < step && i + step < partial.size(); ++i)
      partial[i] = op(partial[i], partial[i + step]);
  }
  return partial[0];
}
float sum(const Floats& z) { return reduce(z, &fp::add); }
float largest(const Floats& z) { return reduce(z, &fp::max); }
float largest_magnitude(Floats z) {
  for (float& x : z) x = fp::abs(x);
  return fp::max(largest(z), kTiny);
}

template <class Op>
Floats each(const Floats& a, const Floats& b, Op op) {
  Floats out(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) out[i] = op(a[i], b[i]);
  return out;
}
Floats row(const Tensor& tensor, std::int64_t i = 0) {
  Floats out(tensor.empty() ? 0 : static_cast<std::size_t>(tensor.columns()));
  if (!tensor.empty()) tensor.read_row(i, out);
  return out;
}
float fp32(double x) { return static_cast<float>(x); }

}  // namespace

Emulation::Emulation(const Model& model, unsigned activation_bits, std::int64_t keys)
    : model_(model), wide_(activation_bits == 16), keys_(static_cast<std::size_t>(keys)) {
  for (const Layer& l : model.layers) {
    layers_.push_back({row(l.input_norm), row(l.post_attention_norm), row(l.q_norm), row(l.k_norm),
                       weights(l.q), weights(l.k), weights(l.v), weights(l.o), weights(l.gate),
                       weights(l.up), weights(l.down)});
  }
  final_norm_ = row(model.norm);
  head_ = weights({model.config.tied ? model.embedding : model.head, {}});
  reset();
}

void Emulation::reset() {
  position_ = 0;
  cache_.assign(layers_.size(),
                std::vector<Cache>(static_cast<std::size_t>(model_.config.kv_heads)));
}

Emulation::Weights Emulation::weights(const Linear& from) {
  Weights out;
  for (std::int64_t n = 0; n < from.weight.rows(); ++n) {
    const Floats w = row(from.weight, n);
    float most = 0;
    for (const float x : w) most = std::max(most, std::fabs(x));
    const float scale = most / 127.0F;
    Integers& integers = out.rows.emplace_back();
    for (const float x : w) {
      const double v = scale == 0 ? 0 : std::nearbyint(static_cast<double>(x / scale));
      integers.push_back(static_cast<std::int32_t>(std::clamp(v, -127.0, 127.0)));
    }
    out.scales.push_back(scale);
  }
  out.bias = row(from.bias);
  return out;
}

Emulation::Rows Emulation::quantise(const Floats& x, bool wide) const {
  const float limit = wide ? 32767.0F : 127.0F;
  const float m = largest_magnitude(x), f = fp::mul(fp::reciprocal(m), limit);
  Rows out;
  for (const float v : x) out.values.push_back(fp::rne(fp::mul(v, f)));
  out.scale = fp::mul(m, 1.0F / limit);
  return out;
}

Emulation::Rows Emulation::norm(const Floats& h, const Floats& weight) const {
  const float mean = 1.0F / static_cast<float>(h.size());
  const float r = fp::rsqrt(
      fp::add(fp::mul(sum(each(h, h, &fp::mul)), mean), fp32(model_.config.norm_epsilon)));
  Rows out = quantise(each(h, weight, &fp::mul), wide_);
  out.scale = fp::mul(out.scale, r);
  return out;
}

Emulation::Floats Emulation::linear(const Weights& w, const Rows& x) const {
  const std::size_t part = wide_ ? 512 : x.values.size();
  Floats y;
  for (std::size_t n = 0; n < w.rows.size(); ++n) {
    float total = 0;
    for (std::size_t k0 = 0; k0 < x.values.size(); k0 += part) {
      std::int64_t acc = 0;
      for (std::size_t k = k0; k < std::min(k0 + part, x.values.size()); ++k)
        acc += std::int64_t{x.values[k]} * w.rows[n][k];
      const float product = fp::mul(fp::from_integer(static_cast<std::int32_t>(acc)), w.scales[n]);
      total = k0 == 0 ? product : fp::add(product, total);
    }
    total = fp::mul(total, x.scale);
    y.push_back(w.bias.empty() ? total : fp::add(total, w.bias[n]));
  }
  return y;
}

float Emulation::head_norm(const Floats& x) const {
  const float mean = 1.0F / static_cast<float>(x.size());
  return fp::rsqrt(
      fp::add(fp::mul(sum(each(x, x, &fp::mul)), mean), fp32(model_.config.norm_epsilon)));
}

Emulation::Floats Emulation::rotate(const Floats& x, const Floats& weight) const {
  const Config& config = model_.config;
  const std::size_t size = x.size(), half = size / 2;
  Floats u(size);
  for (std::size_t i = 0; i < size; ++i) {
    const std::size_t j = i % half, other = (i + half) % size;
    double frequency =
        1 / std::pow(config.rope.theta, 2.0 * static_cast<double>(j) / static_cast<double>(size));
    if (config.rope.scaling == Rope::Scaling::kLlama3) {
      const Rope& r = config.rope;
      const double wave = 2 * std::numbers::pi / frequency;
      const double low = r.original_positions / r.low_freq_factor;
      const double high = r.original_positions / r.high_freq_factor;
      const double smooth = (r.original_positions / wave - r.low_freq_factor) /
                            (r.high_freq_factor - r.low_freq_factor);
      if (wave > low)
        frequency /= r.factor;
      else if (wave >= high)
        frequency = (1 - smooth) * frequency / r.factor + smooth * frequency;
    }
    const double angle = static_cast<double>(position_) * frequency;
    float c = fp32(std::cos(angle)), s = fp32(i < half ? -std::sin(angle) : std::sin(angle));
    if (!weight.empty()) c = fp::mul(c, weight[i]), s = fp::mul(s, weight[other]);
    u[i] = fp::add(fp::mul(x[i], c), fp::mul(x[other], s));
  }
  return u;
}

Emulation::Floats Emulation::attention(const EmulatedLayer& layer, std::size_t number,
                                       const Rows& x) {
  const Config& config = model_.config;
  const auto size = static_cast<std::size_t>(config.head_dim);
  const Floats q = linear(layer.q, x), k = linear(layer.k, x), v = linear(layer.v, x);
  const auto head = [&](const Floats& from, std::size_t i) {
    return Floats(from.begin() + static_cast<std::ptrdiff_t>(i * size),
                  from.begin() + static_cast<std::ptrdiff_t>((i + 1) * size));
  };
  for (std::size_t j = 0; j < cache_[number].size(); ++j) {
    Cache& cache = cache_[number][j];
    const Floats kj = head(k, j);
    const Rows key = quantise(rotate(kj, layer.k_norm), false);
    const Rows value = quantise(head(v, j), false);
    cache.keys.push_back(key.values);
    cache.values.push_back(value.values);
    cache.key_scales.push_back(config.qk_norm ? fp::mul(key.scale, head_norm(kj)) : key.scale);
    cache.value_scales.push_back(value.scale);
  }
  Floats out;
  const auto heads = static_cast<std::size_t>(config.heads);
  const std::size_t group = heads / cache_[number].size();
  const float unit = fp32(std::numbers::log2e / std::sqrt(static_cast<double>(size)));
  for (std::size_t i = 0; i < heads; ++i) {
    const Floats qi = head(q, i);
    const Rows query = quantise(rotate(qi, layer.q_norm), wide_);
    const float scale = config.qk_norm ? fp::mul(query.scale, head_norm(qi)) : query.scale;
    const Floats o = attend(cache_[number][i / group], query, fp::mul(scale, unit));
    out.insert(out.end(), o.begin(), o.end());
  }
  return out;
}

Emulation::Floats Emulation::attend(const Cache& cache, const Rows& query,
                                    float query_scale) const {
  const std::size_t size = query.values.size();
  float mx = 0, l = 0;
  Floats total(size);
  for (std::size_t first = 0; first < cache.keys.size(); first += keys_) {
    const std::size_t count = std::min(keys_, cache.keys.size() - first);
    Floats s(keys_, -std::numeric_limits<float>::infinity()), p(keys_), g(keys_, 0.0F);
    for (std::size_t i = 0; i < count; ++i) {
      std::int64_t acc = 0;
      for (std::size_t k = 0; k < size; ++k)
        acc += std::int64_t{query.values[k]} * cache.keys[first + i][k];
      s[i] = fp::mul(
          fp::mul(fp::from_integer(static_cast<std::int32_t>(acc)), cache.key_scales[first + i]),
          query_scale);
    }
    const float before = mx, mt = largest(s);
    mx = first == 0 ? mt : fp::max(before, mt);
    const float al = first == 0 ? 0 : fp::exp2(fp::sub(before, mx));
    for (std::size_t i = 0; i < keys_; ++i) p[i] = fp::exp2(fp::sub(s[i], mx));
    l = first == 0 ? sum(p) : fp::add(fp::mul(l, al), sum(p));
    for (std::size_t i = 0; i < count; ++i) g[i] = fp::mul(p[i], cache.value_scales[first + i]);
    const Rows weights = quantise(g, wide_);
    for (std::size_t k = 0; k < size; ++k) {
      std::int64_t acc = 0;
      for (std::size_t i = 0; i < count; ++i)
        acc += std::int64_t{weights.values[i]} * cache.values[first + i][k];
      const float o = fp::mul(fp::from_integer(static_cast<std::int32_t>(acc)), weights.scale);
      total[k] = first == 0 ? o : fp::add(fp::mul(total[k], al), o);
    }
  }
  const float inverse = fp::reciprocal(l);
  for (float& x : total) x = fp::mul(x, inverse);
  return total;
}

std::vector<float> Emulation::feed(std::uint32_t token) {
  Floats h = row(model_.embedding, token);
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const EmulatedLayer& layer = layers_[i];
    const Floats x = attention(layer, i, norm(h, layer.input_norm));
    h = each(h, linear(layer.o, quantise(x, wide_)), &fp::add);
    const Rows input = norm(h, layer.post_attention_norm);
    const Floats gate = linear(layer.gate, input), up = linear(layer.up, input);
    Floats product(gate.size());
    for (std::size_t k = 0; k < gate.size(); ++k) {
      const float e = fp::exp2(fp::mul(gate[k], -std::numbers::log2e_v<float>));
      product[k] = fp::mul(fp::mul(gate[k], fp::reciprocal(fp::add(e, 1.0F))), up[k]);
    }
    h = each(h, linear(layer.down, quantise(product, wide_)), &fp::add);
  }
  ++position_;
  return linear(head_, norm(h, final_norm_));
}

}  // namespace girih::llm
