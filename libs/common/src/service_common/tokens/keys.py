"""The public keys of tokens: fetched from auth, kept while auth is unavailable, and fetched no faster than a limit."""

import asyncio
import base64
import hashlib
import random
import re
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import jwt
import structlog
from jwt.algorithms import OKPAlgorithm

from service_common.http_client import get_json
from todobus_events import tasks
from todobus_events.tasks import BackgroundTask, Supervisor

log = structlog.get_logger("keys")
KEY_ID = re.compile(r"[A-Za-z0-9_-]{43}")  # the key's RFC 7638 thumbprint
REFRESH_SECONDS = 300.0
RETRY_SECONDS = 1.0
COOLDOWN_SECONDS = 30.0
STALE_SECONDS = 86_400.0
FETCH_SECONDS = 5.0


class KeySource(Protocol):
    """Where public keys come from: the key of an id, or None if there is none."""

    async def key(self, key_id: str) -> Any | None: ...

    async def start(self, supervisor: Supervisor) -> None: ...

    async def stop(self) -> None: ...

    async def check(self) -> None:
        """Fails unless keys are loaded."""


def thumbprint(x: str) -> str:
    """The RFC 7638 id of an Ed25519 key, from its public part in base64url."""
    digest = hashlib.sha256(f'{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}'.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def parse(jwks: Mapping[str, Any]) -> dict[str, Any]:
    """Ed25519 keys of a JWK set, by id; keys of other kinds are skipped."""
    keys = (key for key in jwks["keys"] if key.get("kty") == "OKP" and key.get("crv") == "Ed25519")
    return {key["kid"]: OKPAlgorithm.from_jwk(key) for key in keys}


class FetchedKeys:
    """Keys fetched from auth's JWKS in the background; an unknown id costs at most one fetch per cooldown."""

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._clock = clock
        self._failing = False
        self._keys: dict[str, Any] = {}
        self._fetched = self._loaded = float("-inf")
        self._lock = asyncio.Lock()
        self._task: BackgroundTask | None = None

    async def key(self, key_id: str) -> Any | None:
        if key_id not in self._keys:
            await self._fetch_for(key_id)
        return self._keys.get(key_id) if self._fresh else None

    async def start(self, supervisor: Supervisor) -> None:
        self._task = supervisor.start("keys", self._refresh)

    async def stop(self) -> None:
        await tasks.stop(self._task)

    async def check(self) -> None:
        """Fails unless keys are loaded."""
        if not self._keys or not self._fresh:
            raise ConnectionError("no keys from auth")

    @property
    def _fresh(self) -> bool:
        return self._clock() - self._loaded < STALE_SECONDS

    async def _fetch_for(self, key_id: str) -> None:
        """Fetch for an unknown id, once for all requests that wait for it."""
        async with self._lock:
            if key_id not in self._keys and self._clock() - self._fetched > COOLDOWN_SECONDS:
                await self._fetch()

    async def _refresh(self) -> None:
        while True:
            async with self._lock:
                fetched = await self._fetch()
            pause = REFRESH_SECONDS * random.uniform(0.9, 1.1) if fetched else RETRY_SECONDS  # noqa: S311 - a jitter
            await asyncio.sleep(pause)

    async def _fetch(self) -> bool:
        """Fetch the keys now; after a failure the known ones stay."""
        self._fetched = self._clock()
        try:
            self._keys = parse(await get_json(self._url, FETCH_SECONDS))
        except (ConnectionError, ValueError, LookupError, jwt.InvalidKeyError) as error:
            if not self._failing:
                log.warning("no keys from auth", url=self._url, error=repr(error))
            self._failing = True
            return False
        self._failing = False
        self._loaded = self._clock()
        return True
