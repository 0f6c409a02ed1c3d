"""What one user may take of a process at once, and of its time."""

import asyncio
import math
import time
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

from service_common.turns import Turns
from todos_service.errors import ImportUnderWay, TooManySearches

WRITES_AT_ONCE = 4  # they wait for each other in the database anyway
MANY_ROWS = 100
SEARCHES_AT_ONCE = 2
SEARCH_SHARE = 0.2  # of the time, in the long run
SEARCH_SECONDS = 2.0  # of searching before the share counts
USERS = 10_000  # whose searches are remembered
IMPORTS_IN_ALL = 4
IMPORT_WAIT_SECONDS = 5.0


class Reads:
    """Some reads of a user at once; of many rows, which keep a processor busy, one after another, a user at a time."""

    def __init__(self, at_once: int) -> None:
        self._turns, self._of_many_rows = Turns(at_once), Turns()
        self._place = asyncio.Lock()

    @asynccontextmanager
    async def turn(self, user_id: str, rows: int = 1) -> AsyncIterator[None]:
        """For the time of a read of up to so many rows."""
        if rows <= MANY_ROWS:
            async with self._turns.of(user_id):
                yield
        else:
            async with self._of_many_rows.of(user_id), self._turns.of(user_id), self._place:
                yield


class Searches:
    """Two searches of a user at once, and a fifth of the time; a user who has searched little may take 2 s at once."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._running: Counter[str] = Counter()
        self._paid: OrderedDict[str, float] = OrderedDict()  # when the share has made up for what a user has taken

    @contextmanager
    def turn(self, user_id: str) -> Iterator[None]:
        """For the time of a search. Raises: TooManySearches."""
        began = self._clock()
        wait = self._paid.get(user_id, 0) - began - SEARCH_SECONDS / SEARCH_SHARE
        if wait > 0 or self._running[user_id] >= SEARCHES_AT_ONCE:
            raise TooManySearches(max(math.ceil(wait), 1))
        self._running[user_id] += 1
        try:
            yield
        finally:
            self._running -= Counter((user_id,))  # which drops a count of 0
            self._count(user_id, self._clock() - began)

    def _count(self, user_id: str, seconds: float) -> None:
        self._paid[user_id] = max(self._paid.get(user_id, 0), self._clock()) + seconds / SEARCH_SHARE
        self._paid.move_to_end(user_id)
        if len(self._paid) > USERS:
            self._paid.popitem(last=False)


class Imports:
    """One import of a user after the other, and four in all at once: that bounds the memory for their bodies."""

    def __init__(self, wait_seconds: float = IMPORT_WAIT_SECONDS) -> None:
        self._wait_seconds = wait_seconds
        self._turns = Turns()
        self._places = asyncio.Semaphore(IMPORTS_IN_ALL)

    @asynccontextmanager
    async def turn(self, user_id: str) -> AsyncIterator[None]:
        """For the time of an import, its body included. Raises: ImportUnderWay, when the one before takes long."""
        turn = self._turns.of(user_id)
        try:
            async with asyncio.timeout(self._wait_seconds):
                await turn.acquire()
        except TimeoutError as error:
            raise ImportUnderWay from error
        try:
            async with self._places:
                yield
        finally:
            turn.release()
