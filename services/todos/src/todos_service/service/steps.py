"""What a command does to one todo, and how many are written: trees, projects and series are made of these.

A todo is given as `reads.todo` reads it, with its document. A step is what is written for it; None where nothing is.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence, Sized
from itertools import islice
from typing import Any

import asyncpg
import orjson

from service_common.database import Connection
from service_common.telemetry import context
from todos_service import domain
from todos_service.domain import UNCHANGED, Content, Quotas
from todos_service.errors import TooManyTodos
from todos_service.repository import batches, usage
from todos_service.repository.writes import Change
from todos_service.service.calls import Answer, Owner

MOST = 10_000  # todos of one command
SLICE = 100  # of one statement: between two the event loop turns
ONE_WRITE = Quotas(writes_a_day=1)
Document = Mapping[str, Any]


def create(owner: Owner, todo_id: str | None, content: Content) -> Change:
    more = Quotas(todos=1, bytes=content.size, writes_a_day=1)
    return Change(todo_id, domain.CREATED, content, owner.command, context.traceparent.get(), more, owner.quotas)


def edit(
    owner: Owner, row: asyncpg.Record, document: Document, after: Content, *, alone: bool = False
) -> Change | None:
    before = domain.content_of(document)
    previous = domain.previous_values(document, after)
    more = Quotas(bytes=after.size - before.size, writes_a_day=1)
    kind = domain.update_type(before, after)
    alone = alone and kind != domain.UPDATED
    return _change(owner, row, document, kind, after, previous, more, alone=alone) if previous else None


def trash(owner: Owner, row: asyncpg.Record, document: Document, root: str, *, alone: bool = False) -> Change:
    """`root` is the todo or project that it goes to the trash with."""
    content, previous = domain.content_of(document) if alone else UNCHANGED, {"deleted_at": None}
    return _change(
        owner, row, document, domain.DELETED, content, previous, ONE_WRITE, deleted_with=root, deleted=True, alone=alone
    )


def untrash(owner: Owner, row: asyncpg.Record, document: Document, after: Content, *, alone: bool = False) -> Change:
    """`after` may be `UNCHANGED` if not `alone`."""
    previous = {"deleted_at": document["deleted_at"]}
    if after is not UNCHANGED:
        previous |= domain.previous_values(document, after)
    return _change(owner, row, document, domain.RESTORED, after, previous, ONE_WRITE, alone=alone)


def purge(owner: Owner, row: asyncpg.Record, document: Document, *, alone: bool = False) -> Change:
    content = domain.content_of(document)
    previous = {} if row["deleted"] else {"deleted_at": None}
    more = Quotas(todos=-1, bytes=-content.size)
    return _change(owner, row, document, domain.PURGED, content, previous, more, deleted=True, alone=alone)


def _change(
    owner: Owner,
    row: asyncpg.Record,
    document: Document,
    event_type: str,
    after: Content,
    previous: Mapping[str, Any],
    more: Quotas,
    *,
    deleted: bool = False,
    deleted_with: str | None = None,
    alone: bool = False,
) -> Change:
    return Change(
        todo_id=document["id"],
        type=event_type,
        content=after,
        command=owner.command,
        traceparent=context.traceparent.get(),
        more=more,
        quotas=owner.quotas,
        deleted=deleted,
        deleted_with=deleted_with,
        alone=alone,
        expected=row["version"],
        changed=orjson.dumps(list(previous)).decode(),
        previous=orjson.dumps(previous).decode(),
    )


async def write_all(db: Connection, owner: Owner, changes: Iterable[Change]) -> list[asyncpg.Record]:
    """The todos after them, each with the next number; the caller's transaction holds the feed and has read the todos.

    Those of the next statement are taken from `changes` (at most `MOST`) while the database is at work on the last one.

    Raises: DailyQuotaExceeded, IdTaken, QuotaExceeded, TooManyTodos.
    """
    if isinstance(changes, Sized) and len(changes) > MOST:
        raise TooManyTodos(MOST)
    written: list[asyncpg.Record] = []
    left = iter(changes)
    part = list(islice(left, SLICE))
    while part:
        writing = asyncio.ensure_future(batches.write(db, [(owner.user_id, change) for change in part]))
        try:
            await asyncio.sleep(0)  # it is sent
            following = list(islice(left, SLICE))
        finally:
            rows = await writing
        for row in rows:
            if isinstance(row, Exception):
                raise row
            if row is None:
                await usage.check(db, owner.user_id, owner.quotas, _sum(part))
                raise AssertionError("a write under the feed's lock was passed over")
            written.append(row)
        part = following
    return written


def _sum(changes: Sequence[Change]) -> Quotas:
    return Quotas(*map(sum, zip(*(change.more for change in changes), strict=True)))


def answer(owner: Owner, row: asyncpg.Record, sequence: int | None = None) -> Answer:
    """Of a todo as it was written, or read; `sequence` is the command's last number, where it made others."""
    return Answer(str(row["id"]), row["document"], row["version"], sequence or row["version"], owner.command.id)
