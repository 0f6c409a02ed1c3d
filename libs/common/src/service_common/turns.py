"""Work for the same user or account waits for its turn, in order of arrival; that of others goes on."""

import asyncio
from collections.abc import Hashable
from weakref import WeakValueDictionary


class Turns:
    """`at_once` at the same time for each key. A key is forgotten when its last turn, held or awaited, has ended."""

    def __init__(self, at_once: int = 1) -> None:
        self._at_once = at_once
        self._by_key: WeakValueDictionary[Hashable, asyncio.Semaphore] = WeakValueDictionary()

    def of(self, key: Hashable) -> asyncio.Semaphore:
        """To be held (`async with`) for the time of the work."""
        return self._by_key.setdefault(key, asyncio.Semaphore(self._at_once))
