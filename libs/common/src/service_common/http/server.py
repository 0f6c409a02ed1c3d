"""Runs an app and its admin app on uvicorn, in one event loop, until SIGTERM or Ctrl-C."""

import asyncio
import contextlib
import gc
import socket
import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

import uvicorn

from service_common.health import Readiness, admin_app
from service_common.http.draining import stop_accepting
from service_common.http.protocols import AdminProtocol, ServiceProtocol
from service_common.settings import ServiceSettings
from service_common.telemetry.http_requests import ACCESS_LOG
from service_common.telemetry.logs import configure_logging
from service_common.telemetry.tracing import TRACER

DRAIN_SECONDS = 30
ADMIN_CONNECTIONS = 64
KEEP_ALIVE_SECONDS = 75  # longer than the gateway keeps an idle connection, so that it never writes to a closed one


class _Server(uvicorn.Server):
    """Not ready from the signal to stop on; requests in flight still finish."""

    def __init__(self, config: uvicorn.Config, readiness: Readiness) -> None:
        super().__init__(config)
        self.readiness = readiness

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.readiness.draining = True
        super().handle_exit(sig, frame)
        self._captured_signals.clear()  # uvicorn would raise the signal again at the end: a clean stop is no failure

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await stop_accepting(self.servers)
        await super().shutdown(sockets)


class _AdminServer(uvicorn.Server):
    """Leaves the signals to the main server and runs as long as it does."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def run(service: str, app: Any, settings: ServiceSettings, readiness: Readiness, **options: Any) -> None:
    """Serve `app` on the settings' port; `options` go to `uvicorn.Config`. Exits with 1 when a part could not go on."""
    configure_logging(service, settings.log_level, settings.log_format)
    ACCESS_LOG.every = settings.access_log_sample
    TRACER.configure(settings.otlp_endpoint, service, settings.instance, settings.trace_ratio)
    gc.freeze()  # a full collection of everything imported would block the loop for 16 to 73 ms and free nothing
    gc.enable()
    gc.set_threshold(10_000)  # of 700 by default: a request about thousands of todos would trigger it all the time
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(serve(app, settings, readiness, options))
    if readiness.supervisor.gave_up:
        sys.exit(1)


def _loop_factory() -> Any:
    import uvloop  # noqa: PLC0415 - imported only by a process that serves

    return uvloop.new_event_loop


async def serve(app: Any, settings: ServiceSettings, readiness: Readiness, options: dict[str, Any]) -> None:
    """Serve until a signal, with `options` over the defaults of `uvicorn.Config`."""
    defaults: dict[str, Any] = {
        "http": ServiceProtocol,
        "lifespan": "on",
        "log_config": None,
        "access_log": False,
        "proxy_headers": False,  # who needs what the gateway says of the client reads it
        "server_header": False,
        "date_header": False,
        "timeout_keep_alive": KEEP_ALIVE_SECONDS,
        "timeout_graceful_shutdown": DRAIN_SECONDS,
    }
    main = _Server(uvicorn.Config(app, settings.host, settings.port, **(defaults | options)), readiness)
    admin = _AdminServer(
        uvicorn.Config(
            admin_app(readiness),
            settings.admin_host,
            settings.admin_port,
            http=AdminProtocol,
            limit_concurrency=ADMIN_CONNECTIONS,
            lifespan="off",
            log_config=None,
            access_log=False,
        )
    )
    admin_task = asyncio.create_task(admin.serve())
    await TRACER.start()
    try:
        await main.serve()
    finally:
        await TRACER.stop()
        admin.should_exit = True
        await admin_task
