"""The change log for other services: to fill a gap, or to replay everything.

Answers are JSON as PostgreSQL has made it, cut to what a message holds; they say whether there is more. A database
that cannot be read raises `service_common.database.ERRORS`.
"""

from collections.abc import Sequence
from typing import Any

import asyncpg
import orjson

from todobus_events.models import NIL_UUID
from todos_service.repository import changes

MAX_CHANGES = 500
REPLY_BYTES = 700 * 1024  # a server takes 1 MiB by default


async def of_user(pool: asyncpg.Pool, user_id: str, since: int, limit: int, *, events: bool) -> bytes:
    """The user's changes after `since`, whole events if `events`."""
    head, rows = await changes.of_user(pool, user_id, since, min(limit, MAX_CHANGES), REPLY_BYTES)
    taken, items = _fitting(rows, events=events)
    has_more = bool(taken) and taken[-1]["sequence"] < head
    return _reply(items, {"sequence": head, "has_more": has_more}, events=events)


async def of_all(pool: asyncpg.Pool, after: str, limit: int, *, events: bool) -> bytes:
    """The changes of all users after a position, user by user: `<user_id>:<sequence>`, empty at first."""
    user_id, _, sequence = after.partition(":")
    count = min(limit, MAX_CHANGES)
    rows = await changes.of_all(pool, user_id or str(NIL_UUID), int(sequence or 0), count, REPLY_BYTES)
    taken, items = _fitting(rows, events=events)
    position = f"{taken[-1]['user_id']}:{taken[-1]['sequence']}" if taken else after
    has_more = len(taken) < len(rows) or len(rows) == count or (bool(rows) and rows[-1]["total"] >= REPLY_BYTES)
    return _reply(items, {"position": position, "has_more": has_more}, events=events)


async def heads(pool: asyncpg.Pool, after: str, limit: int) -> bytes:
    """The sequence of each user whose id comes after that one."""
    rows = await changes.heads(pool, after, limit)
    position = rows[-1]["user_id"] if rows else after
    heads = {row["user_id"]: row["sequence"] for row in rows}
    return orjson.dumps({"heads": heads, "position": position, "has_more": len(rows) == limit})


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
