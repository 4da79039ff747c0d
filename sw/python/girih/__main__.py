# SPDX-License-Identifier: Apache-2.0
"""The commands of ./girih that deal in text: python -m girih COMMAND ..."""

import importlib
import sys

from . import Error, Mismatch

COMMANDS = {"generate": "generate", "perplexity": "perplexity", "embed": "embed", "demo-llm": "demo_llm"}


def main() -> int:
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name not in COMMANDS:
        print(f"girih: \"{name}\" is not one of {', '.join(COMMANDS)}", file=sys.stderr)
        return 2
    try:
        return importlib.import_module(f".{COMMANDS[name]}", __package__).main(sys.argv[2:])
    except Mismatch as error:
        print(f"girih: {error}", file=sys.stderr)
        return 1
    except Error as error:
        print(f"girih: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:                             # the reader has seen enough
        sys.stderr.close()
        return 0


if __name__ == "__main__":
    sys.exit(main())
