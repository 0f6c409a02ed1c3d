"""What the launcher shows: a colour for each process, its lines also in a log file of its own."""

import os
import queue
import sys
import threading
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

COLOURS = (36, 32, 35, 33, 34, 96, 92, 95, 93, 94)
RED, BOLD = 31, 1
MAX_WAITING = 10_000
MAX_LOG_BYTES = 10 * 1024 * 1024


class Terminal:
    """`quiet` names processes whose lines go to their log file only.

    A thread prints, so that a blocked terminal (Ctrl-S, a pipe without a reader) never blocks the cluster.
    """

    def __init__(self, logs: Path, names: list[str], quiet: frozenset[str] = frozenset()) -> None:
        self._width = max(len(name) for name in names)
        self._colours = {name: COLOURS[number % len(COLOURS)] for number, name in enumerate(names)}
        self._quiet = quiet
        self._files: dict[str, BinaryIO] = {name: _open_log(logs / f"{name}.log") for name in names}
        self._coloured = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        self._waiting: queue.Queue[str | None] = queue.Queue(MAX_WAITING)
        self._printer = threading.Thread(target=self._print_waiting, daemon=True)
        self._printer.start()

    def process_line(self, name: str, line: bytes) -> None:
        """A line that a process has printed."""
        self._files[name].write(line if line.endswith(b"\n") else line + b"\n")
        if name not in self._quiet:
            self._prefixed(name, line)

    def last_lines(self, name: str, lines: Iterable[bytes]) -> None:
        """The last lines of a process that has ended."""
        for line in lines:
            self._prefixed(name, line)

    def say(self, text: str, *, alarm: bool = False) -> None:
        """A line of the launcher's own."""
        self._print(self._paint(text, RED if alarm else BOLD))

    def close(self) -> None:
        with suppress(queue.Full):
            self._waiting.put_nowait(None)
        self._printer.join(timeout=1)
        for file in self._files.values():
            file.close()

    def _prefixed(self, name: str, line: bytes) -> None:
        prefix = self._paint(f"{name:<{self._width}} │", self._colours[name])
        self._print(f"{prefix} {line.decode(errors='replace').rstrip()}")

    def _paint(self, text: str, colour: int) -> str:
        return f"\033[{colour}m{text}\033[0m" if self._coloured else text

    def _print(self, text: str) -> None:
        with suppress(queue.Full):
            self._waiting.put_nowait(text)

    def _print_waiting(self) -> None:
        while (text := self._waiting.get()) is not None:
            with suppress(OSError, ValueError):  # the reader has closed the pipe; the cluster runs on
                print(text, flush=True)


def _open_log(path: Path) -> BinaryIO:
    """Append, unbuffered; a large log is renamed first, and one old log is kept."""
    if path.exists() and path.stat().st_size > MAX_LOG_BYTES:
        path.replace(path.with_suffix(".log.1"))
    return path.open("ab", buffering=0)
