# SPDX-License-Identifier: Apache-2.0
"""girih generate: text from a prompt, as it comes."""

import sys

from . import command_line


def main(arguments: list[str]) -> int:
    parser = command_line.parser("generate", "Continue a prompt with a language model, text as it comes.")
    parser.add_argument("--prompt", required=True, metavar="TEXT", help="what to continue; - reads standard input")
    parser.add_argument("--tokens", type=int, default=64, metavar="N", help="most new tokens")
    parser.add_argument("--chat", action="store_true", help="put the prompt into the model's chat template")
    choice = parser.add_argument_group("choice of tokens")
    choice.add_argument("--temperature", type=float, default=0.0, metavar="T",
                        help="0: always the most likely token")
    choice.add_argument("--top-k", type=int, default=0, metavar="K", help="only the K most likely; 0: all")
    choice.add_argument("--top-p", type=float, default=1.0, metavar="P",
                        help="only the most likely that make up P of the probability")
    choice.add_argument("--seed", type=int, default=0, metavar="S", help="of the choice")
    command_line.add_chip(parser)
    args = parser.parse_args(arguments)
    prompt = sys.stdin.read() if args.prompt == "-" else args.prompt
    model = command_line.load_model(args, args.folder)
    if not args.chat:
        print(prompt, end="", flush=True)
    for piece in model.stream(prompt, args.tokens, chat=args.chat, temperature=args.temperature,
                              top_k=args.top_k, top_p=args.top_p, seed=args.seed):
        print(piece, end="", flush=True)
    print(flush=True)
    return command_line.report(model)
