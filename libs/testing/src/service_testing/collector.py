"""A collector of traces: takes OTLP over HTTP and keeps what it got."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from service_testing.servers import serving


class Collector:
    """`requests` holds the request line and the body, in OTLP's JSON form, of each export."""

    def __init__(self) -> None:
        self.requests: list[tuple[bytes, dict[str, Any]]] = []
        self.status = b"200 OK"
        self.url = ""

    @property
    def spans(self) -> list[dict[str, Any]]:
        return [span for _, body in self.requests for span in _spans(body)]

    def services(self, trace_id: str) -> set[str]:
        """The names of the services that took part in a trace."""
        parts = [body for _, body in self.requests if any(span["traceId"] == trace_id for span in _spans(body))]
        attributes = [one for body in parts for one in body["resourceSpans"][0]["resource"]["attributes"]]
        return {one["value"]["stringValue"] for one in attributes if one["key"] == "service.name"}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))[15:])
        self.requests.append((head.split(b"\r\n")[0], _json_form(await reader.readexactly(length))))
        writer.write(b"HTTP/1.1 " + self.status + b"\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}")
        await writer.drain()


def _json_form(body: bytes) -> dict[str, Any]:
    """Protobuf as OTLP's JSON: ids in hex, kinds and codes as numbers; without the flags, which repeat `sampled`."""
    document: dict[str, Any] = MessageToDict(ExportTraceServiceRequest.FromString(body), use_integers_for_enums=True)
    for span in _spans(document):
        span.pop("flags", None)
        span |= {name: base64.b64decode(span.get(name, "")).hex() for name in ("traceId", "spanId", "parentSpanId")}
    return document


def _spans(body: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = body["resourceSpans"][0]["scopeSpans"][0]["spans"]
    return found


@asynccontextmanager
async def collecting(port: int = 0) -> AsyncIterator[Collector]:
    """A collector on 127.0.0.1, on a free port unless one is given."""
    collector = Collector()
    async with serving(collector.serve, port) as taken:
        collector.url = f"http://127.0.0.1:{taken}"
        yield collector
