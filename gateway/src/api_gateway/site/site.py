"""What the gateway serves itself: health, API documents and their pages, the web app's files."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path

import orjson

from api_gateway.errors import MethodNotAllowed, NotRouted
from api_gateway.exchange import Exchange
from api_gateway.response_headers import API_POLICY, NO_STORE
from api_gateway.routes import Route
from api_gateway.site.api_docs import ApiDocs
from api_gateway.site.web_app import WebApp
from service_common.health import Readiness

JSON = "application/json"
Page = Callable[[Exchange], Awaitable[None]]


class Site:
    """`services`: the addresses of each, by name; `routes` say which of their paths are public."""

    def __init__(
        self,
        web_root: Path | None,
        readiness: Readiness,
        services: Mapping[str, Iterable[str]],
        routes: tuple[Route, ...],
    ) -> None:
        self._readiness = readiness
        docs = ApiDocs(services, routes)
        self._pages: dict[bytes, Page] = {
            b"/healthz": self._alive,
            b"/readyz": self._ready,
            b"/openapi.json": docs.document,
            **dict.fromkeys(docs.paths, docs.page),
        }
        self._web_app = WebApp(web_root) if web_root else None
        if not web_root:
            self._pages[b"/"] = self._redirect_to_docs

    async def serve(self, exchange: Exchange) -> None:
        page = self._pages.get(exchange.scope["raw_path"])
        if page is None and self._web_app is None:
            raise NotRouted
        if exchange.method not in ("GET", "HEAD"):
            raise MethodNotAllowed("GET, HEAD")
        if page:
            exchange.label = exchange.scope["path"]
            await page(exchange)
        elif self._web_app:
            exchange.label = "web"
            await self._web_app.serve(exchange)

    async def _alive(self, exchange: Exchange) -> None:
        await exchange.answer(200, JSON, b'{"status":"alive"}', [NO_STORE, API_POLICY])

    async def _ready(self, exchange: Exchange) -> None:
        status, body = await self._readiness.report()
        await exchange.answer(status, JSON, body, [NO_STORE, API_POLICY])

    async def _redirect_to_docs(self, exchange: Exchange) -> None:
        await exchange.answer(
            307, JSON, orjson.dumps({"see": "/docs"}), [(b"location", b"/docs"), NO_STORE, API_POLICY]
        )
