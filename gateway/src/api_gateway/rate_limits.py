"""Rate limits by the generic cell rate algorithm (GCRA): one number per client, the time its burst is whole again."""

import math
import time
from collections.abc import Callable

from api_gateway.errors import RateLimited
from api_gateway.response_headers import Headers

Clock = Callable[[], float]


class RateLimit:
    """`per_minute` requests on average and `burst` at once, for each key; of more than `max_clients`, the idle go."""

    def __init__(
        self, name: str, per_minute: int, burst: int, clock: Clock = time.monotonic, max_clients: int = 100_000
    ) -> None:
        self._interval = 60 / per_minute
        self._tolerance = self._interval * burst
        self._whole_at: dict[str, float] = {}
        self._clock = clock
        self._max_clients = max_clients
        self._policy = (b"ratelimit-policy", b'"%b";q=%d;w=60' % (name.encode(), per_minute))
        self._format = b'"%b";r=%%d;t=%%d' % name.encode()

    def take(self, key: str) -> Headers:
        """Count a request and return the headers for its answer; raises RateLimited."""
        now = self._clock()
        whole_at = max(self._whole_at.get(key, now), now) + self._interval
        left = int((now + self._tolerance - whole_at) / self._interval + 1e-9)
        if whole_at > now + self._tolerance + 1e-9:
            raise self._refused(whole_at - now - self._tolerance)
        self._remember(key, whole_at, now)
        return [self._policy, (b"ratelimit", self._format % (left, math.ceil(whole_at - now)))]

    def give_back(self, key: str) -> None:
        """Count one request less."""
        if key in self._whole_at:
            self._whole_at[key] -= self._interval

    def _refused(self, seconds: float) -> RateLimited:
        wait = math.ceil(seconds)
        name, value = self._policy
        headers = {
            "Retry-After": str(wait),
            name.decode(): value.decode(),
            "ratelimit": (self._format % (0, wait)).decode(),
        }
        return RateLimited("Too many requests; wait before the next.", headers=headers)

    def _remember(self, key: str, whole_at: float, now: float) -> None:
        if len(self._whole_at) >= self._max_clients:
            self._whole_at = {key: at for key, at in self._whole_at.items() if at > now}
        self._whole_at[key] = whole_at
