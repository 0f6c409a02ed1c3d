"""Files served from memory: validators, ranges, compressed variants. A snapshot: no answer mixes two versions."""

import gzip
import hashlib
import re
from collections.abc import Container
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from api_gateway.exchange import Exchange
from api_gateway.response_headers import Headers

MEDIA_TYPES = {
    ".css": b"text/css; charset=utf-8",
    ".gif": b"image/gif",
    ".html": b"text/html; charset=utf-8",
    ".ico": b"image/x-icon",
    ".jpg": b"image/jpeg",
    ".js": b"text/javascript; charset=utf-8",
    ".json": b"application/json",
    ".map": b"application/json",
    ".mjs": b"text/javascript; charset=utf-8",
    ".png": b"image/png",
    ".svg": b"image/svg+xml",
    ".txt": b"text/plain; charset=utf-8",
    ".wasm": b"application/wasm",
    ".webmanifest": b"application/manifest+json",
    ".webp": b"image/webp",
    ".woff2": b"font/woff2",
    ".xml": b"application/xml",
}
WORTH_COMPRESSING = (b"text/", b"application/json", b"application/manifest", b"application/xml", b"image/svg")
SMALLEST_COMPRESSED = 1024
RANGE = re.compile(rb"bytes=(\d{0,18})-(\d{0,18})")
PREFERENCE = (b"br", b"gzip")


@dataclass(slots=True)
class StaticFile:
    """One file: its bytes, its compressed variants (gzip is made at its first use), its headers."""

    body: bytes
    media_type: bytes
    headers: Headers
    variants: dict[bytes, bytes | None] = field(default_factory=dict)
    etag: bytes = b""

    def __post_init__(self) -> None:
        self.etag = hashlib.sha256(self.body).hexdigest()[:24].encode()
        worth = self.media_type.startswith(WORTH_COMPRESSING) and len(self.body) >= SMALLEST_COMPRESSED
        if worth and b"gzip" not in self.variants:
            self.variants[b"gzip"] = None

    async def serve(self, exchange: Exchange, status: int = 200) -> None:
        """Answer a GET or HEAD: 200, 206, 304 or 416; with another `status`, that and the whole file."""
        asked = dict(exchange.scope["headers"])
        headers = [(b"content-type", self.media_type), *self.headers]
        if status != 200:  # noqa: PLR2004 - an error page has no validators
            return await _send(exchange, status, headers, self.body)
        headers.append((b"accept-ranges", b"bytes"))
        if self.variants:
            headers.append((b"vary", b"accept-encoding"))
        if found := self._range(asked):
            return await self._serve_part(exchange, headers, *found)
        return await self._serve_whole(exchange, headers, asked)

    async def _serve_whole(self, exchange: Exchange, headers: Headers, asked: dict[bytes, bytes]) -> None:
        encoding = _preferred(asked.get(b"accept-encoding", b""), self.variants)
        etag = b'"%b"' % (self.etag + (b"-" + encoding if encoding else b""))
        headers.append((b"etag", etag))
        if _matches(asked.get(b"if-none-match"), etag):
            return await _send(exchange, 304, headers, None)
        if encoding:
            headers.append((b"content-encoding", encoding))
        return await _send(exchange, 200, headers, self._variant(encoding) if encoding else self.body)

    def _variant(self, encoding: bytes) -> bytes:
        made = self.variants[encoding]
        if made is None:
            made = self.variants[encoding] = gzip.compress(self.body, mtime=0)
        return made

    def _range(self, asked: dict[bytes, bytes]) -> tuple[int, int] | None:
        """First byte and end (exclusive) of a single range; None for other ranges and for one of another version."""
        found = RANGE.fullmatch(asked.get(b"range", b""))
        if not found or not any(found.groups()) or asked.get(b"if-range", b'"%b"' % self.etag) != b'"%b"' % self.etag:
            return None
        first, last = found.groups()
        if not first:
            return max(len(self.body) - int(last), 0), len(self.body)
        return int(first), min(int(last) + 1, len(self.body)) if last else len(self.body)

    async def _serve_part(self, exchange: Exchange, headers: Headers, first: int, end: int) -> None:
        headers.append((b"etag", b'"%b"' % self.etag))
        if first >= end:
            headers.append((b"content-range", b"bytes */%d" % len(self.body)))
            return await _send(exchange, 416, headers, b"")
        headers.append((b"content-range", b"bytes %d-%d/%d" % (first, end - 1, len(self.body))))
        return await _send(exchange, 206, headers, self.body[first:end])


def media_type(name: str) -> bytes:
    return MEDIA_TYPES.get(PurePosixPath(name).suffix, b"application/octet-stream")


async def _send(exchange: Exchange, status: int, headers: Headers, body: bytes | None) -> None:
    if body is not None:
        headers.append((b"content-length", b"%d" % len(body)))
    await exchange.start(status, headers)
    await exchange.send({"type": "http.response.body", "body": b"" if exchange.method == "HEAD" else body or b""})


def _preferred(accepted: bytes, variants: Container[bytes]) -> bytes | None:
    """The smallest variant that the client accepts."""
    offers = {}
    for part in accepted.lower().split(b","):
        name, _, weight = part.partition(b";")
        offers[name.strip()] = weight.strip() not in {b"q=0", b"q=0.0", b"q=0.00", b"q=0.000"}
    return next((one for one in PREFERENCE if one in variants and offers.get(one, offers.get(b"*", False))), None)


def _matches(condition: bytes | None, etag: bytes) -> bool:
    if condition is None:
        return False
    return condition.strip() == b"*" or etag in [one.strip().removeprefix(b"W/") for one in condition.split(b",")]
