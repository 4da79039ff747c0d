# SPDX-License-Identifier: Apache-2.0
"""Writes ONNX files that have to be refused, for the compiler's error tests.

  make_malformed.py OUT_DIR

OUT_DIR/NAME/model.onnx, and OUT_DIR/manifest.json: for each the name, "expect" ("refuse", or
"accept" for the untouched controls) and "mentions": words of which a good message contains at least
one, whatever its case. External-data cases aim at OUT_DIR/outside.bin, which lies outside each
model's folder and must never be read.
"""

import argparse
import json
import pathlib

import onnx
from onnx import TensorProto

import malformed_graphs  # noqa: F401  (registers its cases)
import malformed_tensors  # noqa: F401
from malformed_base import CASES, good, tensor


def external(location, offset=None, length=None):
  """The good model with its weights moved to external data."""
  model = good()
  t = tensor(model, "w")
  t.ClearField("raw_data")
  t.data_location = TensorProto.EXTERNAL
  entries = dict(location=location, offset=offset, length=length)
  for key, value in entries.items():
    if value is not None:
      t.external_data.add(key=key, value=str(value))
  return model


def external_cases(out):
  """{name: (model, {file beside it: bytes}, {symbolic link beside it: target})}."""
  weights = bytes(54)
  outside = str((out / "outside.bin").resolve())
  return {
      "external_parent": (external("../outside.bin"), {}, {}),
      "external_absolute": (external(outside), {}, {}),
      "external_hidden_parent": (external("sub/../../outside.bin"), {}, {}),
      "external_symlink": (external("link.bin"), {}, {"link.bin": outside}),
      "external_missing_file": (external("none.bin"), {}, {}),
      "external_no_location": (external(None), {}, {}),
      "external_short_file": (external("w.bin"), {"w.bin": weights[:-1]}, {}),
      "external_offset_beyond": (external("w.bin", 1 << 40), {"w.bin": weights}, {}),
      "external_offset_negative": (external("w.bin", -8), {"w.bin": weights}, {}),
      "external_length_mismatch": (external("w.bin", 0, 20), {"w.bin": weights}, {}),
      "external_not_a_number": (external("w.bin", "many"), {"w.bin": weights}, {}),
      "external_directory": (external("."), {}, {}),
  }


def byte_cases():
  """{name: contents of model.onnx}: damage below the level of messages."""
  data = good().SerializeToString()
  return {
      "truncated_half": data[:len(data) // 2],
      "truncated_last_byte": data[:-1],
      "truncated_first_byte": data[:1],
      "empty_file": b"",
      "text_file": b"this is not a model\n",
      "zeros": bytes(256),
      "trailing_garbage": data + b"\xff" * 16,
      "varint_overlong": b"\x08" + b"\xff" * 12 + data,
  }


def main():
  parser = argparse.ArgumentParser(
      description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("out", type=pathlib.Path)
  out = parser.parse_args().out
  out.mkdir(parents=True, exist_ok=True)
  (out / "outside.bin").write_bytes(bytes(54))
  manifest = []

  def write(name, data, mentions, expect="refuse"):
    (out / name).mkdir(exist_ok=True)
    (out / name / "model.onnx").write_bytes(data)
    manifest.append(dict(name=name, expect=expect, mentions=mentions))

  onnx.checker.check_model(good())
  write("control", good().SerializeToString(), [], "accept")
  for name, data in byte_cases().items():
    write(name, data, ["model.onnx", "ONNX", "protobuf"])
  for name, (mutation, mentions) in CASES.items():
    model = good()
    mutation(model)
    write(name, model.SerializeToString(), mentions)
  for name, (model, files, links) in external_cases(out).items():
    write(name, model.SerializeToString(), ["external"])
    for file, data in files.items():
      (out / name / file).write_bytes(data)
    for link, target in links.items():
      (out / name / link).unlink(missing_ok=True)
      (out / name / link).symlink_to(target)
  (out / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
  print(f"{len(manifest)} models in {out}")


if __name__ == "__main__":
  main()
