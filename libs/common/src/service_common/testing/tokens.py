"""Signs access tokens for tests, with a key of its own."""

import time
import uuid
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

from service_common.tokens import FixedKeys, Verifier

KEY_ID = "test-key"


class TokenIssuer:
    """Stands where the auth service stands: `token` signs, `verifier` trusts what was signed."""

    def __init__(self, issuer: str = "todobus", audience: str = "todobus") -> None:
        self.private_key = Ed25519PrivateKey.generate()
        self.issuer = issuer
        self.audience = audience

    @property
    def jwks(self) -> dict[str, Any]:
        public = OKPAlgorithm.to_jwk(self.private_key.public_key(), as_dict=True)
        return {"keys": [public | {"kid": KEY_ID, "alg": "EdDSA", "use": "sig"}]}

    def verifier(self) -> Verifier:
        return Verifier(FixedKeys(self.jwks), self.issuer, self.audience)

    def token(self, user_id: str | uuid.UUID, **claims: Any) -> str:
        """A valid token of the user; `claims` replace its claims, `header` its header."""
        now = int(time.time())
        payload = {
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
        header = claims.pop("header", {"typ": "at+jwt", "kid": KEY_ID})
        return jwt.encode(payload | claims, self.private_key, algorithm="EdDSA", headers=header)

    def headers(self, user_id: str | uuid.UUID, **claims: Any) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(user_id, **claims)}"}
