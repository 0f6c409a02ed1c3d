"""Histories as the todo service would write them, and a change log that answers with them on the bus."""

import json
import random
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

from nats.aio.client import Client
from nats.aio.msg import Msg

from todobus_events import topology

PROJECTS = (None, "019a9f40-0b7e-7f60-8a4d-5e2b9c7d4e10", "019a9f40-0b7e-7f60-8a4d-5e2b9c7d4e12")
TAGS = ("home", "work", 'a "quoted" one', "back\\slash", "{curly,comma}", "null", "日本", " ")


def stamp(instant: datetime) -> str:
    return instant.isoformat(timespec="microseconds").replace("+00:00", "Z")


@dataclass
class Feed:
    """One user's feed: what `todos_service` would have recorded."""

    user_id: UUID = field(default_factory=uuid4)
    now: datetime = datetime(2026, 3, 1, 12, tzinfo=UTC)
    todos: dict[str, dict[str, Any]] = field(default_factory=dict)
    changes: list[dict[str, Any]] = field(default_factory=list)

    def create(self, **fields: Any) -> str:
        todo_id = fields.pop("id", str(uuid4()))
        self.todos[todo_id] = {
            "id": todo_id,
            "user_id": str(self.user_id),
            "title": "a todo",
            "description": "",
            "completed": False,
            "priority": "none",
            "tags": [],
            "due_date": None,
            "due_time": None,
            "due_time_zone": None,
            "due_at": None,
            "completed_at": None,
            "created_at": stamp(self.now),
            "deleted_at": None,
        }
        self._record("created", todo_id, fields)
        return str(todo_id)

    def update(self, todo_id: str, **fields: Any) -> None:
        self._record("updated", todo_id, fields)

    def complete(self, todo_id: str) -> None:
        self._record("completed", todo_id, {"completed": True, "completed_at": stamp(self.now)})

    def reopen(self, todo_id: str) -> None:
        self._record("reopened", todo_id, {"completed": False, "completed_at": None})

    def delete(self, todo_id: str) -> None:
        self._record("deleted", todo_id, {"deleted_at": stamp(self.now)})

    def restore(self, todo_id: str) -> None:
        self._record("restored", todo_id, {"deleted_at": None})

    def purge(self, todo_id: str) -> None:
        self._record("purged", todo_id, {})
        del self.todos[todo_id]

    def other(self, event_type: str) -> None:
        """A change of a type that stats does not know."""
        sequence, project = len(self.changes) + 1, {"id": str(uuid4()), "user_id": str(self.user_id)}
        change = {"sequence": sequence, "type": event_type, "project": project, "occurred_at": stamp(self.now)}
        self.changes.append(change)

    def live(self) -> list[str]:
        return [key for key, todo in self.todos.items() if not todo["deleted_at"]]

    def _record(self, verb: str, todo_id: str, fields: dict[str, Any]) -> None:
        sequence = len(self.changes) + 1
        todo = self.todos[todo_id] | fields | {"version": sequence, "updated_at": stamp(self.now)}
        self.todos[todo_id] = todo
        self.changes.append(
            {
                "sequence": sequence,
                "type": f"todo.{verb}.v1",
                "todo": todo,
                "changed": sorted(fields),
                "previous": {},
                "occurred_at": stamp(self.now),
            }
        )

    def live_for_a_while(self, source: random.Random, writes: int) -> None:
        """Random writes, each of which the todo service would accept, over some days."""
        for _ in range(writes):
            self.now += timedelta(minutes=source.choice((0, 1, 14, 15, 90, 1500)))
            self._any_write(source)

    def _any_write(self, source: random.Random) -> None:
        todo_id = source.choice(list(self.todos)) if self.todos and source.randrange(4) else None
        if todo_id is None:
            self.create(priority=source.choice(("none", "high")), tags=source.sample(TAGS, source.randint(0, 3)))
        elif self.todos[todo_id]["deleted_at"]:
            source.choice((self.restore, self.purge))(todo_id)
        else:
            source.choice((self._toggle, self._toggle, self.delete, self.purge, self._retag))(todo_id)

    def _toggle(self, todo_id: str) -> None:
        (self.reopen if self.todos[todo_id]["completed"] else self.complete)(todo_id)

    def _retag(self, todo_id: str) -> None:
        fields = {"tags": [f"tag {len(self.changes) % 5}"], "project_id": PROJECTS[len(self.changes) % 3]}
        self.update(todo_id, due_at="2026-12-01T15:30:00Z", priority="low", **fields)


def as_event(change: dict[str, Any]) -> dict[str, Any]:
    """The event that the relay publishes for a change."""
    about = change.get("todo") or change["project"]
    return {
        "specversion": "1.0",
        "id": str(uuid5(UUID(about["user_id"]), str(change["sequence"]))),
        "source": "/services/todos",
        "type": change["type"],
        "subject": about["id"],
        "time": change["occurred_at"],
        "sequence": change["sequence"],
        "userid": about["user_id"],
        "data": change,
    }


def publisher(client: Client) -> Callable[[Iterable[dict[str, Any]]], Awaitable[None]]:
    """Publishes changes as the relay does, but without ids, so that the stream keeps every copy."""

    async def publish(changes: Iterable[dict[str, Any]]) -> None:
        for change in changes:
            event = as_event(change)
            address = topology.feed_event(event["userid"], event["type"])
            await client.jetstream().publish(address, json.dumps(event).encode())

    return publish


class ChangeLog:
    """Answers `todos.rpc.changes` and `todos.rpc.heads` from feeds, in pages of 7 changes."""

    PAGE = 7

    def __init__(self, client: Client) -> None:
        self.client = client
        self.feeds: dict[str, Feed] = {}

    async def start(self) -> None:
        await self.client.subscribe(topology.RPC_CHANGES, cb=self._changes)
        await self.client.subscribe(topology.RPC_HEADS, cb=self._heads)
        await self.client.flush()

    def add(self, *feeds: Feed) -> None:
        self.feeds |= {str(feed.user_id): feed for feed in feeds}

    async def _changes(self, message: Msg) -> None:
        asked = json.loads(message.data)
        await message.respond(json.dumps(self._of_user(asked) if "user_id" in asked else self._of_all(asked)).encode())

    def _of_user(self, asked: dict[str, Any]) -> dict[str, Any]:
        changes = self.feeds[asked["user_id"]].changes if asked["user_id"] in self.feeds else []
        found = changes[asked["since"] :][: self.PAGE]
        more = bool(found) and found[-1]["sequence"] < len(changes)
        return {"events": [as_event(change) for change in found], "sequence": len(changes), "has_more": more}

    def _of_all(self, asked: dict[str, Any]) -> dict[str, Any]:
        user_id, _, sequence = asked["after"].partition(":")
        after = (user_id, int(sequence or 0))
        everything = [(user, change) for user in sorted(self.feeds) for change in self.feeds[user].changes]
        rest = [(user, change) for user, change in everything if (user, change["sequence"]) > after]
        found = rest[: self.PAGE]
        position = f"{found[-1][0]}:{found[-1][1]['sequence']}" if found else asked["after"]
        events = [as_event(change) for _, change in found]
        return {"events": events, "position": position, "has_more": len(rest) > len(found)}

    async def _heads(self, message: Msg) -> None:
        heads = {user_id: len(feed.changes) for user_id, feed in self.feeds.items()}
        await message.respond(
            json.dumps({"heads": heads, "position": max(heads, default=""), "has_more": False}).encode()
        )
