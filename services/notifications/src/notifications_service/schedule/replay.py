"""Replays the change log, to verify the schedule or to make it again.

Each user's changes are folded in memory, up to where the user's reminders are, and compared with what one snapshot of
the database holds: the todos with the fold, the schedule with the todos. Rebuilding replaces both, the feed locked, and
asks auth for the profiles: accounts that are older than what the bus keeps of user events were never read.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
from nats.aio.client import Client

from notifications_service.domain import Remindable, Stored, remindable
from notifications_service.repository import schedule
from notifications_service.schedule.apply import UNREADABLE
from service_common.replays import OnProgress, Report
from todobus_events import change_log, topology
from todobus_events.change_log import Unreadable
from todobus_events.models import NIL_UUID
from todobus_events.requests import ask

PAGE = 1000  # users
PROFILES_SECONDS = 60.0


class Difference(NamedTuple):
    """None where there is none."""

    user_id: UUID
    todo_id: UUID
    what: str
    stored: object
    replayed: object

    def __str__(self) -> str:
        place = f"user {self.user_id}: {self.what} of todo {self.todo_id}"
        return f"{place} is {self.stored}, the replay gives {self.replayed}"


class History:
    """The todos that a user can be reminded of after the changes up to `reached`."""

    def __init__(self, client: Client, user_id: UUID, report: Report) -> None:
        self.todos: dict[UUID, Remindable] = {}
        self.reached = 0
        self._client, self._user_id, self._report = client, user_id, report

    async def extend(self, until: int | None = None) -> None:
        """With the changes up to `until`, or to the last."""
        if until is not None and until <= self.reached:
            return
        async for page in change_log.pages(self._client, str(self._user_id), self.reached):
            for event in page.events:
                if until is not None and event.sequence > until:
                    break
                self._report.changes += 1
                if event.type.startswith("todo."):
                    self._add(event.sequence, UUID(event.subject), event.data)
            self._name(page.unreadable)
            self.reached = page.last if until is None else min(page.last, until)
            if self.reached == until:
                return

    def _name(self, unreadable: Sequence[Unreadable]) -> None:
        for sequence, _, reason in unreadable:
            self._report.unreadable.append(f"user {self._user_id}: change {sequence} cannot be read: {reason}")

    def _add(self, sequence: int, todo_id: UUID, change: Mapping[str, Any]) -> None:
        try:
            found = remindable(self._user_id, change, self.todos.get(todo_id))
        except UNREADABLE as error:
            self._name([Unreadable(sequence, b"", repr(error))])
            return
        if found.is_kept:
            self.todos[todo_id] = found
        else:
            self.todos.pop(todo_id, None)


class Replay:
    """`on_progress` gets the report after each user."""

    def __init__(
        self, client: Client, connection: asyncpg.Connection, on_progress: OnProgress = lambda _: None
    ) -> None:
        self._client, self._connection, self._on_progress = client, connection, on_progress
        self.report = Report()

    async def verify(self) -> Report:
        """Compare; changes nothing."""
        return await self._run(replaces=False)

    async def rebuild(self) -> Report:
        """Put what the replay gives in the place of what is stored; the report lists what was different."""
        await ask(self._client, topology.RPC_PROFILES, seconds=PROFILES_SECONDS)
        return await self._run(replaces=True)

    async def _run(self, *, replaces: bool) -> Report:
        known: set[UUID] = set()
        async for heads in change_log.heads(self._client):
            for user_id in map(UUID, heads):
                known.add(user_id)
                await self._user(user_id, replaces=replaces)
        after = NIL_UUID
        while page := await schedule.users(self._connection, after, PAGE):
            after = page[-1]
            for user_id in page:
                if user_id not in known:
                    await self._user(user_id, replaces=replaces)
        return self.report

    async def _user(self, user_id: UUID, *, replaces: bool) -> None:
        history = History(self._client, user_id, self.report)
        async with self._connection.transaction(isolation="repeatable_read", readonly=True):
            position = await schedule.position(self._connection, user_id)
            stored = await schedule.stored(self._connection, user_id)
            wrong = await schedule.wrongly_scheduled(self._connection, user_id)
        await history.extend(position)
        self._compare(user_id, stored, history)
        self.report.differences += [
            Difference(user_id, todo_id, "a reminder", found, wanted) for todo_id, found, wanted in wrong
        ]
        if replaces:
            await self._replace(user_id, history)
        self.report.users += 1
        self._on_progress(self.report)

    def _compare(self, user_id: UUID, stored: dict[UUID, Stored], history: History) -> None:
        replayed = {todo_id: Stored.of(found) for todo_id, found in history.todos.items()}
        for todo_id in sorted(stored.keys() | replayed.keys()):
            there, wanted = stored.get(todo_id), replayed.get(todo_id)
            if there != wanted:
                self.report.differences.append(Difference(user_id, todo_id, "the state", there, wanted))

    async def _replace(self, user_id: UUID, history: History) -> None:
        """Events that are applied meanwhile are read too, before the feed is locked, until there are none."""
        replaced = False
        while not replaced:
            await history.extend()
            async with self._connection.transaction():
                positions = await schedule.lock(self._connection, [user_id])
                if user_id not in positions:
                    return  # erased
                if replaced := positions[user_id] <= history.reached or not history.reached:
                    await schedule.replace(self._connection, user_id, list(history.todos.values()))
                    await schedule.advance(self._connection, {user_id: history.reached})
