"""Argon2id in a thread pool of its own, so that hashing does not block the event loop."""

import asyncio
import contextlib
import gzip
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.resources import files
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from prometheus_client import Gauge

from auth_service.errors import Busy

Result = TypeVar("Result")
MIN_LENGTH = 12
MAX_LENGTH = 128
QUEUE = 64
NICENESS = 5
WAITING = Gauge("auth_passwords_waiting", "Passwords being hashed, or waiting to be")
PARAMETERS = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


@cache
def common() -> frozenset[str]:
    """The passwords that guessing programs try first, in lower case."""
    packed = files("auth_service").joinpath("common-passwords.txt.gz").read_bytes()
    return frozenset(gzip.decompress(packed).decode().split("\n"))


class Passwords:
    """A thread for each core but one and a queue of 64; when it is full, requests are refused with `Busy`."""

    def __init__(self, hasher: PasswordHasher = PARAMETERS) -> None:
        self._hasher = hasher
        self._threads = max(1, len(os.sched_getaffinity(0)) - 1)  # docs/decisions/0008-a-core-free-of-hashing.md
        self._pool = ThreadPoolExecutor(self._threads, "argon2", initializer=_lower_priority)
        self._inside = 0
        self._decoy = hasher.hash("the password of no account")

    def ensure_room(self) -> None:
        """Raises Busy, before the request uses the database."""
        if self._inside >= self._threads + QUEUE:
            raise Busy

    async def hash(self, password: str) -> str:
        return await self._run(self._hasher.hash, password)

    async def matches(self, password: str, hashed: str | None) -> bool:
        """Takes as long without an account (`hashed` is None) as with a wrong password."""
        matched = await self._run(self._verify, hashed or self._decoy, password)
        return matched and hashed is not None

    def is_outdated(self, hashed: str) -> bool:
        """Whether it was made with other parameters than a new hash would be."""
        return self._hasher.check_needs_rehash(hashed)

    async def start(self) -> None:
        """The threads start with their first password."""

    async def stop(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _run(self, work: Callable[..., Result], *arguments: str) -> Result:
        self.ensure_room()
        self._inside += 1
        WAITING.inc()
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work, *arguments)
        finally:
            self._inside -= 1
            WAITING.dec()

    def _verify(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (VerifyMismatchError, InvalidHashError):
            return False


def _lower_priority() -> None:
    """The event loop goes first. On Linux a priority is per thread."""
    with contextlib.suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
