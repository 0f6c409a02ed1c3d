"""How much each client may hold at the same time: requests in flight, places at the services, event streams."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Iterator

from api_gateway.errors import NoTurn, TooManyInFlight, TooManyStreams

Turn = asyncio.Future[None]


class ConcurrencyLimit:
    """`most` at the same time for each key; `holder` and `refusal` make the error of what is over it."""

    def __init__(self, holder: str, most: int, refusal: type[TooManyInFlight | TooManyStreams]) -> None:
        self._holder, self._most, self._refusal = holder, most, refusal
        self._held: dict[str, int] = {}

    def enter(self, key: str) -> int:
        """Count one more, until `leave`: how many they are now. Raises what `refusal` says."""
        held = self._held.get(key, 0) + 1
        if held > self._most:
            raise self._refusal(self._holder, self._most)
        self._held[key] = held
        return held

    @contextlib.contextmanager
    def held(self, key: str) -> Iterator[None]:
        self.enter(key)
        try:
            yield
        finally:
            self.leave(key)

    def leave(self, key: str) -> int:
        """Count one less: how many they are now."""
        held = self._held[key] - 1
        if held:
            self._held[key] = held
        else:
            del self._held[key]
        return held


class Places:
    """`places` at the services for each key; further requests wait in order of arrival, `most` in all."""

    def __init__(self, holder: str, places: int, most: int) -> None:
        self._places = places
        self._in_flight = ConcurrencyLimit(holder, most, TooManyInFlight)
        self._waiting: dict[str, deque[Turn]] = {}

    def enter(self, key: str) -> Turn | None:
        """Count a request, until `leave`; what it has to `wait` for, if it has to. Raises TooManyInFlight."""
        if self._in_flight.enter(key) <= self._places:
            return None
        turn: Turn = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(key, deque()).append(turn)
        return turn

    @staticmethod
    async def wait(turn: Turn, seconds: float) -> None:
        """Raises NoTurn after so many seconds."""
        try:
            async with asyncio.timeout(seconds):
                await turn
        except TimeoutError as error:
            raise NoTurn from error

    def waiting(self, key: str) -> int:
        """How many requests wait."""
        return len(self._waiting.get(key, ()))

    def leave(self, key: str, turn: Turn | None = None) -> None:
        """The first that waits gets the place; one that has given up `turn` had none."""
        if self._in_flight.leave(key) < self._places:
            return
        waiting = self._waiting[key]
        if turn and turn in waiting:
            waiting.remove(turn)
        elif not (first := waiting.popleft()).done():  # one that is just being cancelled passes it on as it leaves
            first.set_result(None)
        if not waiting:
            del self._waiting[key]
