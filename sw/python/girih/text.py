# SPDX-License-Identifier: Apache-2.0
"""Text to tokens and back: Hugging Face's tokenizers, the model's own chat template."""

import datetime
import json
from pathlib import Path

import jinja2
import jinja2.sandbox
import tokenizers

from girih_core import Error


def _read_json(path: Path) -> dict:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise Error(f"{path}: cannot be read as JSON: {error}") from None
    if not isinstance(value, dict):
        raise Error(f"{path}: a JSON object is expected")
    return value


def _special(value) -> str:
    """A special token's text: files write it plainly or as an object."""
    if isinstance(value, dict):
        value = value.get("content")
    return value if isinstance(value, str) else ""


class Tokenizer:
    def __init__(self, folder: Path, vocabulary: int):
        self.folder = folder
        self.vocabulary = vocabulary
        path = folder / "tokenizer.json"
        if not path.is_file():
            raise Error(f"{path}: not there; the tokenizer of a Hugging Face model directory is expected")
        try:
            self._tokenizer = tokenizers.Tokenizer.from_file(str(path))
        except Exception as error:                      # the library raises plain Exception
            raise Error(f"{path}: not a tokenizer: {error}") from None
        self._config = _read_json(folder / "tokenizer_config.json")

    def cut(self, longest: int) -> None:
        """From now on texts have at most so many tokens, and no padding."""
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(longest)

    def encode(self, text: str, special: bool = True) -> list[int]:
        return self.encode_with_types(text, special)[0]

    def encode_with_types(self, text: str, special: bool = True) -> tuple[list[int], list[int]]:
        """Tokens, and the type of each (the segment of a text that it belongs to)."""
        encoding = self._tokenizer.encode(text, add_special_tokens=special)
        tokens = encoding.ids
        for token in tokens:
            if token >= self.vocabulary:
                raise Error(f"{self.folder / 'tokenizer.json'}: gives token {token}; the model has "
                            f"0 to {self.vocabulary - 1}")
        return tokens, encoding.type_ids

    def decode(self, tokens: list[int]) -> str:
        return self._tokenizer.decode(tokens, skip_special_tokens=True)

    def chat(self, messages: list[dict]) -> list[int]:
        """The messages, each {"role": ..., "content": ...}, as the model was taught to read them."""
        template = self._config.get("chat_template")
        beside = self.folder / "chat_template.jinja"
        if template is None and beside.is_file():
            template = beside.read_text(encoding="utf-8")
        if isinstance(template, list):                  # several by name
            template = next((t.get("template") for t in template if t.get("name") == "default"), None)
        if not isinstance(template, str):
            raise Error(f"{self.folder / 'tokenizer_config.json'}: has no chat_template; leave out --chat")

        def fail(message):
            raise jinja2.exceptions.TemplateError(message)

        # What a model directory brings is not trusted: no attribute of Python is in reach.
        environment = jinja2.sandbox.ImmutableSandboxedEnvironment(
            trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"])
        environment.globals["raise_exception"] = fail
        environment.globals["strftime_now"] = lambda form: datetime.datetime.now().strftime(form)
        specials = {name: _special(self._config.get(name)) for name in ("bos_token", "eos_token")}
        try:
            text = environment.from_string(template).render(
                messages=messages, add_generation_prompt=True, **specials)
        except jinja2.exceptions.TemplateError as error:
            raise Error(f"{self.folder}: chat template: {error}") from None
        return self.encode(text, special=False)


class TextStream:
    """Tokens in, text out as soon as it is whole: a character may take several tokens."""

    def __init__(self, tokenizer: Tokenizer):
        self._tokenizer = tokenizer
        self._tokens: list[int] = []
        self._from = 0                 # the tokens before are told and no longer change what follows
        self._told = 0                 # tokens whose text is out

    def _pending(self) -> str:
        known = self._tokenizer.decode(self._tokens[self._from:self._told])
        return self._tokenizer.decode(self._tokens[self._from:])[len(known):]

    def push(self, token: int) -> str:
        self._tokens.append(token)
        text = self._pending()
        if not text or text.endswith("\ufffd"):
            return ""
        self._from, self._told = self._told, len(self._tokens)
        return text

    def end(self) -> str:
        """What is left at the end, broken characters included."""
        return self._pending()
