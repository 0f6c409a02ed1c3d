"""HTTP/1.1 of services and admin ports: uvicorn's protocol, with an end to what clients have given up or delay."""

import asyncio
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from service_common.http.draining import DrainingProtocol

READS = ("GET", "HEAD")


class ServiceProtocol(DrainingProtocol):
    """A read is cancelled, in the database too, when its client disconnects: its answer has no reader any more.

    A write goes on: the client may have gone, but not what it asked for.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._app: ASGIApp = self.app
        self.app = self._noted
        self._read: asyncio.Task[Any] | None = None

    async def _noted(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._read = asyncio.current_task() if scope["method"] in READS else None
        try:
            await self._app(scope, receive, send)
        except asyncio.CancelledError:
            if not self.cycle.disconnected:
                raise
        finally:
            self._read = None

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self._read:
            self._read.cancel()


class AdminProtocol(HttpToolsProtocol):
    """A connection lives for `seconds` in all, however slowly its client sends and reads."""

    seconds = 60.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._end = self.loop.call_later(self.seconds, transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        self._end.cancel()
        super().connection_lost(exc)
