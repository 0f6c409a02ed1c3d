"""Answers on the bus: `todos.rpc.changes` and `todos.rpc.heads`, from whichever instance is asked.

Whoever finds a gap between events, or starts from nothing, asks here; the answers are cut so that they stay below
what a message may hold, and say whether there is more.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import structlog
from faststream.nats import NatsBroker, NatsMessage
from faststream.security import SASLPlaintext
from nats.errors import Error as NatsError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from service_common import database
from service_common.settings import BusSettings
from todobus_events import tasks, topology
from todobus_events.models import NIL_UUID
from todos_service.repository import changes

log = structlog.get_logger("subscribers")

MAX_CHANGES = 500
MAX_HEADS = 5000
REPLY_BYTES = 700 * 1024  # a default server takes 1 MiB


class ChangesRequest(BaseModel):
    """Of one user since a sequence; or of all users, `after` the position of the last answer, "" at first."""

    model_config = ConfigDict(extra="forbid")

    user_id: UUID | None = None
    since: int = Field(0, ge=0)
    after: str = Field("", pattern=r"^([0-9a-f-]{36}:[0-9]{1,18})?$")
    limit: int = Field(MAX_CHANGES, ge=1)
    events: bool = False  # whole events rather than their `data`


class HeadsRequest(BaseModel):
    """The sequence of every user, a page at a time: `after` is the position of the last answer."""

    model_config = ConfigDict(extra="forbid")

    after: UUID = NIL_UUID
    limit: int = Field(MAX_HEADS, ge=1, le=MAX_HEADS)


class Responder:
    """A connection of its own, made in the background: a bus that is down keeps nothing from starting."""

    def __init__(self, settings: BusSettings, pool: asyncpg.Pool) -> None:
        self._broker = create_broker(settings, pool)
        self._starting: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._starting = asyncio.create_task(self._broker.start(), name="responder")

    async def stop(self) -> None:
        await tasks.end(self._starting)
        with contextlib.suppress(NatsError):  # it cannot say goodbye to a server that is away
            await self._broker.stop()


def create_broker(settings: BusSettings, pool: asyncpg.Pool) -> NatsBroker:
    broker = NatsBroker(
        settings.nats_servers,
        name="todos-responder",
        security=SASLPlaintext(settings.nats_user, settings.nats_password),
        inbox_prefix=f"_INBOX_{settings.nats_user}",
        max_reconnect_attempts=-1,
        reconnect_time_wait=1,
        drain_timeout=5,
        decoder=_undecoded,
        apply_types=False,
        logger=None,
    )

    @broker.subscriber(topology.RPC_CHANGES, queue="todos", max_workers=8)
    async def changes(body: bytes) -> bytes:
        return await _answer(body, lambda: _changes(pool, ChangesRequest.model_validate_json(body)))

    @broker.subscriber(topology.RPC_HEADS, queue="todos")
    async def heads(body: bytes) -> bytes:
        return await _answer(body, lambda: _heads(pool, HeadsRequest.model_validate_json(body)))

    return broker


async def _undecoded(message: NatsMessage) -> bytes:
    return message.body


async def _answer(body: bytes, answer: Callable[[], Awaitable[bytes]]) -> bytes:
    """Whoever asks gets an answer, also to a request that makes no sense or when the database is away."""
    try:
        return await answer()
    except ValidationError as error:
        return _error("invalid_request", "; ".join(f"{e['loc']}: {e['msg']}" for e in error.errors()))
    except database.ERRORS as error:
        log.warning("a request on the bus was not answered", request=body[:200], error=repr(error))
        return _error("unavailable", "the change log cannot be read now")


async def _changes(pool: asyncpg.Pool, request: ChangesRequest) -> bytes:
    count = min(request.limit, MAX_CHANGES)
    if request.user_id:
        return await _changes_of_user(pool, str(request.user_id), request.since, count, events=request.events)
    return await _changes_of_all(pool, request.after, count, events=request.events)


async def _changes_of_user(pool: asyncpg.Pool, user_id: str, since: int, count: int, *, events: bool) -> bytes:
    head, rows = await changes.of_user(pool, user_id, since, count)
    taken, items = _fitting(rows, events=events)
    has_more = bool(taken) and taken[-1]["sequence"] < head
    return _reply(items, {"sequence": head, "has_more": has_more}, events=events)


async def _changes_of_all(pool: asyncpg.Pool, after: str, count: int, *, events: bool) -> bytes:
    user_id, _, sequence = after.partition(":")
    rows = await changes.of_all(pool, user_id or str(NIL_UUID), int(sequence or 0), count)
    taken, items = _fitting(rows, events=events)
    position = f"{taken[-1]['user_id']}:{taken[-1]['sequence']}" if taken else after
    has_more = len(taken) < len(rows) or len(rows) == count
    return _reply(items, {"position": position, "has_more": has_more}, events=events)


async def _heads(pool: asyncpg.Pool, request: HeadsRequest) -> bytes:
    rows = await changes.heads(pool, str(request.after), request.limit)
    position = rows[-1]["user_id"] if rows else str(request.after)
    heads = {row["user_id"]: row["sequence"] for row in rows}
    return orjson.dumps({"heads": heads, "position": position, "has_more": len(rows) == request.limit})


def _fitting(rows: Sequence[asyncpg.Record], *, events: bool) -> tuple[list[asyncpg.Record], list[bytes]]:
    """As many of the rows as a reply may hold, at least one."""
    taken: list[asyncpg.Record] = []
    items: list[bytes] = []
    size = 0
    for row in rows:
        item = changes.event(row) if events else row["data"].encode()
        size += len(item) + 1
        if items and size > REPLY_BYTES:
            break
        taken.append(row)
        items.append(item)
    return taken, items


def _reply(items: Sequence[bytes], rest: dict[str, Any], *, events: bool) -> bytes:
    name = b"events" if events else b"changes"
    return b'{"' + name + b'":[' + b",".join(items) + b"]," + orjson.dumps(rest)[1:]


def _error(code: str, detail: str) -> bytes:
    return orjson.dumps({"error": {"code": code, "detail": detail}})
