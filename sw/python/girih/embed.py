# SPDX-License-Identifier: Apache-2.0
"""girih embed: vectors of texts, and how similar they are."""

import itertools
import json

import numpy as np

from . import command_line
from .encoder import load_encoder


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    a, b = a.astype(np.float64), b.astype(np.float64)
    lengths = np.linalg.norm(a) * np.linalg.norm(b)
    return float(a @ b / lengths) if lengths else 0.0


def main(arguments: list[str]) -> int:
    parser = command_line.parser("embed", "Vectors of texts by an encoder (BERT family); prints the cosine "
                                 "similarity of every pair.", family="BERT family")
    parser.add_argument("--text", action="append", required=True, metavar="TEXT", help="a text; any number of them")
    parser.add_argument("--json", action="store_true", help="print vectors and similarities as JSON")
    command_line.add_chip(parser, activations=16, cache=False)
    args = parser.parse_args(arguments)
    model = load_encoder(args.folder, **command_line.chip_options(args))
    vectors = model.embed(args.text)
    pairs = [(i, j, cosine(vectors[i], vectors[j])) for i, j in itertools.combinations(range(len(vectors)), 2)]
    if args.json:
        print(json.dumps({"texts": args.text, "vectors": vectors.astype(np.float64).tolist(),
                          "similarities": [{"texts": [i, j], "cosine": value} for i, j, value in pairs]}))
    else:
        for i, j, value in pairs:
            print(f"{value:7.4f}  {args.text[i]!r}  {args.text[j]!r}")
        if not pairs:
            print(f"a vector of {len(vectors[0])} values; --json prints it, another --text compares")
    return command_line.report(model)
