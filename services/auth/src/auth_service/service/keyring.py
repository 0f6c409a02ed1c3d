"""The signing keys: generated here, encrypted in the database; a new one is published before it signs."""

import asyncio
import base64
import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import jwt
import structlog
from asyncpg import Pool
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from auth_service.derived_keys import Secrets
from auth_service.domain import ACCESS_TOKEN_SECONDS, ApiToken, Session, User
from auth_service.errors import NoSigningKey
from auth_service.repository import audit, keys
from auth_service.repository.keys import SigningKey
from auth_service.settings import KeySettings, Settings
from service_common import database
from service_common.database import Connection
from service_common.tokens.keys import parse, thumbprint
from service_common.tokens.scopes import EVERYTHING
from service_common.tokens.verifier import TYPE
from todobus_events import tasks
from todobus_events.tasks import BackgroundTask, Supervisor

log = structlog.get_logger("keyring")
RETRY_SECONDS = 0.5
RETIRED_SECONDS = ACCESS_TOKEN_SECONDS + 60
DAY_SECONDS = 86_400


class Keyring:
    """The process's copy of the keys, read again every `reload_seconds`; signs with the newest that may sign by now."""

    def __init__(self, pool: Pool, secrets: Secrets, settings: KeySettings, reload_seconds: float = 10.0) -> None:
        self._pool = pool
        self._secrets = secrets
        self._lead = settings.key_lead_seconds
        self._age = settings.key_age_days * DAY_SECONDS
        self._reload_seconds = reload_seconds
        self._private: dict[str, Ed25519PrivateKey] = {}
        self._public: dict[str, Any] = {}
        self._keys: list[SigningKey] = []
        self._task: BackgroundTask | None = None

    async def start(self, supervisor: Supervisor) -> None:
        self._task = supervisor.start("keys", self._reload)

    async def stop(self) -> None:
        await tasks.stop(self._task)

    async def check(self) -> None:
        """Raises: NoSigningKey."""
        self._current()

    async def key(self, key_id: str) -> Any | None:
        return self._public.get(key_id)

    def jwks(self) -> dict[str, Any]:
        """The public keys as a JWK set. Raises: NoSigningKey."""
        if not self._keys:
            raise NoSigningKey
        return {"keys": [_jwk(key) for key in self._keys]}

    def access_token(self, settings: Settings, user: User, session: Session) -> str:
        """A signed token of the session. Raises: NoSigningKey."""
        of_session = {"sid": str(session.id), "auth_time": int(session.authenticated_at.timestamp())}
        return self._sign(settings, user, ACCESS_TOKEN_SECONDS, of_session | {"client_id": "web", "scope": EVERYTHING})

    def exchanged_token(self, settings: Settings, user: User, token: ApiToken, seconds: int) -> str:
        """A signed token for an API token, which lives for so many seconds. Raises: NoSigningKey."""
        of_token = {"sid": str(token.id), "auth_time": int(token.created_at.timestamp()), "token_name": token.name}
        return self._sign(settings, user, seconds, of_token | {"client_id": "api", "scope": " ".join(token.scopes)})

    def _sign(self, settings: Settings, user: User, seconds: int, own: Mapping[str, Any]) -> str:
        key = self._current()
        now = int(time.time())
        claims = {
            "iss": settings.token_issuer,
            "sub": str(user.id),
            "aud": settings.token_audience,
            "iat": now,
            "exp": now + seconds,
            "jti": str(uuid.uuid4()),
            "zoneinfo": user.time_zone,
            **own,
        }
        return jwt.encode(claims, self._private[key.id], algorithm="EdDSA", headers={"typ": TYPE, "kid": key.id})

    async def rotate(self, lead_seconds: float) -> str:
        """Make the next key now; it signs once every verifier has had the time to fetch it."""
        async with self._pool.acquire() as connection, connection.transaction():
            await keys.lock(connection)
            key_id = await self._make(connection, lead_seconds)
        await self.load()
        return key_id

    async def maintain(self) -> None:
        """Make the first key, or the next one when the newest is old; delete those that no valid token carries."""
        async with self._pool.acquire() as connection, connection.transaction():
            await keys.lock(connection)
            age = await keys.newest_age(connection)
            if age is None or age > self._age:
                await self._make(connection, 0 if age is None else self._lead)
            for key_id in await keys.delete_retired(connection, RETIRED_SECONDS):
                await audit.record(connection, None, "key_retired", detail=key_id)

    async def load(self) -> None:
        found = list(await keys.all_keys(self._pool))
        self._private |= {key.id: self._open(key) for key in found if key.id not in self._private}
        self._public = parse({"keys": [_jwk(key) for key in found]})
        self._keys = found

    async def _reload(self) -> None:
        while True:
            try:
                if not self._keys:
                    await self.maintain()
                await self.load()
                pause = self._reload_seconds
            except database.TRANSIENT as error:
                log.warning("signing keys not loaded", error=repr(error))
                pause = RETRY_SECONDS
            await asyncio.sleep(pause)

    async def _make(self, connection: Connection, lead_seconds: float) -> str:
        private = Ed25519PrivateKey.generate()
        public = base64.urlsafe_b64encode(private.public_key().public_bytes_raw()).rstrip(b"=").decode()
        key_id = thumbprint(public)
        sealed = self._secrets.keys.close(key_id, private.private_bytes_raw())
        await keys.insert(connection, key_id, public, sealed, lead_seconds)
        await audit.record(connection, None, "key_created", detail=key_id)
        return key_id

    def _open(self, key: SigningKey) -> Ed25519PrivateKey:
        try:
            return Ed25519PrivateKey.from_private_bytes(self._secrets.keys.open(key.id, key.sealed))
        except InvalidTag:
            raise SystemExit("TODOBUS_KEY_ENCRYPTION_KEY_FILE: not the key that sealed the signing keys") from None

    def _current(self) -> SigningKey:
        now = datetime.now(UTC)
        for key in reversed(self._keys):
            if key.signs_from <= now:
                return key
        raise NoSigningKey


def _jwk(key: SigningKey) -> dict[str, str]:
    return {"kty": "OKP", "crv": "Ed25519", "x": key.public, "kid": key.id, "alg": "EdDSA", "use": "sig"}
