# SPDX-License-Identifier: Apache-2.0
"""girih perplexity: how well a model predicts a text."""

import math
import sys
import time
from pathlib import Path

from girih_core import Error

from . import command_line


def main(arguments: list[str]) -> int:
    parser = command_line.parser("perplexity", "Perplexity of a text: in windows that do not overlap, each token "
                                 "predicts the one after it.")
    parser.add_argument("--text", required=True, metavar="FILE", help="UTF-8 text")
    parser.add_argument("--window", type=int, metavar="N",
                        help="tokens a window (default: the model's context, at most 512)")
    parser.add_argument("--limit", type=int, metavar="N", help="only the first N tokens of the text")
    command_line.add_chip(parser)
    args = parser.parse_args(arguments)
    try:
        text = Path(args.text).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Error(f"--text {args.text}: cannot be read as UTF-8 text: {error}") from None
    model = command_line.load_model(args, args.folder)
    if args.limit is not None and args.limit < 2:
        raise Error(f"--limit {args.limit}: a whole number from 2 on is accepted")
    tokens = model.tokens_of(text)[:args.limit]
    longest = model.engine.context
    window = min(512, longest) if args.window is None else args.window
    if not 1 <= window <= longest:
        raise Error(f"--window {window}: 1 to {longest} tokens are accepted")
    if len(tokens) < 2:
        raise Error(f"--text {args.text}: {len(tokens)} tokens; at least 2 are needed")
    total, scored, told = 0.0, 0, time.monotonic()
    for begin in range(0, len(tokens) - 1, window):
        part = tokens[begin:begin + window + 1]
        losses = model.negative_log_likelihood(part)
        total += float(losses.sum())
        scored += len(losses)
        if time.monotonic() - told > 2 and sys.stderr.isatty():
            told = time.monotonic()
            print(f"\r\033[K{begin + len(part) - 1} of {len(tokens) - 1} tokens, perplexity "
                  f"{math.exp(total / scored):.3f}", end="", file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)
    print(f"perplexity {math.exp(total / scored):.4f} ({scored} tokens scored, windows of {window}, "
          f"{args.activations}-bit activations, {args.kv}-bit cache)")
    return command_line.report(model)
