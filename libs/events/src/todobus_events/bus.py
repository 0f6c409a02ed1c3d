"""The connection to NATS: it reconnects for ever, and it never keeps a process from starting."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import structlog
from nats.aio.client import Client
from nats.errors import Error

from service_common.settings import BusSettings
from todobus_events import tasks

log = structlog.get_logger("bus")


class Bus:
    """One NATS connection of a process, made in the background by `start`.

    `client` is usable once `connected`; callbacks given to `on_connect` run after the first connection and after each
    reconnection, in the order given. Without `echo` it does not hear what it says itself.
    """

    def __init__(self, settings: BusSettings, name: str, *, echo: bool = True) -> None:
        self.client = Client()
        self._settings = settings
        self._name = name
        self._echo = echo
        self._callbacks: list[Callable[[], Awaitable[None]]] = []
        self._connecting: asyncio.Task[None] | None = None

    @property
    def connected(self) -> bool:
        return bool(self.client.is_connected)

    def on_connect(self, callback: Callable[[], Awaitable[None]]) -> None:
        self._callbacks.append(callback)

    async def start(self) -> None:
        self._connecting = asyncio.create_task(self._connect(), name="bus-connect")

    async def stop(self) -> None:
        """Close the connection; what was published has been flushed, unless the server is gone."""
        await tasks.end(self._connecting)
        with contextlib.suppress(OSError, Error):
            if self.client.is_connected:
                await self.client.flush()
        # What is pending still cannot be sent; trying to would fail and leave the socket open.
        self.client._pending_data_size = 0  # noqa: SLF001
        await self.client.close()

    async def check(self) -> None:
        """Fails unless the bus is connected."""
        if not self.connected:
            raise ConnectionError("not connected to NATS")

    async def _connect(self) -> None:
        await self.client.connect(
            self._settings.nats_servers,
            name=self._name,
            user=self._settings.nats_user,
            password=self._settings.nats_password,
            inbox_prefix=f"_INBOX_{self._settings.nats_user}",
            no_echo=not self._echo,
            max_reconnect_attempts=-1,
            reconnect_time_wait=1,
            connect_timeout=2,
            ping_interval=10,
            error_cb=self._error,
            disconnected_cb=self._disconnected,
            reconnected_cb=self._connected,
        )
        await self._connected()

    async def _connected(self) -> None:
        log.info("connected to NATS")
        for callback in self._callbacks:
            try:
                await callback()
            except (Error, TimeoutError):  # the connection is gone again: all of them run at the next one
                log.warning("interrupted while connecting", callback=repr(callback), exc_info=True)

    async def _disconnected(self) -> None:
        log.warning("disconnected from NATS")

    async def _error(self, error: Exception) -> None:
        # A denied subject reaches the caller as a time-out only: this line is the one place that names it.
        log.warning("NATS error", error=repr(error))
