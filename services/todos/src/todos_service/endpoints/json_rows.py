"""The elements of a JSON array one by one, so that neither memory nor the event loop has to take the whole array."""

import json
import re
from collections.abc import Iterator
from typing import Any, TextIO

import orjson

from service_common.errors import BadRequest

MAX_ROW = 1024 * 1024  # characters
WINDOW = 64 * 1024
SPACE = re.compile(r"[ \t\n\r]*")
_scan = json.JSONDecoder().raw_decode


def read(source: TextIO, window: int = WINDOW) -> Iterator[Any]:
    """Reads at least `window` characters at a time. Raises: BadRequest, ValueError, RecursionError."""
    text = _Window(source, window)
    if text.next() != "[":
        raise BadRequest("The body must be a JSON array of todos.", code="malformed_json")
    text.skip()
    if text.next() != "]":
        yield text.element()
        while text.next() == ",":
            text.skip()
            yield text.element()
    if text.next() != "]":
        raise ValueError("neither a comma nor the end of the array")
    text.skip()
    if text.next():
        raise ValueError("text after the array")


class _Window:
    """The text from where it is read, as far as it is needed."""

    def __init__(self, source: TextIO, size: int) -> None:
        self._source = source
        self._size = size
        self._text = ""
        self._at = 0

    def next(self) -> str:
        """The next character that is no white space; nothing at the end."""
        while True:
            match = SPACE.match(self._text, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._text) or not self._read():
                return self._text[self._at : self._at + 1]

    def skip(self) -> None:
        self._at += 1

    def element(self) -> Any:
        """The next value. It is whole when the text goes on after it: the digits of a number may do so too."""
        self.next()
        while True:
            end = self._end()
            if end < len(self._text):
                value = orjson.loads(self._text[self._at : end])
                self._at = end
                return value
            if len(self._text) - self._at > MAX_ROW or not self._read():
                raise ValueError("a value that is not JSON, or has no end, or is too long")

    def _end(self) -> int:
        try:
            return _scan(self._text, self._at)[1]
        except ValueError:
            return len(self._text)

    def _read(self) -> bool:
        """Read on, each time as much again, so that what is scanned in vain stays in proportion."""
        rest = self._text[self._at :]
        more = self._source.read(max(self._size, len(rest)))
        self._text, self._at = rest + more, 0
        return bool(more)
