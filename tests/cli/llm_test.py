# SPDX-License-Identifier: Apache-2.0
"""Language models as their users see them: ./girih generate and perplexity, the Python package, bad input."""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODEL = ROOT / "tests" / "models" / "qwen3-kjv"

import girih  # noqa: E402
from girih.sampling import Sampling  # noqa: E402
from girih.text import TextStream, Tokenizer  # noqa: E402


def run(*arguments, text=None):
  return subprocess.run([str(ROOT / "girih"), *map(str, arguments)], input=text, capture_output=True, text=True,
                        timeout=300)


class Commands(unittest.TestCase):
  def good(self, *arguments, **more):
    result = run(*arguments, **more)
    self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
    return result

  def refused(self, *arguments, says):
    result = run(*arguments)
    self.assertEqual(result.returncode, 2, result.stdout + result.stderr)
    self.assertIn(says, result.stderr)
    self.assertNotIn("Traceback", result.stderr)
    self.assertNotIn("terminate", result.stderr)

  def test_greedy_text_is_the_same_everywhere(self):
    texts = {self.good("generate", MODEL, "--prompt", "And the LORD said unto", "--tokens", 12, *more).stdout
             for more in ((), ("--preset", "tiny"), ("--preset", "wide"), ("--kv-tokens", 64))}
    self.assertEqual(len(texts), 1, texts)
    text = texts.pop()
    self.assertTrue(text.startswith("And the LORD said unto Moses"), text)

  def test_prompt_from_standard_input(self):
    asked = self.good("generate", MODEL, "--prompt", "In the beginning", "--tokens", 5).stdout
    piped = self.good("generate", MODEL, "--prompt", "-", "--tokens", 5, text="In the beginning").stdout
    self.assertEqual(asked, piped)

  def test_seeds_repeat(self):
    options = ("generate", MODEL, "--prompt", "The king", "--tokens", 12, "--temperature", 0.9, "--top-p", 0.95)
    texts = [self.good(*options, "--seed", seed).stdout for seed in (1, 1, 2, 3)]
    self.assertEqual(texts[0], texts[1])
    self.assertGreater(len(set(texts)), 2)

  def test_chat_ends_by_itself(self):
    result = self.good("generate", MODEL, "--prompt", "And God said, Let there be light:", "--chat", "--tokens", 300)
    self.assertNotIn("<|im", result.stdout)
    self.assertLess(len(result.stdout), 2000)

  def test_perplexity(self):
    text = MODEL / "heldout.txt"
    said = self.good("perplexity", MODEL, "--text", text, "--limit", 513).stdout
    value = float(said.split()[1])
    self.assertIn("(512 tokens scored, windows of 512, 8-bit activations, 8-bit cache)", said)
    model = girih.load(MODEL)
    losses = model.negative_log_likelihood(model.tokens_of(text.read_text())[:513])
    self.assertAlmostEqual(value, float(np.exp(losses.mean())), places=3)

  def test_inspect(self):
    said = self.good("inspect", MODEL).stdout
    self.assertIn("Qwen3ForCausalLM, 4 layers, hidden 128, 8 heads of 16 (4 for keys and values)", said)
    self.assertIn("tensors that nothing reads: none", said)
    report = json.loads(self.good("inspect", MODEL, "--json", "--context", 64, "--preset", "tiny",
                                  "--activations", 16).stdout)
    sizes = (4 * (2 * 128 * 128 + 2 * 64 * 128 + 3 * 384 * 128), 1024 * 128)
    self.assertEqual(sum(layer["total"]["weight_bytes"] for layer in report["layers"]), sizes[0])
    self.assertEqual(report["token"]["macs"], 2 * (sum(sizes) + 4 * 2 * 8 * 64 * 16))
    self.assertTrue(report["fits"])
    for layer in report["layers"]:
      for matrix, decibels in layer["signal_to_noise_db"].items():
        self.assertGreater(decibels, 35, matrix)
    self.refused("inspect", MODEL, "--context", 2049, says="a context of 2049 tokens: qwen3-kjv takes 1 to 2048")
    with tempfile.TemporaryDirectory() as folder:
      self.refused("inspect", folder, says="config.json")

  def test_bad_options(self):
    ask = ("generate", MODEL, "--prompt", "a")
    self.refused(*ask, "--temperature", "-1", says="temperature -1.0: a number from 0 on is accepted")
    self.refused(*ask, "--top-p", "0", says="top_p 0.0: a number above 0, at most 1, is accepted")
    self.refused(*ask, "--top-k", "-2", says="top_k -2")
    self.refused(*ask, "--tokens", "0", says="tokens 0: a whole number from 1 on is accepted")
    self.refused(*ask, "--kv-tokens", "0", says="--kv-tokens 0")
    self.refused(*ask, "--preset", "huge", says="invalid choice")
    self.refused("generate", MODEL, "--prompt", "", says="the prompt is empty")
    self.refused(*ask, "--kv-tokens", "16", "--tokens", "17", says="the context holds 16")
    self.refused("perplexity", MODEL, "--text", "/nowhere.txt", says="cannot be read as UTF-8 text")
    self.refused("perplexity", MODEL, "--text", MODEL / "model.safetensors", says="cannot be read as UTF-8 text")
    self.refused("perplexity", MODEL, "--text", MODEL / "heldout.txt", "--window", "0", says="--window 0: 1 to")
    self.refused("generate", "/nowhere", "--prompt", "a", says="/nowhere: not a folder")

  def test_bad_directories(self):
    with tempfile.TemporaryDirectory() as name:
      folder = pathlib.Path(name) / "model"
      shutil.copytree(MODEL, folder)
      ask = ("generate", folder, "--prompt", "a")
      weights = (folder / "model.safetensors").read_bytes()
      (folder / "model.safetensors").write_bytes(weights[:-1000])
      self.refused(*ask, says="model.safetensors")
      (folder / "model.safetensors").write_bytes(weights)
      (folder / "tokenizer.json").write_text("{}")
      self.refused(*ask, says="tokenizer.json: not a tokenizer")
      (folder / "tokenizer.json").unlink()
      self.refused(*ask, says="tokenizer.json: not there")
      shutil.copy(MODEL / "tokenizer.json", folder)
      config = json.loads((folder / "tokenizer_config.json").read_text())
      config["chat_template"] = "{{ messages.__class__.__mro__[1].__subclasses__() }}"
      (folder / "tokenizer_config.json").write_text(json.dumps(config))
      self.refused(*ask, "--chat", says="chat template")
      del config["chat_template"]
      (folder / "tokenizer_config.json").write_text(json.dumps(config))
      self.refused(*ask, "--chat", says="has no chat_template; leave out --chat")
      config = json.loads((folder / "config.json").read_text())
      config["head_dim"] = 7
      (folder / "config.json").write_text(json.dumps(config))
      self.refused(*ask, says="head_dim is 7; even numbers up to 256 accepted")


class Package(unittest.TestCase):
  @classmethod
  def setUpClass(cls):
    cls.model = girih.load(MODEL)

  def test_logits_are_arrays(self):
    logits = self.model.logits([5, 17, 3])
    self.assertEqual((logits.shape, logits.dtype), ((3, 1024), np.float32))
    self.assertEqual(self.model.generate([5, 17, 3], tokens=4), self.model.generate([5, 17, 3], tokens=4))

  def test_sequences_side_by_side_do_not_meet(self):
    engine = self.model.engine
    a, b = engine.new_sequence(), engine.new_sequence()
    engine.feed(a, [5, 17, 3])
    engine.feed(b, [900, 2])
    both = engine.decode([a, b], [44, 45])
    self.assertEqual(engine.length(a), 4)
    alone = engine.new_sequence()
    engine.feed(alone, [900, 2])
    np.testing.assert_array_equal(engine.feed(alone, [45]).logits[0], both.logits[1])
    for sequence in (a, b, alone):
      engine.free(sequence)

  def test_tokens_and_sequences_that_are_not_there(self):
    engine = self.model.engine
    with self.assertRaisesRegex(girih.Error, "token 1024: the model has 0 to 1023"):
      self.model.logits([1024])
    with self.assertRaisesRegex(girih.Error, "there is no sequence 4711"):
      engine.feed(4711, [1])
    with self.assertRaisesRegex(girih.Error, "2 sequences and 1 tokens"):
      engine.decode([1, 2], [3])
    with self.assertRaisesRegex(girih.Error, "activations of 12 bits; 8 and 16 are accepted"):
      girih.load(MODEL, activations=12)

  def test_the_cache_can_be_full_and_recover(self):
    model = girih.load(MODEL, kv_tokens=32)
    engine = model.engine
    first = engine.new_sequence()
    engine.feed(first, [1] * 30)
    second = engine.new_sequence()
    with self.assertRaises(girih.Error):
      engine.feed(second, [1] * 30)
    self.assertEqual(engine.length(second), 0)
    engine.free(first)
    engine.feed(second, [1] * 30)


class Choice(unittest.TestCase):
  LOGITS = np.log(np.array([0.5, 0.1, 0.3, 0.1], dtype=np.float32))

  def test_probabilities(self):
    np.testing.assert_allclose(Sampling(1.0).probabilities(self.LOGITS), [0.5, 0.1, 0.3, 0.1], rtol=1e-6)
    np.testing.assert_allclose(Sampling(1.0, top_k=2).probabilities(self.LOGITS), [0.625, 0, 0.375, 0], rtol=1e-6)
    np.testing.assert_allclose(Sampling(1.0, top_p=0.6).probabilities(self.LOGITS), [0.625, 0, 0.375, 0], rtol=1e-6)
    np.testing.assert_allclose(Sampling(1.0, top_p=0.4).probabilities(self.LOGITS), [1, 0, 0, 0])
    sharp = Sampling(0.5).probabilities(self.LOGITS)
    np.testing.assert_allclose(sharp, np.array([25, 1, 9, 1]) / 36, rtol=1e-5)

  def test_draws_follow_them(self):
    random = np.random.default_rng(7)
    counts = np.bincount([Sampling(1.0).draw(self.LOGITS, random) for _ in range(4000)], minlength=4) / 4000
    np.testing.assert_allclose(counts, [0.5, 0.1, 0.3, 0.1], atol=0.03)


class Text(unittest.TestCase):
  def test_pieces_make_the_whole(self):
    tokenizer = Tokenizer(MODEL, 1024)
    text = "And Noé said unto them, € 5 — selah 😀."
    stream = TextStream(tokenizer)
    pieces = [stream.push(token) for token in tokenizer.encode(text)]
    self.assertEqual("".join(pieces) + stream.end(), text)
    self.assertTrue(all("\ufffd" not in piece for piece in pieces))
    self.assertIn("", pieces)                  # some token was not yet a character


if __name__ == "__main__":
  sys.exit(unittest.main(verbosity=1))
