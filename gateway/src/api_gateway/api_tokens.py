"""API tokens: each is changed for an access token of auth's, once in that one's life however many requests bring it.

Services see access tokens only. What is revoked is refused by the verifier at each request, as for any session.
"""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from prometheus_client import Counter

from api_gateway.errors import TokensUnavailable
from api_gateway.rate_limits import RateLimit
from service_common.tokens.api_tokens import PREFIX, ApiToken
from service_common.tokens.errors import InvalidToken
from service_common.tokens.verifier import Verifier
from service_common.turns import Turns
from todobus_events import topology
from todobus_events.bus import Bus
from todobus_events.requests import ask
from todobus_events.retry import TRANSIENT

Kept = TypeVar("Kept")
Ask = Callable[[ApiToken], Awaitable[str | None]]
SCHEME = b"bearer "
MARK = PREFIX.encode()
ANSWER_SECONDS = 2.0
PAUSE_SECONDS = 1.0  # in which auth is not asked again after it has not answered
REFUSED_SECONDS = 30.0
RENEWED_AFTER = 0.9  # of an access token's life
MOST = 10_000  # tokens that are kept, and as many refused ones

EXCHANGES = Counter("gateway_token_exchanges_total", "API tokens for which auth was asked", ["result"])


@dataclass(frozen=True, slots=True)
class Granted:
    """Instants are seconds since 1970."""

    access_token: str
    renewed_at: float
    expires_at: float


class ApiTokens:
    """`ask` asks auth, or raises TokensUnavailable; `guesses` limits how often by client; `clock`: since 1970."""

    def __init__(
        self,
        ask: Ask,
        verifier: Verifier,
        guesses: RateLimit | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._ask_auth, self._verifier, self._guesses, self._clock = ask, verifier, guesses, clock
        self._granted: OrderedDict[str, Granted] = OrderedDict()
        self._refused: OrderedDict[str, float] = OrderedDict()
        self._turns = Turns()
        self._away_until = 0.0

    @staticmethod
    def is_one(authorization: bytes) -> bool:
        return authorization[7:11] == MARK and authorization[:7].lower() == SCHEME

    async def access_token(self, authorization: bytes, client: str) -> str:
        """The access token for the API token in a header. Raises: InvalidToken, RateLimited, TokensUnavailable."""
        text = authorization[7:].decode("latin-1")
        granted = self._granted.get(text)
        if granted is None or granted.renewed_at <= self._clock():
            granted = await self._renewed(text, client)
        else:
            self._granted.move_to_end(text)
        return granted.access_token

    async def _renewed(self, text: str, client: str) -> Granted:
        token = ApiToken.read(text)
        if token is None:
            raise InvalidToken
        async with self._turns.of(text):
            now, granted = self._clock(), self._granted.get(text)
            if granted and now < granted.renewed_at:
                return granted
            if now < self._refused.get(text, 0.0):
                raise InvalidToken
            try:
                return await self._ask(text, token, client)
            except TokensUnavailable:
                if granted and self._clock() < granted.expires_at:
                    return granted
                raise

    async def _ask(self, text: str, token: ApiToken, client: str) -> Granted:
        """Until auth has accepted the token it counts as a guess of the client's."""
        if self._clock() < self._away_until:
            raise TokensUnavailable
        if self._guesses:
            self._guesses.take(client)
        try:
            access_token = await self._ask_auth(token)
        except TokensUnavailable:
            self._away_until = self._clock() + PAUSE_SECONDS
            EXCHANGES.labels("unavailable").inc()
            self._give_back(client)
            raise
        if access_token is None:
            EXCHANGES.labels("refused").inc()
            self._granted.pop(text, None)
            _keep(self._refused, text, self._clock() + REFUSED_SECONDS)
            raise InvalidToken
        EXCHANGES.labels("granted").inc()
        self._give_back(client)
        return await self._grant(text, access_token)

    async def _grant(self, text: str, access_token: str) -> Granted:
        expires_at, now = (await self._verifier.verify(access_token)).expires_at, self._clock()
        granted = Granted(access_token, now + (expires_at - now) * RENEWED_AFTER, expires_at)
        _keep(self._granted, text, granted)
        return granted

    def _give_back(self, client: str) -> None:
        if self._guesses:
            self._guesses.give_back(client)


def _keep(kept: OrderedDict[str, Kept], text: str, value: Kept) -> None:
    kept[text] = value
    kept.move_to_end(text)
    if len(kept) > MOST:
        kept.popitem(last=False)


async def ask_auth(bus: Bus, token: ApiToken) -> str | None:
    """An access token for the API token, over the bus; None if it is not valid. Raises: TokensUnavailable."""
    question = {"id": str(token.id), "digest": token.digest.hex()}
    try:
        await bus.check()
        answer = await ask(bus.client, topology.RPC_EXCHANGE, seconds=ANSWER_SECONDS, **question)
    except TRANSIENT as error:
        raise TokensUnavailable from error
    access_token: str | None = answer["access_token"]
    return access_token
