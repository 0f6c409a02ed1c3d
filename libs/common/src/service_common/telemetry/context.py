"""Logs, metrics and the identity of the request or event that is being handled."""

import logging
import secrets
from bisect import bisect_left
from collections.abc import Iterator
from contextvars import ContextVar
from itertools import accumulate
from typing import Any

import structlog
from prometheus_client import REGISTRY, CollectorRegistry
from prometheus_client.core import HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

request_id: ContextVar[str] = ContextVar("request_id", default="-")
traceparent: ContextVar[str] = ContextVar("traceparent", default="")

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)


class RequestMetrics(Collector):
    """Requests by route, method and status with their times: one dictionary look-up and three additions each.

    prometheus_client's own histogram takes locks and resolves labels at every use; all this runs in one event loop.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._series: dict[tuple[str, str, int], list[float]] = {}
        registry.register(self)

    def record(self, route: str, method: str, status: int, seconds: float) -> None:
        series = self._series.get((route, method, status))
        if series is None:
            series = self._series[route, method, status] = [0.0] * (len(BOUNDS) + 2)
        series[bisect_left(BOUNDS, seconds)] += 1
        series[-1] += seconds

    def collect(self) -> Iterator[Metric]:
        family = HistogramMetricFamily(
            "http_request_seconds", "Requests answered and the time they took", labels=["route", "method", "status"]
        )
        for (route, method, status), series in list(self._series.items()):
            totals = [*accumulate(series[:-1])]
            bounds = [*map(str, BOUNDS), "+Inf"]
            family.add_metric([route, method, str(status)], [*zip(bounds, totals, strict=True)], series[-1])
        yield family


REQUESTS = RequestMetrics(REGISTRY)


class AccessLog:
    """A line for every error and every slow answer, and for one of `every` others (0: for none of them)."""

    SLOW_SECONDS = 1.0

    def __init__(self) -> None:
        self.every = 0
        self._answers = 0

    def record(self, method: str, path: str, status: int, seconds: float) -> None:
        if status >= 500 or seconds > self.SLOW_SECONDS:  # noqa: PLR2004 - server errors
            _access.warning("request", method=method, path=path, status=status, seconds=round(seconds, 4))
        elif self.every:
            self._answers += 1
            if self._answers % self.every == 0:
                _access.info("request", method=method, path=path, status=status, seconds=round(seconds, 4))


_access = structlog.get_logger("access")
ACCESS = AccessLog()


def new_traceparent() -> str:
    """A fresh W3C trace context, not sampled."""
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-00"


def _identify(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
    if (current := request_id.get()) != "-":
        event["request_id"] = current
    if trace := traceparent.get():
        event["trace_id"] = trace[3:35]
    return event


def configure_logging(service: str, level: str, style: str) -> None:
    """Send structlog's and the libraries' logs to standard output, one line each."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _identify,
    ]
    # The renderer's own tracebacks show local variables: secrets among them, and seconds of work for each.
    console = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    last = console if style == "console" else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    final: list[Any] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if style == "json":
        final.append(structlog.processors.format_exc_info)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[*final, last]))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.getLogger("uvicorn.access").disabled = True
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    structlog.contextvars.bind_contextvars(service=service)
