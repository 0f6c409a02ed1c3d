"""Import: rows become todos, except those that exist already; each row is reported."""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from service_common.database import Connection
from service_common.telemetry import context
from todos_service.domain import PRIORITIES, Content
from todos_service.repository import transfer, writes
from todos_service.service.todos import Owner

CHUNK = 500
NAMESPACE = uuid.UUID("6a1f2c1e-6f0c-5d51-9a55-3f4b1f5d2a10")


@dataclass(slots=True)
class Row:
    """One row of an import; `error` says what is wrong with it, `status` is its outcome."""

    number: int
    todo_id: str | None = None
    content: Content | None = None
    created_at: str | None = None
    completed_at: str | None = None
    error: str | None = None
    status: str = "invalid"


async def run(db: Connection, owner: Owner, rows: Sequence[Row], *, dry_run: bool) -> None:
    """Import what can be imported, all in one transaction, and set the status of each row."""
    good = [row for row in rows if row.content]
    _give_ids(owner, good)
    async with db.transaction():
        if not dry_run:
            await writes.lock_feed(db, owner.user_id)
        for start in range(0, len(good), CHUNK):
            await _chunk(db, owner, good[start : start + CHUNK], dry_run=dry_run)


def _give_ids(owner: Owner, rows: Sequence[Row]) -> None:
    """A row without an id gets one computed from its content, so that a second import finds it as a duplicate.

    The same row twice in one file is two todos.
    """
    seen: Counter[str] = Counter()
    for row in rows:
        if row.todo_id is None:
            assert row.content is not None  # noqa: S101 - only valid rows
            text = orjson.dumps([owner.user_id, row.content.as_json(), row.created_at]).decode()
            seen[text] += 1
            row.todo_id = str(uuid.uuid5(NAMESPACE, f"{seen[text]} {text}"))


async def _chunk(db: Connection, owner: Owner, rows: Sequence[Row], *, dry_run: bool) -> None:
    unique = {str(row.todo_id): row for row in reversed(rows)}
    if dry_run:
        present = await transfer.existing(db, owner.user_id, list(unique))
        created = unique.keys() - present
    else:
        values = orjson.dumps([_values(row) for row in reversed(unique.values())]).decode()
        created = await transfer.insert(db, owner.user_id, values, context.traceparent.get())
    for row in rows:
        new = row.todo_id in created and unique[str(row.todo_id)] is row
        row.status = "created" if new else "duplicate"


def _values(row: Row) -> dict[str, Any]:
    assert row.content is not None  # noqa: S101 - only valid rows
    return row.content.as_json() | {
        "position": row.number,
        "id": row.todo_id,
        "priority": PRIORITIES.index(row.content.priority),
        "created_at": row.created_at,
        "completed_at": row.completed_at,
    }


def report(rows: Sequence[Row], *, dry_run: bool) -> bytes:
    counts = Counter(row.status for row in rows)
    return orjson.dumps(
        {
            "dry_run": dry_run,
            **{status: counts[status] for status in ("created", "duplicate", "invalid")},
            "rows": [{"row": row.number, "status": row.status, "id": row.todo_id, "error": row.error} for row in rows],
        }
    )
