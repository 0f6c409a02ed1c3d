"""The connection to NATS: it reconnects without end, and a bus that is down does not keep a process from starting."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error

from todobus_events import tasks
from todobus_events.observer import SILENT, Observer
from todobus_events.tasks import BackgroundTask, Supervisor

log = logging.getLogger(__name__)


class Bus:
    """One NATS connection of a process, made in the background by `start`.

    `servers` are addresses such as nats://localhost:4222, as a list or with commas between them; `name` is what the
    server's monitoring shows. `client` is usable once `connected`. With `echo=False` the connection does not receive
    what it publishes itself. `supervisor` runs the background tasks of all that use the bus.
    """

    def __init__(
        self,
        servers: str | Sequence[str],
        *,
        user: str,
        password: str,
        name: str,
        echo: bool = True,
        observer: Observer = SILENT,
        supervisor: Supervisor | None = None,
    ) -> None:
        self.client = Client()
        self.observer = observer
        self.supervisor = supervisor or Supervisor()
        self._options = {
            "servers": [one.strip() for one in (servers.split(",") if isinstance(servers, str) else servers)],
            "user": user,
            "password": password,
            "inbox_prefix": f"_INBOX_{user}",  # the only one that the user may read
            "name": name,
            "no_echo": not echo,
        }
        self._callbacks: list[Callable[[], Awaitable[None]]] = []
        self._closed = asyncio.Event()
        self._task: BackgroundTask | None = None

    @property
    def connected(self) -> bool:
        return bool(self.client.is_connected)

    def on_connect(self, callback: Callable[[], Awaitable[None]]) -> None:
        """Call `callback` after the first connection and after each reconnection, in the order of registration."""
        self._callbacks.append(callback)

    def subscribe(self, subject: str, callback: Callable[[Msg], Awaitable[None]], *, queue: str = "") -> None:
        """Subscribe at the first connection; the client renews it at each reconnection.

        Subscribers with the same `queue` share the messages. Raises RuntimeError once the bus is connected.
        """
        if self.connected:
            raise RuntimeError("subscribe before the bus is connected")

        async def once() -> None:
            self._callbacks.remove(once)
            await self.client.subscribe(subject, queue, callback)

        self.on_connect(once)

    async def start(self) -> None:
        """Connect in the background, and try until it succeeds."""
        self._task = self.supervisor.start("bus", self._stay_connected)

    async def stop(self) -> None:
        """Close the connection; what was published is flushed first, unless the server is unreachable."""
        await tasks.stop(self._task)
        if self.client._flush_queue is None:  # noqa: SLF001 - it has not begun to connect, and cannot be closed
            return
        with contextlib.suppress(OSError, Error):
            if self.client.is_connected:
                await self.client.flush()
        # What is pending still cannot be sent; trying to would fail and leave the socket open.
        self.client._pending_data_size = 0  # noqa: SLF001
        # A reconnection may outlive its cancellation (asyncio.wait_for before Python 3.12): without servers it ends.
        self.client._server_pool.clear()  # noqa: SLF001
        await self.client.close()

    async def check(self) -> None:
        """For a process's readiness: raises ConnectionError unless the bus is connected."""
        if not self.connected:
            raise ConnectionError("not connected to NATS")

    async def _stay_connected(self) -> None:
        """The client reconnects by itself; one that the server has told to close cannot be used again."""
        if not self._closed.is_set():
            await self._connect()
        await self._closed.wait()
        raise ConnectionError("NATS has closed the connection for good")

    async def _connect(self) -> None:
        await self.client.connect(
            **self._options,  # type: ignore[arg-type] # each has its own type
            max_reconnect_attempts=-1,
            reconnect_time_wait=1,
            connect_timeout=2,
            ping_interval=10,
            error_cb=self._error,
            closed_cb=self._end,
            disconnected_cb=self._disconnected,
            reconnected_cb=self._connected,
        )
        await self._connected()

    async def _connected(self) -> None:
        log.info("connected to NATS")
        for callback in list(self._callbacks):
            try:
                await callback()
            except (Error, TimeoutError):  # the connection is lost again: all of them run at the next one
                log.warning("interrupted while connecting: %r", callback, exc_info=True)
            except Exception as error:  # noqa: BLE001 - the client would stop reconnecting
                self.supervisor.failed("bus", error)

    async def _end(self) -> None:
        self._closed.set()

    async def _disconnected(self) -> None:
        log.warning("disconnected from NATS")

    async def _error(self, error: Exception) -> None:
        # A denied subject reaches the caller as a time-out only: this line is the one place that names it.
        log.warning("NATS error: %r", error)
