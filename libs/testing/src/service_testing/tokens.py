"""Signs access tokens for tests, with a key of its own."""

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

from service_common.tokens.keys import parse, thumbprint
from service_common.tokens.verifier import Verifier
from service_testing.servers import serving
from todobus_events.tasks import Supervisor


class FixedKeys:
    """A source of keys that fetches none: those of a JWK set."""

    def __init__(self, jwks: Mapping[str, Any]) -> None:
        self._keys = parse(jwks)

    async def key(self, key_id: str) -> Any | None:
        return self._keys.get(key_id)

    async def start(self, _: Supervisor) -> None:
        pass

    async def stop(self) -> None:
        pass

    async def check(self) -> None:
        pass


class TokenIssuer:
    """Stands where the auth service stands: `token` signs, `verifier` trusts what was signed, `serve` is its JWKS."""

    def __init__(self, issuer: str = "todobus", audience: str = "todobus") -> None:
        self.private_key = Ed25519PrivateKey.generate()
        self.issuer = issuer
        self.audience = audience
        self.requests = 0
        self._public = OKPAlgorithm.to_jwk(self.private_key.public_key(), as_dict=True)
        self.key_id = thumbprint(self._public["x"])

    @property
    def jwks(self) -> dict[str, Any]:
        return {"keys": [self._public | {"kid": self.key_id, "alg": "EdDSA", "use": "sig"}]}

    def verifier(self) -> Verifier:
        return Verifier(FixedKeys(self.jwks), self.issuer, self.audience)

    def payload(self, user_id: str | uuid.UUID) -> dict[str, Any]:
        now = int(time.time())
        return {
            "iss": self.issuer,
            "sub": str(user_id),
            "aud": self.audience,
            "client_id": "web",
            "iat": now,
            "exp": now + 300,
            "jti": str(uuid.uuid4()),
            "sid": str(uuid.uuid4()),
            "auth_time": now,
            "scope": "todos",
            "zoneinfo": "UTC",
        }

    def token(self, user_id: str | uuid.UUID, **claims: Any) -> str:
        """A valid token of the user; `claims` replace its claims, `header` its header."""
        header = claims.pop("header", {"typ": "at+jwt", "kid": self.key_id})
        return jwt.encode(self.payload(user_id) | claims, self.private_key, algorithm="EdDSA", headers=header)

    def headers(self, user_id: str | uuid.UUID, **claims: Any) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(user_id, **claims)}"}

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[str]:
        """The URL of a JWKS endpoint with this issuer's key; `requests` counts the fetches."""
        async with serving(self._answer) as port:
            yield f"http://127.0.0.1:{port}/.well-known/jwks.json"

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        self.requests += 1
        body = json.dumps(self.jwks).encode()
        head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\nconnection: close"
        writer.write(head.encode() + b"\r\n\r\n" + body)
        await writer.drain()
