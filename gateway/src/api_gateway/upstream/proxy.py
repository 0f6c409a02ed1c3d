"""Forwards a request to an instance of a service and its answer back, streaming both ways."""

import time

from api_gateway.errors import ClientDisconnected, ContentTooLarge, UpstreamError, UpstreamTimedOut, UpstreamUnreachable
from api_gateway.exchange import Exchange
from api_gateway.request_headers import HOP_BY_HOP
from api_gateway.response_headers import API_POLICY, NO_STORE
from api_gateway.upstream.balancing import Upstream
from api_gateway.upstream.connections import Connection
from api_gateway.upstream.instances import Instance
from service_common.errors import ServiceError

SAFE_METHODS = ("GET", "HEAD")
NOT_PASSED_BACK = (HOP_BY_HOP - {b"content-length"}) | {b"server", b"date", b"x-powered-by", b"x-request-id", b"via"}


async def forward(exchange: Exchange, upstream: Upstream) -> None:
    """Answer a request with the service's answer; raises ServiceError if no answer has begun."""
    if exchange.headers.content_length > exchange.route.body_bytes:
        raise ContentTooLarge(exchange.route.body_bytes)
    started = time.monotonic()
    body, more = await _first_part(exchange) if exchange.headers.has_body else (b"", False)
    instance, connection = await _try(exchange, upstream, started, body, more=more)
    try:
        connection.deadline = started + upstream.policy.total * exchange.route.patience
        await _answer(exchange, connection)
    except UpstreamError as error:  # the head has been sent: the answer can only be broken off
        await upstream.failed(instance, error, exchange.holder)
    except BaseException:
        instance.abandoned()
        raise
    else:
        upstream.answered(instance, connection.status, exchange.holder)
    finally:
        instance.give_back(connection)


async def _try(
    exchange: Exchange, upstream: Upstream, started: float, body: bytes, *, more: bool
) -> tuple[Instance, Connection]:
    """Send the request and wait for the head of an answer; tries twice only where nothing can happen twice."""
    instance, again = upstream.pick(), False
    while True:
        try:
            return instance, await _attempt(exchange, instance, started, body, more=more)
        except (UpstreamUnreachable, UpstreamError) as error:
            await upstream.failed(instance, error, exchange.holder)
            if again or not _may_repeat(exchange, upstream, error):
                raise
        except BaseException:
            instance.abandoned()
            raise
        instance, again = upstream.pick(but=instance), True


def _may_repeat(exchange: Exchange, upstream: Upstream, error: ServiceError) -> bool:
    if isinstance(error, UpstreamUnreachable):
        return True
    safe = exchange.method in SAFE_METHODS and not exchange.headers.has_body
    return safe and not isinstance(error, UpstreamTimedOut) and upstream.may_retry()


async def _attempt(exchange: Exchange, instance: Instance, started: float, body: bytes, *, more: bool) -> Connection:
    connection = await instance.connect()
    first_byte = instance.policy.first_byte * exchange.route.patience
    try:
        deadline = started + (instance.policy.total * exchange.route.patience if more else first_byte)
        head = _head(exchange, len(body), more=more)
        connection.begin(head + body, head_only=exchange.method == "HEAD", deadline=deadline, whole=not more)
        if more:
            await _send_rest(exchange, connection, len(body), first_byte)
        await connection.head()
    except BaseException:
        instance.give_back(connection)
        raise
    return connection


def _head(exchange: Exchange, size: int, *, more: bool) -> bytes:
    scope, headers = exchange.scope, exchange.headers
    target = scope["raw_path"]
    if query := scope["query_string"]:
        target = b"%b?%b" % (target, query)
    lines = [b"%b %b HTTP/1.1\r\n" % (exchange.method.encode(), target), *headers.lines]
    lines.append(exchange.proxies.lines(exchange.peer, scope["scheme"], headers))
    lines.append(
        b"via: 1.1 todobus\r\nx-request-id: %b\r\ntraceparent: %b\r\n"
        % (exchange.request_id.encode(), exchange.traceparent.encode())
    )
    lines.append(_framing(exchange, size, more=more))
    return b"".join(lines)


def _framing(exchange: Exchange, size: int, *, more: bool) -> bytes:
    if more and exchange.headers.chunked:
        return b"transfer-encoding: chunked\r\n\r\n%x\r\n" % size if size else b"transfer-encoding: chunked\r\n\r\n"
    if more:
        return b"content-length: %d\r\n\r\n" % exchange.headers.content_length
    if size or exchange.method not in SAFE_METHODS:
        return b"content-length: %d\r\n\r\n" % size
    return b"\r\n"


async def _first_part(exchange: Exchange) -> tuple[bytes, bool]:
    message = await exchange.receive()
    if message["type"] == "http.disconnect":
        raise ClientDisconnected
    if len(message["body"]) > exchange.route.body_bytes:
        raise ContentTooLarge(exchange.route.body_bytes)
    return message["body"], message.get("more_body", False)


async def _send_rest(exchange: Exchange, connection: Connection, sent: int, seconds: float) -> None:
    """Forward the body until it is complete or an answer begins; the answer is then due in `seconds`."""
    chunked, more = exchange.headers.chunked, True
    if chunked and sent:
        await connection.write(b"\r\n")
    while more and not connection.answered:
        part, more = await _first_part(exchange)
        sent += len(part)
        if sent > exchange.route.body_bytes:
            raise ContentTooLarge(exchange.route.body_bytes)
        if part:
            await connection.write(b"%x\r\n%b\r\n" % (len(part), part) if chunked else part)
    if not more:
        await connection.write(b"0\r\n\r\n" if chunked else b"")
        connection.sent = True
        connection.deadline = time.monotonic() + seconds


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
