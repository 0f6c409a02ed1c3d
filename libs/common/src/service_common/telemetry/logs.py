"""Where logs go and what each line holds."""

import logging
from typing import Any

import structlog

from service_common.telemetry.context import request_id, traceparent


def configure_logging(service: str, level: str, style: str) -> None:
    """Write the logs of structlog and of the libraries to standard error, one line each; `style` is json or console."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_identity,
    ]
    # The renderer's own tracebacks show local variables, which may hold secrets, and take seconds to render.
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


def _add_identity(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
    if (current := request_id.get()) != "-":
        event["request_id"] = current
    if trace := traceparent.get():
        event["trace_id"] = trace[3:35]
    return event
