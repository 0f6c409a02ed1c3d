"""Access tokens: checked in every process with auth's public keys, and never again while they live in the cache.

The tokens are JWTs (RFC 9068 profile) signed with Ed25519. PyJWT alone ignores `typ` and forgives padding, so a strict
check of the form stands in front of it.
"""

import re
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import jwt
from jwt.algorithms import OKPAlgorithm

from service_common.errors import Unauthorized

FORM = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
MAX_LENGTH = 4096
SKEW_SECONDS = 5
CACHE_SIZE = 10_000
REQUIRED = ["iss", "sub", "aud", "client_id", "iat", "exp", "jti", "sid", "auth_time", "scope", "zoneinfo"]


@dataclass(frozen=True, slots=True)
class Claims:
    """Who a verified token speaks for; times are seconds since 1970."""

    user_id: str
    session_id: str
    token_id: str
    client_id: str
    scope: frozenset[str]
    time_zone: str
    auth_time: int
    issued_at: int
    expires_at: int


class MissingToken(Unauthorized):
    code = "missing_token"

    def __init__(self) -> None:
        super().__init__("This needs a bearer token.", headers={"WWW-Authenticate": 'Bearer realm="todos"'})


class InvalidToken(Unauthorized):
    """One answer for every kind of bad token: what was wrong with it helps nobody but an attacker."""

    code = "invalid_token"

    def __init__(self) -> None:
        challenge = {"WWW-Authenticate": 'Bearer realm="todos", error="invalid_token"'}
        super().__init__("The token is not valid.", headers=challenge)


class KeySource(Protocol):
    """Where public keys come from: the key of an id, or None when there is none."""

    async def key(self, key_id: str) -> Any | None: ...


class FixedKeys:
    """Keys given at start, by id."""

    def __init__(self, jwks: Mapping[str, Any]) -> None:
        self._keys = {key["kid"]: OKPAlgorithm.from_jwk(key) for key in jwks["keys"]}

    async def key(self, key_id: str) -> Any | None:
        return self._keys.get(key_id)


class FetchedKeys:
    """Keys fetched from auth's JWKS; an unknown id costs at most one fetch per 30 seconds."""

    COOLDOWN_SECONDS = 30.0

    def __init__(self, fetch: Callable[[], Awaitable[Mapping[str, Any]]]) -> None:
        self._fetch = fetch
        self._keys = FixedKeys({"keys": []})
        self._fetched = float("-inf")

    async def key(self, key_id: str) -> Any | None:
        found = await self._keys.key(key_id)
        if found is None and time.monotonic() - self._fetched > self.COOLDOWN_SECONDS:
            await self.refresh()
            found = await self._keys.key(key_id)
        return found

    async def refresh(self) -> None:
        """Fetch the keys now; a failure leaves those that are known."""
        self._fetched = time.monotonic()
        self._keys = FixedKeys(await self._fetch())


def never_revoked(_: Claims) -> bool:
    return False


class Verifier:
    """Verifies access tokens; `revoked` is asked, and expiry checked, at every use of a cached one."""

    def __init__(
        self, keys: KeySource, issuer: str, audience: str, revoked: Callable[[Claims], bool] = never_revoked
    ) -> None:
        self._keys = keys
        self._issuer = issuer
        self._audience = audience
        self._revoked = revoked
        self._verified: OrderedDict[str, Claims] = OrderedDict()

    async def authenticate(self, authorization: str | None) -> Claims:
        """The claims of an `Authorization` header; raises MissingToken or InvalidToken."""
        if not authorization:
            raise MissingToken
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise InvalidToken
        return await self.verify(token)

    async def verify(self, token: str) -> Claims:
        """The claims of a token; raises InvalidToken."""
        claims = self._verified.get(token)
        if claims is None:
            claims = await self._check(token)
            self._remember(token, claims)
        if claims.expires_at + SKEW_SECONDS < time.time() or self._revoked(claims):
            raise InvalidToken
        return claims

    def _remember(self, token: str, claims: Claims) -> None:
        self._verified[token] = claims
        if len(self._verified) > CACHE_SIZE:
            self._verified.popitem(last=False)

    async def _check(self, token: str) -> Claims:
        if len(token) > MAX_LENGTH or not FORM.fullmatch(token):
            raise InvalidToken
        try:
            header = jwt.get_unverified_header(token)
            if header.keys() != {"alg", "typ", "kid"} or header["typ"] != "at+jwt":
                raise InvalidToken
            key = await self._keys.key(header["kid"])
            if key is None:
                raise InvalidToken
            payload = jwt.decode(
                token,
                key,
                algorithms=["EdDSA"],
                audience=self._audience,
                issuer=self._issuer,
                leeway=SKEW_SECONDS,
                options={"require": REQUIRED, "strict_aud": True},
            )
        except jwt.PyJWTError as error:
            raise InvalidToken from error
        return Claims(
            user_id=payload["sub"],
            session_id=payload["sid"],
            token_id=payload["jti"],
            client_id=payload["client_id"],
            scope=frozenset(payload["scope"].split()),
            time_zone=payload["zoneinfo"],
            auth_time=payload["auth_time"],
            issued_at=payload["iat"],
            expires_at=payload["exp"],
        )
