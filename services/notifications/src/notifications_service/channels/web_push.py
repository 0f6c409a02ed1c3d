"""Web Push: content that only the subscribed browser reads (RFC 8291), from a sender that proves who it is (RFC 8292).

`pywebpush` needs `http-ece`, of which there is no wheel; `cryptography` and PyJWT do the arithmetic.
"""

import base64
import hmac
import os
from datetime import datetime, timedelta

import jwt
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CURVE = ec.SECP256R1()
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
AUTH_BYTES = 16
RECORD_BYTES = 4096
TOKEN_LIVES = timedelta(hours=12)


def decoded(text: str) -> bytes:
    """Base64url, with or without padding. Raises: ValueError."""
    return base64.urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def check_keys(p256dh: str, auth: str) -> None:
    """Whether these can be the keys of a subscription. Raises: ValueError."""
    if len(decoded(auth)) != AUTH_BYTES:
        raise ValueError("auth must be 16 bytes in base64url")
    ec.EllipticCurvePublicKey.from_encoded_point(CURVE, decoded(p256dh))


def encrypt(content: bytes, p256dh: bytes, auth: bytes) -> bytes:
    """One record of `aes128gcm`."""
    return seal(content, p256dh, auth, ec.generate_private_key(CURVE), os.urandom(16))


def seal(content: bytes, p256dh: bytes, auth: bytes, own: ec.EllipticCurvePrivateKey, salt: bytes) -> bytes:
    """`own` and `salt` are used once."""
    shared = own.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, p256dh))
    sender = _point(own)
    secret = _derived(shared, auth, b"WebPush: info\0" + p256dh + sender, 32)
    key = _derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(secret, salt, b"Content-Encoding: nonce\0", 12)
    head = salt + RECORD_BYTES.to_bytes(4, "big") + bytes([len(sender)]) + sender
    return head + AESGCM(key).encrypt(nonce, content + b"\2", None)


class Identity:
    """Who pushes: a key pair derived from the key file, so that all instances have the same, and `contact`."""

    def __init__(self, key: bytes, contact: str) -> None:
        digest = hmac.digest(key, b"todobus/notifications/vapid", "sha512")
        self._private = ec.derive_private_key(int.from_bytes(digest, "big") % (ORDER - 1) + 1, CURVE)
        self._contact = contact
        self.public_key = encoded(_point(self._private))

    def authorization(self, origin: str, now: datetime) -> str:
        """The header for requests to a push service."""
        claims = {"aud": origin, "exp": int((now + TOKEN_LIVES).timestamp()), "sub": self._contact}
        return f"vapid t={jwt.encode(claims, self._private, 'ES256')}, k={self.public_key}"


def _point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)
