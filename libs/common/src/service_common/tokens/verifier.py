"""Access tokens: verified in each process with auth's public keys; claims of verified tokens are cached.

The tokens are JWTs (RFC 9068 profile) signed with Ed25519. PyJWT alone ignores `typ`, accepts padding, non-canonical
base64url and times given as strings, and takes the last of two equal keys, so this module checks strictly around it.
"""

import base64
import json
import re
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jwt

from service_common.tokens.errors import InvalidToken, MissingToken
from service_common.tokens.keys import KEY_ID, KeySource

FORM = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
TYPE = "at+jwt"
MAX_LENGTH = 4096
MAX_LIFETIME_SECONDS = 600
SKEW_SECONDS = 5
STRINGS = ("iss", "sub", "aud", "client_id", "jti", "sid", "scope", "zoneinfo")
TIMES = ("iat", "exp", "auth_time")


@dataclass(frozen=True, slots=True)
class Claims:
    """Who a verified token speaks for; times are seconds since 1970.

    `token_name` is the name of the API token that the token was given for; empty for a log-in. `session_id` is then its
    id.
    """

    user_id: str
    session_id: str
    client_id: str
    token_name: str
    token_id: str
    scope: frozenset[str]
    time_zone: str
    auth_time: int
    issued_at: int
    expires_at: int


def never_revoked(_: Claims) -> bool:
    return False


class Verifier:
    """Verifies access tokens; revocation and expiry are checked at each use, also of a cached token.

    The cache keeps the `cache_size` tokens used last; `clock` gives seconds since 1970.
    """

    def __init__(
        self,
        keys: KeySource,
        issuer: str,
        audience: str,
        revoked: Callable[[Claims], bool] = never_revoked,
        *,
        cache_size: int = 10_000,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._keys = keys
        self._issuer = issuer
        self._audience = audience
        self._revoked = revoked
        self._cache_size = cache_size
        self._clock = clock
        self._verified: OrderedDict[str, Claims] = OrderedDict()

    async def authenticate(self, authorization: str | None) -> Claims:
        """The claims of an `Authorization` header; raises MissingToken (also for another scheme) or InvalidToken."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer":
            raise MissingToken
        return await self.verify(token)

    async def verify(self, token: str) -> Claims:
        """The claims of a token; raises InvalidToken."""
        claims = self._verified.get(token)
        if claims is None:
            claims = await self._check(token)
            self._remember(token, claims)
        else:
            self._verified.move_to_end(token)
        if claims.expires_at + SKEW_SECONDS < self._clock() or self._revoked(claims):
            raise InvalidToken
        return claims

    def _remember(self, token: str, claims: Claims) -> None:
        self._verified[token] = claims
        if len(self._verified) > self._cache_size:
            self._verified.popitem(last=False)

    async def _check(self, token: str) -> Claims:
        try:
            key_id = _key_id(token)
            key = await self._keys.key(key_id)
            if key is None:
                raise InvalidToken
            return _claims(token, self._payload(token, key))
        except (jwt.PyJWTError, ValueError, RecursionError) as error:
            raise InvalidToken from error

    def _payload(self, token: str, key: Any) -> dict[str, Any]:
        return jwt.decode(
            token,
            key,
            algorithms=["EdDSA"],
            audience=self._audience,
            issuer=self._issuer,
            leeway=SKEW_SECONDS,
            options={"require": [*STRINGS, *TIMES], "strict_aud": True},
        )


def _key_id(token: str) -> str:
    """The id of the key that signed a well-formed token; raises ValueError for any other form or header."""
    if len(token) > MAX_LENGTH or not FORM.fullmatch(token):
        raise ValueError("not three segments")
    segments = [_decode(segment) for segment in token.split(".")]
    header = _object(segments[0])
    key_id = header.get("kid")
    if header != {"alg": "EdDSA", "typ": TYPE, "kid": key_id} or not isinstance(key_id, str):
        raise ValueError("not our header")
    if not KEY_ID.fullmatch(key_id):
        raise ValueError("not a key id")
    return key_id


def _decode(segment: str) -> bytes:
    """Canonical base64url only, so that a token has one form."""
    decoded = base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
    if base64.urlsafe_b64encode(decoded).rstrip(b"=") != segment.encode():
        raise ValueError("not canonical")
    return decoded


def _object(document: bytes) -> dict[str, Any]:
    value = json.loads(document.decode(), object_pairs_hook=_unique)
    if not isinstance(value, dict):
        raise ValueError("not an object")  # noqa: TRY004 - one class of error for every malformed token
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("duplicate key")
    return found


def _claims(token: str, payload: dict[str, Any]) -> Claims:
    _object(_decode(token.split(".")[1]))
    if not all(type(payload[name]) is str for name in STRINGS):
        raise ValueError("not a string")
    if not all(type(payload[name]) is int for name in TIMES):
        raise ValueError("not whole seconds")
    if type(token_name := payload.get("token_name", "")) is not str:
        raise ValueError("not a name")
    _check_times(payload)
    return Claims(
        user_id=str(uuid.UUID(payload["sub"])),
        session_id=str(uuid.UUID(payload["sid"])),
        client_id=payload["client_id"],
        token_name=token_name,
        token_id=payload["jti"],
        scope=frozenset(payload["scope"].split()),
        time_zone=payload["zoneinfo"],
        auth_time=payload["auth_time"],
        issued_at=payload["iat"],
        expires_at=payload["exp"],
    )


def _check_times(payload: dict[str, Any]) -> None:
    if not 0 < payload["exp"] - payload["iat"] <= MAX_LIFETIME_SECONDS:
        raise ValueError("lives too long")
    if not 0 < payload["auth_time"] <= time.time() + SKEW_SECONDS:
        raise ValueError("authenticated in the future")
