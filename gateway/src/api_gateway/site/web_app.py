"""The exported web app: each file under its path, pages also without `.html`, and a content policy for each page."""

import base64
import hashlib
import re
from pathlib import Path

from api_gateway.errors import NotRouted
from api_gateway.exchange import Exchange
from api_gateway.response_headers import NO_CACHE, PAGE, Headers
from api_gateway.site.static_files import StaticFile, media_type

IMMUTABLE = (b"cache-control", b"public, max-age=31536000, immutable")
INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)
ENCODINGS = {".br": b"br", ".gz": b"gzip"}
STATIC_PREFIX = "/_next/static/"


class WebApp:
    """The files of a folder, read again when its index page has changed."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._version = 0
        self._files: dict[str, StaticFile] = {}

    async def serve(self, exchange: Exchange) -> None:
        self._refresh()
        path = exchange.scope["path"]
        if file := self._files.get(path):
            return await file.serve(exchange)
        if path.endswith("/") and path[:-1] in self._files:
            return await exchange.answer(308, "text/plain", b"", [(b"location", path[:-1].encode()), NO_CACHE])
        if missing := self._files.get("/404.html"):
            return await missing.serve(exchange, 404)
        raise NotRouted

    def _refresh(self) -> None:
        try:
            version = (self._root / "index.html").stat().st_mtime_ns
        except FileNotFoundError:
            version = 0
        if version != self._version:
            self._version, self._files = version, _read(self._root)


def _read(root: Path) -> dict[str, StaticFile]:
    assets: dict[str, StaticFile] = {}
    for file in sorted(root.rglob("*")):
        if file.is_file() and file.suffix not in ENCODINGS:
            path = f"/{file.relative_to(root).as_posix()}"
            assets[path] = asset = _asset(file, path)
            if file.name == "index.html":
                assets[path.removesuffix("index.html")] = asset
            elif file.suffix == ".html":
                assets[path.removesuffix(".html")] = asset
    return assets


def _asset(file: Path, path: str) -> StaticFile:
    body = file.read_bytes()
    variants = {name: file.with_name(file.name + suffix) for suffix, name in ENCODINGS.items()}
    present: dict[bytes, bytes | None] = {
        name: variant.read_bytes() for name, variant in variants.items() if variant.is_file()
    }
    return StaticFile(body, media_type(path), _headers(path, body), present)


def _headers(path: str, body: bytes) -> Headers:
    cache = IMMUTABLE if path.startswith(STATIC_PREFIX) else NO_CACHE
    if path.endswith(".html"):
        return [cache, (b"content-security-policy", policy(INLINE_SCRIPT.findall(body))), *PAGE]
    return [cache, (b"content-security-policy", policy([]))]


def policy(inline_scripts: list[bytes]) -> bytes:
    """What a page may load: its own origin, and exactly these inline scripts."""
    digests = (base64.b64encode(hashlib.sha256(script).digest()) for script in inline_scripts)
    hashes = b"".join(b" 'sha256-%b'" % digest for digest in dict.fromkeys(digests))
    return (
        b"default-src 'none'; script-src 'self'%b; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        b"connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; "
        b"frame-ancestors 'none'" % hashes
    )
