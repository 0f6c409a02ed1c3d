"""Who asks for a change, and what was asked: each request that writes is a command, each piece of work of a job too."""

from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from service_common.database import Executor
from service_common.telemetry.context import new_id
from todos_service.domain import Actor, Command
from todos_service.repository import commands, moments

NONE = Command(str(UUID(int=0)), Actor("system", None, ""))
"""That of a request which only reads."""


def of_session(session_id: str, client: str, given_id: str | None) -> Command:
    return Command(given_id or new_id(), Actor("session", session_id, client))


def of_token(token_id: str, name: str, given_id: str | None) -> Command:
    return Command(given_id or new_id(), Actor("token", token_id, name))


def of_system(job: str) -> Command:
    return Command(new_id(), Actor("system", None, job))


async def newest(
    db: Executor, user_id: str, since: int | datetime, before: int, limit: int
) -> tuple[list[dict[str, Any]], int | None]:
    """Up to `limit` commands after `since`, the newest first, and below which number there are more."""
    after = await moments.sequence_at(db, user_id, since) if isinstance(since, datetime) else since
    rows = await commands.newest(db, user_id, before, after, limit + 1)
    return [_shown(row) for row in rows[:limit]], rows[limit - 1]["first"] if len(rows) > limit else None


def _shown(row: asyncpg.Record) -> dict[str, Any]:
    kind, verb, _ = row["type"].split(".")
    summary, others = f"{verb.capitalize()} {kind} “{row['name']}”", row["last"] - row["first"]
    if others:
        summary += f" and {others} more change{'s' if others > 1 else ''}"
    return {
        "id": str(row["id"]),
        "actor": orjson.loads(row["actor"]) if row["actor"] else None,
        "occurred_at": row["occurred_at"],
        "sequences": [row["first"], row["last"]],
        "summary": summary,
        "undone_by": str(row["undone_by"]) if row["undone_by"] else None,
        "is_undo": row["is_undo"],
    }
