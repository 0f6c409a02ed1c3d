"""What is derived from the key file: seals, the signature of refresh tokens, the throttle's keys."""

import base64
import hashlib
import hmac
import os
import secrets
import struct
import uuid
from datetime import UTC, datetime
from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION = 1
TOKEN = struct.Struct(">B16sQ")
NONCE_BYTES = 12
CHALLENGE_BYTES = 24
CHALLENGE = struct.Struct(f">{CHALLENGE_BYTES}sQ")


class RefreshToken(NamedTuple):
    session_id: uuid.UUID
    counter: int


class Challenge(NamedTuple):
    until: datetime
    digest: bytes


class Secrets:
    """Without the key file, a copy of the database signs nothing and refreshes nothing."""

    def __init__(self, key_encryption_key: bytes) -> None:
        self.keys = Seal(_derive(key_encryption_key, b"signing keys"))
        self.totp = Seal(_derive(key_encryption_key, b"authenticators"))
        self.provider_logins = Seal(_derive(key_encryption_key, b"log-ins by a provider"))
        self.mails = Seal(_derive(key_encryption_key, b"mails"))
        self._refresh = _derive(key_encryption_key, b"refresh tokens")
        self._challenges = _derive(key_encryption_key, b"challenges for passkeys")
        self._accounts = _derive(key_encryption_key, b"throttled accounts")

    def refresh_token(self, session_id: uuid.UUID, counter: int) -> str:
        """The session's token number `counter`: the same text every time it is asked for."""
        body = TOKEN.pack(VERSION, session_id.bytes, counter)
        return base64.urlsafe_b64encode(body + self._sign(body)).rstrip(b"=").decode()

    def read_refresh_token(self, text: str) -> RefreshToken | None:
        """None for text that this key file did not sign, which ends no session."""
        try:
            _, identity, counter = TOKEN.unpack_from(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        except (ValueError, struct.error):
            return None
        token = RefreshToken(uuid.UUID(bytes=identity), counter)
        return token if hmac.compare_digest(self.refresh_token(*token).encode(), text.encode()) else None

    def account(self, email_key: str) -> bytes:
        """The digest under which failed logins with this address are counted, whether it has an account or not."""
        return hmac.digest(self._accounts, email_key.encode(), "sha256")

    def codes(self, user_id: uuid.UUID) -> bytes:
        """The digest under which the wrong codes of a user are counted."""
        return self.account(f"codes of {user_id}")

    def challenge(self, purpose: str, until: int) -> bytes:
        """What a passkey has to sign, for this purpose and until then (seconds since 1970).

        It is known again without being stored.
        """
        body = CHALLENGE.pack(os.urandom(CHALLENGE_BYTES), until)
        return body + self._seal_of(purpose, body)

    def read_challenge(self, purpose: str, given: bytes) -> Challenge | None:
        """None for what was not made here for this purpose."""
        body, seal = given[: CHALLENGE.size], given[CHALLENGE.size :]
        if len(body) < CHALLENGE.size or not hmac.compare_digest(seal, self._seal_of(purpose, body)):
            return None
        return Challenge(datetime.fromtimestamp(CHALLENGE.unpack(body)[1], UTC), hashlib.sha256(given).digest())

    def _seal_of(self, purpose: str, body: bytes) -> bytes:
        return hmac.digest(self._challenges, body + purpose.encode(), "sha256")

    def _sign(self, body: bytes) -> bytes:
        return hmac.digest(self._refresh, body, "sha256")


class Seal:
    """Encrypts what is stored (AES-256-GCM); `name` is what it belongs to, such as the id of its row."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def close(self, name: str, content: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, content, name.encode())

    def open(self, name: str, sealed: bytes) -> bytes:
        """Raises cryptography's InvalidTag for another key file, or what belongs to another name."""
        return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], name.encode())


def new_token() -> str:
    """A secret of 256 bits, for a link or a client."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> bytes:
    """What is stored of such a token."""
    return hashlib.sha256(token.encode()).digest()


def _derive(key: bytes, purpose: bytes) -> bytes:
    return hmac.digest(key, b"todobus/auth/" + purpose, "sha256")
