"""Argon2id in a thread pool of its own, so that hashing does not block the event loop."""

import asyncio
import gzip
import os
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, suppress
from enum import Enum, auto
from functools import cache
from importlib.resources import files
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from prometheus_client import Gauge

from auth_service.errors import Busy, TooManyAttempts
from service_common.turns import Turns

Result = TypeVar("Result")
MIN_LENGTH = 12
MAX_LENGTH = 128
QUEUE = 64
QUEUE_OF_CALLER = 16
NICENESS = 5
THREADS = max(1, len(os.sched_getaffinity(0)) - 1)  # docs/decisions/0008-a-core-free-of-hashing.md
WAITING = Gauge("auth_passwords_waiting", "Passwords being hashed, or waiting to be")
PARAMETERS = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


class Share(Enum):
    """What hashes. Each share has a queue of its own, and the next hash is that of another share than the last."""

    LOGIN = auto()
    OTHER = auto()


@cache
def common() -> frozenset[str]:
    """The passwords that guessing programs try first, in lower case."""
    packed = files("auth_service").joinpath("common-passwords.txt.gz").read_bytes()
    return frozenset(gzip.decompress(packed).decode().split("\n"))


class Passwords:
    """Some threads, and for each share a queue of 64; when that is full, requests get `Busy`."""

    def __init__(self, hasher: PasswordHasher = PARAMETERS, threads: int = THREADS) -> None:
        self._hasher = hasher
        self._threads = threads
        self._pool = ThreadPoolExecutor(self._threads, "argon2", initializer=_lower_priority)
        self._free = asyncio.Semaphore(self._threads)
        self._first = {share: asyncio.Lock() for share in Share}
        self._inside: Counter[object] = Counter()  # requests of a share, and of a caller for an account
        self._turns = Turns()
        self._decoy = hasher.hash("the password of no account")

    @asynccontextmanager
    async def place(self, share: Share) -> AsyncIterator[None]:
        """A place in the queue of a share. Raises Busy, before the request uses the database."""
        if self._inside[share] >= self._threads + QUEUE:
            raise Busy
        WAITING.inc()
        try:
            with self._counted(share):
                yield
        finally:
            WAITING.dec()

    @asynccontextmanager
    async def turn(self, share: Share, account: bytes, network: str) -> AsyncIterator[None]:
        """A place for a password of an account, one of which is checked at a time.

        Raises: Busy; TooManyAttempts, when too many of the same network wait for the account.
        """
        if self._inside[account, network] > QUEUE_OF_CALLER:
            raise TooManyAttempts(1)
        async with self.place(share):
            with self._counted((account, network)):
                async with self._turns.of(account):
                    yield

    async def hash(self, share: Share, password: str) -> str:
        return await self._run(share, self._hasher.hash, password)

    async def matches(self, share: Share, password: str, hashed: str | None) -> bool:
        """Takes as long without an account (`hashed` is None), or without a password (""), as with a wrong one."""
        matched = await self._run(share, self._verify, hashed or self._decoy, password)
        return matched and bool(hashed)

    def is_outdated(self, hashed: str) -> bool:
        """Whether it was made with other parameters than a new hash would be."""
        return self._hasher.check_needs_rehash(hashed)

    async def start(self) -> None:
        """The threads start with their first password."""

    async def stop(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    @contextmanager
    def _counted(self, what: object) -> Iterator[None]:
        self._inside[what] += 1
        try:
            yield
        finally:
            self._inside[what] -= 1
            if not self._inside[what]:
                del self._inside[what]

    async def _run(self, share: Share, work: Callable[..., Result], *arguments: str) -> Result:
        async with self._first[share]:  # only the first of each share waits for a thread: so they alternate
            await self._free.acquire()
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work, *arguments)
        finally:
            self._free.release()

    def _verify(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (VerifyMismatchError, InvalidHashError):
            return False


def _lower_priority() -> None:
    """The event loop goes first. On Linux a priority is per thread."""
    with suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
