"""The API documents, OpenAPI merged from the services and AsyncAPI, and their pages, which load no other host."""

import asyncio
import time
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any

import orjson
import structlog

from api_gateway.exchange import Exchange
from api_gateway.response_headers import NO_CACHE, PAGE
from api_gateway.routes import Route
from api_gateway.site.asyncapi_page import render
from api_gateway.site.openapi import merge
from api_gateway.site.static_files import StaticFile, media_type
from service_common.http_client import get_json

log = structlog.get_logger("documentation")
FRESH_SECONDS = 60.0
FETCH_SECONDS = 10.0
# Swagger UI sets style attributes.
POLICY = (
    b"content-security-policy",
    (
        b"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        b"connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    ),
)
BUS_POLICY = (
    b"content-security-policy",
    b"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
)


class ApiDocs:
    """`services`: the addresses of each, by name; `routes` say which of their paths are public."""

    def __init__(self, services: Mapping[str, Iterable[str]], routes: tuple[Route, ...]) -> None:
        self._services, self._routes = services, routes
        self._documents: dict[str, dict[str, Any]] = {}
        self._merged = b""
        self._merged_at = float("-inf")
        own, shipped = files("api_gateway.site") / "swagger", files("fastapi_swagger.resources")
        parts = {
            b"/docs": own / "index.html",
            b"/docs/start.js": own / "start.js",
            b"/docs/swagger-ui.css": shipped / "swagger-ui.css",
            b"/docs/swagger-ui-bundle.js": shipped / "swagger-ui-bundle.js",
        }
        bus = orjson.loads(files("api_gateway.site").joinpath("asyncapi.json").read_bytes())
        listed = render(bus).encode()
        self._files = {
            b"/asyncapi.json": StaticFile(orjson.dumps(bus), b"application/json", [NO_CACHE, POLICY]),
            b"/events/docs": StaticFile(listed, b"text/html; charset=utf-8", [NO_CACHE, BUS_POLICY, *PAGE]),
        }
        for path, part in parts.items():
            self._files[path] = StaticFile(part.read_bytes(), media_type(part.name), [NO_CACHE, POLICY, *PAGE])
        self.paths = tuple(self._files)

    async def page(self, exchange: Exchange) -> None:
        await self._files[exchange.scope["raw_path"]].serve(exchange)

    async def document(self, exchange: Exchange) -> None:
        if time.monotonic() - self._merged_at > FRESH_SECONDS:
            await self._gather()
        await exchange.answer(200, "application/json", self._merged, [NO_CACHE, POLICY])

    async def _gather(self) -> None:
        """Fetch each service's document; one that does not answer keeps its last and is asked again next time."""
        complete = await asyncio.gather(*(self._fetch(service, urls) for service, urls in self._services.items()))
        self._merged = orjson.dumps(merge(self._documents, self._routes))
        self._merged_at = time.monotonic() if all(complete) else float("-inf")

    async def _fetch(self, service: str, addresses: Iterable[str]) -> bool:
        """Whether an instance of the service gave its document."""
        for address in addresses:
            try:
                self._documents[service] = await get_json(f"{address.rstrip('/')}/openapi.json", FETCH_SECONDS)
            except (ConnectionError, ValueError) as error:
                log.warning("no API document", upstream=service, address=address, error=repr(error))
            else:
                return True
        return False
