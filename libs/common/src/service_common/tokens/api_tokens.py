"""API tokens as text: `tdb_<id>_<secret><crc>` in base 62.

The checksum tells a token that was never made, or was mistyped, without a look-up; scanners find leaked ones by it.
"""

import hashlib
import re
import secrets
import string
import zlib
from typing import NamedTuple, Self
from uuid import UUID

PREFIX = "tdb_"
DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
ID_LENGTH, SECRET_LENGTH, CHECKSUM_LENGTH = 22, 43, 6  # 128, 256 and 32 bits
FORM = re.compile(
    rf"{PREFIX}(?P<id>[0-9A-Za-z]{{{ID_LENGTH}}})_[0-9A-Za-z]{{{SECRET_LENGTH}}}(?P<checksum>[0-9A-Za-z]{{{CHECKSUM_LENGTH}}})"
)


class ApiToken(NamedTuple):
    """What is known of a token without its secret; `digest` is the SHA-256 of the text."""

    id: UUID
    digest: bytes

    @classmethod
    def read(cls, text: str) -> Self | None:
        """None for text that is not of the form, or whose checksum is another one."""
        found = FORM.fullmatch(text)
        if not found or found["checksum"] != _checksum(text[:-CHECKSUM_LENGTH]):
            return None
        number = _number(found["id"])
        return cls(UUID(int=number), digest(text)) if number < 1 << 128 else None


def make(token_id: UUID) -> str:
    """A new token's text."""
    secret = "".join(secrets.choice(DIGITS) for _ in range(SECRET_LENGTH))
    text = f"{PREFIX}{_digits(token_id.int, ID_LENGTH)}_{secret}"
    return text + _checksum(text)


def digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _checksum(text: str) -> str:
    return _digits(zlib.crc32(text.encode()), CHECKSUM_LENGTH)


def _digits(number: int, length: int) -> str:
    found = ""
    for _ in range(length):
        number, digit = divmod(number, len(DIGITS))
        found = DIGITS[digit] + found
    return found


def _number(digits: str) -> int:
    number = 0
    for digit in digits:
        number = number * len(DIGITS) + DIGITS.index(digit)
    return number
