# SPDX-License-Identifier: Apache-2.0
"""girih demo-llm: a small trained Qwen3 speaks on the RTL, every tile compared with the golden model."""

import os
import sys
from pathlib import Path

from . import Mismatch, command_line
from .sampling import Sampling
from .text import TextStream


def main(arguments: list[str]) -> int:
    parser = command_line.parser("demo-llm", "A Qwen3 of 0.9 million parameters, trained on the King James "
                                 "text, continues a prompt on the RTL.", folder=False)
    parser.add_argument("--prompt", default="And the LORD said unto", metavar="TEXT", help="what to continue")
    parser.add_argument("--tokens", type=int, default=24, metavar="N", help="new tokens")
    parser.add_argument("--temperature", type=float, default=0.7, metavar="T",
                        help="0: always the most likely token")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="of the choice")
    command_line.add_chip(parser, device="rtl")
    args = parser.parse_args(arguments)
    folder = Path(os.environ.get("GIRIH_ROOT", ".")) / "tests" / "models" / "qwen3-kjv"
    model = command_line.load_model(args, str(folder))
    if args.device == "rtl":
        compared = ("every tile is compared with the golden model as it retires" if args.check == "tiles"
                    else "nothing is compared")
        where = f"Verilated RTL of preset {args.preset}; {compared}"
    else:
        where = "golden model"
    print(f"A Qwen3 from its Hugging Face directory, on the {where}.\n\n  {args.prompt}", end="", flush=True)
    made, text = 0, TextStream(model.tokenizer)
    try:
        for token in model.stream_tokens(args.prompt, args.tokens, seed=args.seed,
                                         sampling=Sampling(args.temperature, top_p=0.9)):
            made += 1
            print(text.push(token).replace("\n", "\n  "), end="", flush=True)
        print(text.end())
    except Mismatch:                                     # the report and the last line tell it
        print()
    print(flush=True)
    status = command_line.report(model)
    statistics = model.statistics
    cycles = statistics["decode_cycles"] // max(1, statistics["decode_tokens"])
    if args.device == "rtl" and args.check == "tiles" and statistics["tiles"] != statistics["retired"]:
        print("girih: not everything that retired was compared", file=sys.stderr)
        status = 1
    print(f"demo-llm: {made} tokens, {statistics['tiles']} tiles compared, {statistics['mismatches']} mismatches, "
          f"{cycles} cycles/token")
    return status
