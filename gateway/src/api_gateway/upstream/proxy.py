"""Carries a request to an instance of a service and its answer back, streaming both ways."""

import time

from api_gateway.errors import UpstreamError, UpstreamTimedOut, UpstreamUnreachable
from api_gateway.exchange import API_POLICY, NO_STORE, Exchange
from api_gateway.server.headers import HOP_BY_HOP
from api_gateway.upstream.connections import Connection
from api_gateway.upstream.instances import FIRST_BYTE_SECONDS, TOTAL_SECONDS, Instance, Upstream
from service_common.errors import ServiceError

MAX_BODY_BYTES = 1024 * 1024
SAFE_METHODS = ("GET", "HEAD")
NOT_PASSED_BACK = (HOP_BY_HOP - {b"content-length"}) | {b"server", b"date", b"x-powered-by", b"x-request-id", b"via"}


class ContentTooLarge(ServiceError):
    status, code, title = 413, "content_too_large", "Content Too Large"

    def __init__(self) -> None:
        super().__init__(f"A body may have up to {MAX_BODY_BYTES} bytes.")


class ClientGone(Exception):
    """The client closed its connection before the request was complete."""


async def forward(exchange: Exchange, upstream: Upstream) -> None:
    """Answer a request with what the service says; raises ServiceError while nothing has been answered."""
    if exchange.incoming.content_length > MAX_BODY_BYTES:
        raise ContentTooLarge
    started = time.monotonic()
    body, more = await _first_part(exchange) if exchange.incoming.has_body else (b"", False)
    instance, connection = await _exchange(exchange, upstream, started, body, more=more)
    try:
        connection.deadline = started + TOTAL_SECONDS
        await _answer(exchange, connection)
    except UpstreamError:
        instance.failed(unreachable=False)  # the head is out: an answer that just ends is the only way to say so
    except BaseException:
        instance.abandoned()
        raise
    else:
        upstream.answered(instance, connection.status)
    finally:
        instance.give_back(connection)


async def _exchange(
    exchange: Exchange, upstream: Upstream, started: float, body: bytes, *, more: bool
) -> tuple[Instance, Connection]:
    """Send the request until an instance begins to answer; a second time only if nothing can then happen twice."""
    instance = upstream.pick()
    try:
        return instance, await _attempt(exchange, instance, started, body, more=more)
    except UpstreamUnreachable:
        instance.failed(unreachable=True)
    except UpstreamError as error:
        instance.failed(unreachable=False)
        again = exchange.method in SAFE_METHODS and not exchange.incoming.has_body
        if not again or isinstance(error, UpstreamTimedOut) or not upstream.may_retry():
            raise
    except BaseException:
        instance.abandoned()
        raise
    return await _retry(exchange, upstream.pick(but=instance), started, body, more=more)


async def _retry(
    exchange: Exchange, instance: Instance, started: float, body: bytes, *, more: bool
) -> tuple[Instance, Connection]:
    try:
        return instance, await _attempt(exchange, instance, started, body, more=more)
    except (UpstreamUnreachable, UpstreamError) as error:
        instance.failed(unreachable=isinstance(error, UpstreamUnreachable))
        raise
    except BaseException:
        instance.abandoned()
        raise


async def _attempt(exchange: Exchange, instance: Instance, started: float, body: bytes, *, more: bool) -> Connection:
    connection = await instance.connect()
    try:
        deadline = started + (TOTAL_SECONDS if more else FIRST_BYTE_SECONDS)
        head = _head(exchange, len(body), more=more)
        connection.begin(head + body, head_only=exchange.method == "HEAD", deadline=deadline, whole=not more)
        if more:
            await _send_rest(exchange, connection, len(body))
        await connection.head()
    except BaseException:
        instance.give_back(connection)
        raise
    return connection


def _head(exchange: Exchange, size: int, *, more: bool) -> bytes:
    scope, incoming = exchange.scope, exchange.incoming
    target = scope["raw_path"]
    if query := scope["query_string"]:
        target = b"%b?%b" % (target, query)
    lines = [b"%b %b HTTP/1.1\r\n" % (exchange.method.encode(), target), *incoming.lines]
    lines.append(exchange.forwarding.lines(exchange.peer, scope["scheme"], incoming))
    lines.append(
        b"via: 1.1 todobus\r\nx-request-id: %b\r\ntraceparent: %b\r\n"
        % (exchange.request_id.encode(), exchange.traceparent.encode())
    )
    lines.append(_framing(exchange, size, more=more))
    return b"".join(lines)


def _framing(exchange: Exchange, size: int, *, more: bool) -> bytes:
    if more and exchange.incoming.chunked:
        return b"transfer-encoding: chunked\r\n\r\n%x\r\n" % size if size else b"transfer-encoding: chunked\r\n\r\n"
    if more:
        return b"content-length: %d\r\n\r\n" % exchange.incoming.content_length
    if size or exchange.method not in SAFE_METHODS:
        return b"content-length: %d\r\n\r\n" % size
    return b"\r\n"


async def _first_part(exchange: Exchange) -> tuple[bytes, bool]:
    message = await exchange.receive()
    if message["type"] == "http.disconnect":
        raise ClientGone
    if len(message["body"]) > MAX_BODY_BYTES:
        raise ContentTooLarge
    return message["body"], message.get("more_body", False)


async def _send_rest(exchange: Exchange, connection: Connection, sent: int) -> None:
    """Pass on the body as it comes, until it is complete or the service has already answered."""
    chunked, more = exchange.incoming.chunked, True
    if chunked and sent:
        await connection.write(b"\r\n")
    while more and not connection.answered:
        part, more = await _first_part(exchange)
        sent += len(part)
        if sent > MAX_BODY_BYTES:
            raise ContentTooLarge
        if part:
            await connection.write(b"%x\r\n%b\r\n" % (len(part), part) if chunked else part)
    if not more:
        await connection.write(b"0\r\n\r\n" if chunked else b"")
        connection.sent = True
        connection.deadline = time.monotonic() + FIRST_BYTE_SECONDS


async def _answer(exchange: Exchange, connection: Connection) -> None:
    headers, cached = [API_POLICY], False
    for header in connection.headers:
        if header[0] not in NOT_PASSED_BACK:
            headers.append(header)
            cached = cached or header[0] == b"cache-control"
    if not cached:
        headers.append(NO_STORE)
    await exchange.start(connection.status, headers)
    more = True
    while more:
        body, more = await connection.read()
        await exchange.send({"type": "http.response.body", "body": body, "more_body": more})


async def fetch(upstream: Upstream, path: bytes) -> bytes:
    """A document of the service itself; raises ServiceError."""
    instance = upstream.pick()
    try:
        connection = await instance.connect()
    except UpstreamUnreachable:
        instance.failed(unreachable=True)
        raise
    try:
        request = b"GET %b HTTP/1.1\r\nhost: %b\r\n\r\n" % (path, upstream.service.encode())
        connection.begin(request, head_only=False, deadline=time.monotonic() + FIRST_BYTE_SECONDS)
        await connection.head()
        parts, more = [], True
        while more:
            part, more = await connection.read()
            parts.append(part)
    finally:
        instance.abandoned()
        instance.give_back(connection)
    if connection.status != 200:  # noqa: PLR2004 - OK
        raise UpstreamError(f"{upstream.service} answered {connection.status} for its document.")
    return b"".join(parts)
