"""What the gateway answers itself: health, the API document and its page, the web app's files."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import orjson

from api_gateway.errors import MethodNotAllowed, NotRouted
from api_gateway.exchange import API_POLICY, NO_STORE, Exchange
from api_gateway.site.documents import Documentation
from api_gateway.site.web_app import WebApp
from api_gateway.upstream.instances import Upstreams
from service_common.health import Readiness

JSON = "application/json"
Page = Callable[[Exchange], Awaitable[None]]


class Pages:
    def __init__(self, web_root: Path | None, readiness: Readiness, upstreams: Upstreams) -> None:
        self._readiness = readiness
        documentation = Documentation(upstreams)
        self._pages: dict[bytes, Page] = {
            b"/healthz": self._alive,
            b"/readyz": self._ready,
            b"/openapi.json": documentation.document,
            **dict.fromkeys(documentation.paths, documentation.page),
        }
        self._web_app = WebApp(web_root) if web_root else None
        if not web_root:
            self._pages[b"/"] = self._to_documentation

    async def serve(self, exchange: Exchange) -> None:
        page = self._pages.get(exchange.scope["raw_path"])
        if page is None and self._web_app is None:
            raise NotRouted
        if exchange.method not in ("GET", "HEAD"):
            raise MethodNotAllowed("GET, HEAD")
        if page:
            exchange.route = exchange.scope["path"]
            await page(exchange)
        elif self._web_app:
            exchange.route = "web"
            await self._web_app.serve(exchange)

    async def _alive(self, exchange: Exchange) -> None:
        await exchange.answer(200, JSON, b'{"status":"alive"}', [NO_STORE, API_POLICY])

    async def _ready(self, exchange: Exchange) -> None:
        status, body = await self._readiness.report()
        await exchange.answer(status, JSON, body, [NO_STORE, API_POLICY])

    async def _to_documentation(self, exchange: Exchange) -> None:
        await exchange.answer(
            307, JSON, orjson.dumps({"see": "/docs"}), [(b"location", b"/docs"), NO_STORE, API_POLICY]
        )
