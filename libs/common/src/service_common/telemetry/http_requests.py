"""What is recorded of each HTTP request once it is answered: its duration, and for some a log line and a span."""

import time
from functools import cache
from typing import Any

import structlog
from prometheus_client import Histogram

from service_common.telemetry.context import request_id
from service_common.telemetry.tracing import SERVER, TRACER, Span, span_id

SERVER_ERROR = 500
CLIENT_CLOSED_REQUEST = 499  # recorded where the client closed its connection before an answer; never sent
SLOW_SECONDS = 1.0
SECONDS = Histogram(
    "http_request_seconds",
    "Requests answered and the time they took",
    ["route", "method", "status"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)


class AccessLog:
    """A line for every error and every slow answer, and for one of `every` others (0: for none of them)."""

    def __init__(self, log: Any) -> None:
        self.every = 0
        self._log = log
        self._answers = 0

    def record(self, method: str, path: str, status: int, seconds: float) -> None:
        if status >= SERVER_ERROR or seconds > SLOW_SECONDS:
            self._log.warning("request", method=method, path=path, status=status, seconds=round(seconds, 4))
        elif self.every:
            self._answers += 1
            if self._answers % self.every == 0:
                self._log.info("request", method=method, path=path, status=status, seconds=round(seconds, 4))


ACCESS_LOG = AccessLog(structlog.get_logger("access"))


@cache  # prometheus_client takes a lock and resolves the labels at each call
def series(route: str, method: str, status: int) -> Histogram:
    return SECONDS.labels(route, method, status)


def record(route: str, method: str, path: str, status: int, seconds: float, own: str, parent: str) -> None:
    """Record a request answered now; `own` is the trace context of its span, `parent` the received one or nothing."""
    series(route, method, status).observe(seconds)
    ACCESS_LOG.record(method, path, status, seconds)
    if not TRACER.samples(own):
        return
    ended = time.time_ns()
    attributes: dict[str, str | int] = {
        "http.request.method": method,
        "http.route": route,
        "http.response.status_code": status,
        "todobus.request_id": request_id.get(),
    }
    name, started, failed = f"{method} {route}", ended - int(seconds * 1e9), status >= SERVER_ERROR
    TRACER.record(Span(name, SERVER, own, span_id(parent), started, ended, attributes, failed))
