# SPDX-License-Identifier: Apache-2.0
"""A Llama of 135 million parameters on the golden device: speed, time to compile, memory.

  check_llm_speed.py [--preset base] [--device golden] [--tokens 3] [--activations 8]

SmolLM-135M's shape with random weights, written to a temporary folder. Wanted on one core (seconds are the
processor's): a token a second on golden, the program of a decode step compiled in 30 seconds, 2 GB of
memory at most. Set PYTHONPATH as ./girih does. Exit status 0 only when all three hold.
"""

import argparse
import multiprocessing
import os
import pathlib
import resource
import sys
import tempfile
import time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts" / "models"))

PROMPT = [1, 4093, 28120, 198, 7, 49151, 512, 3]
TOKENS_PER_SECOND, COMPILE_SECONDS, MEMORY = 1.0, 30.0, 2 * 10**9


def write_model(folder):
  import make_llm_cases
  case = make_llm_cases.Case("llama-135m", "llama", 576, 1536, 9, 3, 49152, "bfloat16", tied=True,
                             layers=30, positions=2048)
  make_llm_cases.make(case, folder, 135)


def run(folder, args, answers):
  """In a process of its own, whose peak is the program's."""
  import girih_core
  start = time.process_time()
  engine = girih_core.Engine(str(folder), device=args.device, preset=args.preset, check="none",
                             activations=args.activations, kv_tokens=2048)
  loaded = time.process_time()
  sequence = engine.new_sequence()
  token = int(engine.feed(sequence, PROMPT).argmax[-1])
  prefilled = time.process_time()
  engine.free(sequence)
  sequence = engine.new_sequence()
  engine.feed(sequence, PROMPT)
  again = time.process_time()
  steps = []
  for _ in range(1 + args.tokens):   # the first one compiles
    begin = time.process_time()
    token = int(engine.feed(sequence, [token]).argmax[-1])
    steps.append(time.process_time() - begin)
  statistics = engine.statistics()
  answers.put({"load": loaded - start, "prefill": prefilled - loaded, "again": again - prefilled, "chunk": engine.chunk,
               "keys": engine.keys_per_tile, "first": steps[0],
               "token": min(steps[1:]),
               "cycles": statistics["decode_cycles"] / statistics["decode_tokens"],
               "memory": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss})


def apart(function, *arguments):
  process = multiprocessing.get_context("spawn").Process(target=function, args=arguments)
  process.start()
  process.join()
  if process.exitcode != 0:
    sys.exit(f"{function.__name__} ended with {process.exitcode}")


def main():
  parser = argparse.ArgumentParser(
      description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("--preset", default="base")
  parser.add_argument("--device", default="golden", choices=["golden", "rtl"])
  parser.add_argument("--tokens", type=int, default=3)
  parser.add_argument("--activations", type=int, default=8, choices=[8, 16])
  args = parser.parse_args()
  answers = multiprocessing.get_context("spawn").SimpleQueue()
  with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name) / "llama-135m"
    apart(write_model, folder)
    apart(run, folder, args, answers)
  a = answers.get()
  compiled = max(0.0, a["first"] - a["token"])
  print(f"llama-135m on {args.device}, {args.preset}, {args.activations}-bit activations, S = {a['keys']}, "
        f"chunks of {a['chunk']}:\n"
        f"  loaded and quantised in {a['load']:.1f} s, prompt of {len(PROMPT)} tokens in {a['prefill']:.1f} s, "
        f"again in {a['again']:.1f} s, step compiled in {compiled:.2f} s\n"
        f"  {1 / a['token']:.2f} tokens/s, {a['cycles']:.0f} cycles/token, peak memory {a['memory'] / 1e6:.0f} MB")
  failures = [what for what, bad in (
      (f"a token takes {a['token']:.2f} s", args.device == "golden" and a["token"] > 1 / TOKENS_PER_SECOND),
      (f"compiling takes {compiled:.1f} s", compiled > COMPILE_SECONDS),
      (f"{a['memory']} bytes of memory", a["memory"] > MEMORY)) if bad]
  print("  more than wanted: " + "; ".join(failures) if failures else "  all as wanted")
  return 1 if failures else 0


if __name__ == "__main__":
  sys.exit(main())
