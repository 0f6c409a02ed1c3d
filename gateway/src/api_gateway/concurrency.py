"""How much each client may hold at the same time: requests in flight, event streams."""

import contextlib
from collections.abc import Iterator

from service_common.errors import TooManyRequests


class TooManyInFlight(TooManyRequests):
    code = "too_many_requests_in_flight"

    def __init__(self, holder: str, most: int) -> None:
        super().__init__(f"{holder} may have {most} requests in flight.", headers={"Retry-After": "1"})


class TooManyStreams(TooManyRequests):
    code = "too_many_streams"

    def __init__(self, holder: str, most: int) -> None:
        super().__init__(f"{holder} may have {most} event streams open.", headers={"Retry-After": "5"})


class ConcurrencyLimit:
    """`most` at the same time for each key; `holder` and `refusal` make the error of what is over it."""

    def __init__(self, holder: str, most: int, refusal: type[TooManyInFlight | TooManyStreams]) -> None:
        self._holder, self._most, self._refusal = holder, most, refusal
        self._held: dict[str, int] = {}

    def enter(self, key: str) -> None:
        """Count one more, until `leave`. Raises what `refusal` says."""
        held = self._held.get(key, 0)
        if held >= self._most:
            raise self._refusal(self._holder, self._most)
        self._held[key] = held + 1

    @contextlib.contextmanager
    def held(self, key: str) -> Iterator[None]:
        self.enter(key)
        try:
            yield
        finally:
            self.leave(key)

    def leave(self, key: str) -> None:
        held = self._held[key] - 1
        if held:
            self._held[key] = held
        else:
            del self._held[key]
