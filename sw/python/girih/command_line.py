# SPDX-License-Identifier: Apache-2.0
"""Options that several commands share, and how commands end: 0 well, 1 a comparison failed, 2 bad input."""

import argparse
import shlex
import sys

import girih_core
from girih_core import Error

from .encoder import Encoder
from .model import LanguageModel, load


def parser(name: str, purpose: str, folder: bool = True,
           family: str = "Qwen3 or Llama family") -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog=f"girih {name}", description=purpose,
                                   formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    if folder:
        made.add_argument("folder", metavar="DIR", help="Hugging Face directory: config.json, safetensors, "
                          f"tokenizer.json; {family}")
    return made


def add_chip(made: argparse.ArgumentParser, device: str = "golden", activations: int = 8,
             cache: bool = True) -> None:
    chip = made.add_argument_group("chip")
    chip.add_argument("--device", choices=["golden", "rtl"], default=device,
                      help="what runs the programs: the golden model or the Verilated RTL")
    chip.add_argument("--preset", choices=girih_core.presets(), default="base", help="sizes of the chip")
    chip.add_argument("--activations", type=int, choices=[8, 16], default=activations, help="bits of activations")
    if cache:
        chip.add_argument("--kv", type=int, choices=[8], default=8, help="bits of the cache")
        chip.add_argument("--kv-tokens", type=int, metavar="N",
                          help="room of the cache in tokens (default: the model's context, at most 4096)")
    chip.add_argument("--check", choices=["tiles", "none"], default="tiles",
                      help="rtl: tiles compares every instruction's result with the golden model as it retires")
    chip.add_argument("--stalls", type=float, default=0.0, metavar="P",
                      help="probability per cycle that an AXI channel stalls")
    chip.add_argument("--latency", type=int, default=100, metavar="N", help="read latency of the memory in cycles")


def chip_options(args: argparse.Namespace) -> dict:
    """What load() and load_encoder() take of the options of add_chip()."""
    return {"device": args.device, "preset": args.preset, "check": args.check, "activations": args.activations,
            "stalls": args.stalls, "latency": args.latency, "reproduce": shlex.join(["./girih", *sys.argv[1:]])}


def load_model(args: argparse.Namespace, folder: str) -> LanguageModel:
    if args.kv_tokens is not None and args.kv_tokens < 1:
        raise Error(f"--kv-tokens {args.kv_tokens}: a whole number from 1 on is accepted")
    return load(folder, kv=args.kv, kv_tokens=args.kv_tokens, **chip_options(args))


def report(model: LanguageModel | Encoder) -> int:
    """One line to standard error; the exit status."""
    s = model.statistics
    parts = [f"{s['tokens']} tokens in {s['steps']} steps"]
    if s["cycles"]:
        moved = s["bytes_read"] + s["bytes_written"]
        parts += [f"{s['cycles'] / s['tokens']:,.0f} cycles/token",
                  f"bus {100 * moved / (s['cycles'] * s['bus_bytes']):.1f} %",
                  f"array {100 * s['macs'] / (s['cycles'] * s['array_macs']):.1f} %"]
    if s["tiles"]:
        parts.append(f"{s['tiles']} tiles compared, {s['mismatches']} mismatches")
    print(f"girih: {', '.join(parts)}", file=sys.stderr)
    if s["first_mismatch"]:
        print(s["first_mismatch"], file=sys.stderr)
    return 1 if s["mismatches"] else 0
