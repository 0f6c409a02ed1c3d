"""What one user may take of a process at once, and of its time."""

import asyncio
import math
import time
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

from service_common.errors import ServiceError
from todos_service.errors import ImportUnderWay, TooManySearches

SEARCHES_AT_ONCE = 2
SEARCH_SHARE = 0.2  # of the time, in the long run
SEARCH_SECONDS = 2.0  # of searching before the share counts
USERS = 10_000  # whose searches are remembered
IMPORTS_IN_ALL = 4


class _Turns:
    """So many of one thing a user at once; `refusal` makes the error for one more."""

    def __init__(self, most: int, refusal: Callable[[], ServiceError]) -> None:
        self._most = most
        self._refusal = refusal
        self._running: Counter[str] = Counter()

    @contextmanager
    def turn(self, user_id: str) -> Iterator[None]:
        if self._running[user_id] >= self._most:
            raise self._refusal()
        self._running[user_id] += 1
        try:
            yield
        finally:
            self._running[user_id] -= 1
            if not self._running[user_id]:
                del self._running[user_id]


class Searches:
    """Two searches of a user at once, and a fifth of the time; a user who has searched little may take 2 s at once."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._turns = _Turns(SEARCHES_AT_ONCE, TooManySearches)
        self._paid: OrderedDict[str, float] = OrderedDict()  # when the share has made up for what a user has taken

    @contextmanager
    def turn(self, user_id: str) -> Iterator[None]:
        """For the time of a search. Raises: TooManySearches."""
        wait = self._paid.get(user_id, 0) - self._clock() - SEARCH_SECONDS / SEARCH_SHARE
        if wait > 0:
            raise TooManySearches(math.ceil(wait))
        with self._turns.turn(user_id):
            began = self._clock()
            try:
                yield
            finally:
                self._count(user_id, self._clock() - began)

    def _count(self, user_id: str, seconds: float) -> None:
        self._paid[user_id] = max(self._paid.get(user_id, 0), self._clock()) + seconds / SEARCH_SHARE
        self._paid.move_to_end(user_id)
        if len(self._paid) > USERS:
            self._paid.popitem(last=False)


class Imports:
    """One import of a user at once, and four in all, which bounds the memory for their bodies; others wait."""

    def __init__(self) -> None:
        self._turns = _Turns(1, ImportUnderWay)
        self._places = asyncio.Semaphore(IMPORTS_IN_ALL)

    @asynccontextmanager
    async def turn(self, user_id: str) -> AsyncIterator[None]:
        """For the time of an import, its body included. Raises: ImportUnderWay."""
        with self._turns.turn(user_id):
            async with self._places:
                yield
