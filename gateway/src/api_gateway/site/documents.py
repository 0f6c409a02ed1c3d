"""The API document, gathered from the services, and the page that shows it and loads nothing from another host."""

import asyncio
import time
from importlib.resources import files
from typing import Any

import orjson
import structlog

from api_gateway.exchange import Exchange
from api_gateway.site.assets import Asset, media_type
from api_gateway.site.asyncapi_page import render
from api_gateway.site.openapi import merge
from api_gateway.upstream.instances import Upstreams
from api_gateway.upstream.proxy import fetch
from service_common.errors import ServiceError

log = structlog.get_logger("documentation")
FRESH_SECONDS = 60.0
PAGE = b"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Todobus API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
START = b"""SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  validatorUrl: null,
  tryItOutEnabled: true,
  persistAuthorization: false,
});
"""
POLICY = (
    b"content-security-policy",
    b"; ".join(
        (
            b"default-src 'none'",
            b"script-src 'self'",
            b"style-src 'self' 'unsafe-inline'",  # Swagger UI sets style attributes
            b"img-src 'self' data:",
            b"connect-src 'self'",
            b"frame-ancestors 'none'",
            b"base-uri 'none'",
            b"form-action 'none'",
        )
    ),
)
BUS_POLICY = (
    b"content-security-policy",
    b"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
)
NO_CACHE = (b"cache-control", b"no-cache")


class Documentation:
    def __init__(self, upstreams: Upstreams) -> None:
        self._upstreams = upstreams
        self._documents: dict[str, dict[str, Any]] = {}
        self._merged = b""
        self._merged_at = float("-inf")
        shipped = files("fastapi_swagger.resources")
        parts = {
            b"/docs": (b"text/html; charset=utf-8", PAGE),
            b"/docs/start.js": (media_type("start.js"), START),
            b"/docs/swagger-ui.css": (media_type("ui.css"), shipped.joinpath("swagger-ui.css").read_bytes()),
            b"/docs/swagger-ui-bundle.js": (media_type("ui.js"), shipped.joinpath("swagger-ui-bundle.js").read_bytes()),
        }
        bus = orjson.loads(files("api_gateway.site").joinpath("asyncapi.json").read_bytes())
        listed = render(bus).encode()
        self._assets = {
            b"/asyncapi.json": Asset(orjson.dumps(bus), b"application/json", [NO_CACHE, POLICY]),
            b"/events/docs": Asset(listed, b"text/html; charset=utf-8", [NO_CACHE, BUS_POLICY]),
        }
        self._assets |= {path: Asset(body, kind, [NO_CACHE, POLICY]) for path, (kind, body) in parts.items()}
        self.paths = tuple(self._assets)

    async def page(self, exchange: Exchange) -> None:
        await self._assets[exchange.scope["raw_path"]].serve(exchange)

    async def document(self, exchange: Exchange) -> None:
        if time.monotonic() - self._merged_at > FRESH_SECONDS:
            await self._gather()
        await exchange.answer(200, "application/json", self._merged, [NO_CACHE, POLICY])

    async def _gather(self) -> None:
        """Ask every service; one that does not answer keeps what it last said, and is asked again next time."""
        complete = await asyncio.gather(*(self._ask(upstream.service) for upstream in self._upstreams))
        self._merged = orjson.dumps(merge(self._documents))
        self._merged_at = time.monotonic() if all(complete) else float("-inf")

    async def _ask(self, service: str) -> bool:
        try:
            self._documents[service] = orjson.loads(await fetch(self._upstreams[service], b"/openapi.json"))
        except (ServiceError, orjson.JSONDecodeError) as error:
            log.warning("no API document", upstream=service, error=str(error))
            return False
        return True
