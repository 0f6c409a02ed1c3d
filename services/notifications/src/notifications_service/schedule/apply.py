"""Keeps what reminders depend on up to date: each user's changes in order, a batch in one transaction.

Events of a user that do not follow the user's position are left to the healer, which reads the change log.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby
from uuid import UUID

import asyncpg

from notifications_service.domain import Remindable, remindable
from notifications_service.repository import schedule
from service_common.database import Connection
from todobus_events import change_log
from todobus_events.bus import Bus
from todobus_events.envelope import Event, UnreadableEventError

UNREADABLE = (AttributeError, KeyError, TypeError, ValueError)
Key = tuple[UUID, UUID]


async def apply(pool: asyncpg.Pool, events: Sequence[Event]) -> dict[UUID, int]:
    """Apply the events that follow; the users of whom some did not, with the sequence to reach.

    Raises UnreadableEventError for a change of a todo that cannot be read.
    """
    feeds = _by_feed(events)
    async with pool.acquire() as connection, connection.transaction():
        positions = await schedule.lock(connection, list(feeds))
        following, gaps = {}, {}
        for feed, found in feeds.items():
            if feed in positions:
                following[feed] = run = _following(found, positions[feed])
                if (newest := found[-1].sequence) > positions[feed] + len(run):
                    gaps[feed] = newest
        await _store(connection, [event for run in following.values() for event in run])
        reached = {feed: run[-1].sequence for feed, run in following.items() if run}
        if reached:
            await schedule.advance(connection, reached)
    return gaps


async def fill(pool: asyncpg.Pool, bus: Bus, user_id: UUID, target: int) -> None:
    """Apply what the change log has after the user's position; what cannot be read in it is passed over."""
    position = await schedule.position(pool, user_id)
    if position >= target:
        return
    async for page in change_log.pages(bus.client, str(user_id), position):
        async with pool.acquire() as connection, connection.transaction():
            known = await schedule.lock(connection, [user_id])
            if user_id not in known:
                return  # erased
            await _store(connection, [event for event in page.events if event.sequence > known[user_id]], strict=False)
            await schedule.advance(connection, {user_id: page.last})


def _by_feed(events: Sequence[Event]) -> dict[UUID, list[Event]]:
    """In the order of their feeds, and of their sequences."""
    ordered = sorted((event for event in events if not event.replayed), key=lambda one: (one.feed_id, one.sequence))
    return {UUID(feed): list(found) for feed, found in groupby(ordered, key=lambda one: one.feed_id)}


def _following(events: Sequence[Event], position: int) -> list[Event]:
    run: list[Event] = []
    for event in events:
        if event.sequence == position + len(run) + 1:
            run.append(event)
    return run


async def _store(connection: Connection, events: Sequence[Event], *, strict: bool = True) -> None:
    latest = _latest(events, strict=strict)
    if gone := [key for key, found in latest.items() if not found.is_kept]:
        await schedule.remove(connection, gone)
    if kept := [found for found in latest.values() if found.is_kept]:
        await schedule.save(connection, kept)


def _latest(events: Sequence[Event], *, strict: bool) -> Mapping[Key, Remindable]:
    """The state of each todo after the events."""
    latest: dict[Key, Remindable] = {}
    for event in events:
        if event.type.startswith("todo."):
            try:
                user_id = UUID(event.feed_id)
                known = latest.get((user_id, UUID(event.subject)))
                found = remindable(user_id, event.data, known)
            except UNREADABLE as error:
                if strict:
                    raise UnreadableEventError(f"change {event.sequence}: {error!r}") from error
            else:
                latest[user_id, found.todo_id] = found
    return latest
