"""Replays the change log of the todo service: to verify what is served, or to build it anew.

It goes user by user, a group at a time. A group is replayed into the shadow; then it is compared, or put in the place
of what is served in one transaction that holds the users' rows: readers see the old figures or the new ones, and
events wait for some milliseconds.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg
from nats.aio.client import Client

from service_common import change_log
from service_common.events.envelope import Event
from stats_service.domain import Fact, UnreadableChangeError, fact
from stats_service.shadow import Difference, Judgement, Shadow

GROUP_USERS = 500
GROUP_CHANGES = 20_000
PAGES_AHEAD = 4
TRIES = 20
PAUSE_SECONDS = 0.25
NOBODY = UUID(int=0)

Judge = Callable[[Sequence[UUID], bool], Awaitable[Judgement]]


@dataclass
class Report:
    """What a replay has found so far."""

    users: int = 0
    changes: int = 0
    differences: list[Difference] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)


class Replay:
    """`told` hears of each step."""

    def __init__(
        self, client: Client, connection: asyncpg.Connection, told: Callable[[Report], None] = lambda _: None
    ) -> None:
        self._client = client
        self._shadow = Shadow(connection)
        self._told = told
        self._known: set[UUID] = set()
        self.report = Report()

    async def verify(self) -> Report:
        """Compare; changes nothing."""
        await self._run(self._compare)
        return self.report

    async def rebuild(self) -> Report:
        """Serve what the replay gives; the report tells what was different."""
        await self._run(self._replace)
        return self.report

    async def _run(self, judge: Judge) -> None:
        await self._shadow.create()
        group: set[UUID] = set()
        size = 0
        async for events in _ahead(change_log.all_events(self._client)):
            users = await self._apply(events)
            group.update(users)
            size += len(events)
            self.report.changes += len(events)
            if len(group) > GROUP_USERS or size > GROUP_CHANGES:
                last = users[-1]  # there may be more of this user on the next page
                await self._settle(sorted(group - {last}), judge)
                group, size = {last}, 0
        await self._settle(sorted(group), judge)
        await self._settle_late_ones(judge)

    async def _apply(self, events: Sequence[Event]) -> list[UUID]:
        """Gives the users of the events, in their order."""
        facts = [known for event in events if (known := self._readable(event))]
        await self._shadow.apply(facts)
        return [UUID(user_id) for user_id in dict.fromkeys(event.user_id for event in events)]

    def _readable(self, event: Event) -> Fact | None:
        try:
            return fact(event.data)
        except UnreadableChangeError as error:
            finding = f"user {event.user_id}: change {event.sequence} cannot be read: {error}"
            if finding not in self.report.unreadable:
                self.report.unreadable.append(finding)
            return None

    async def _settle(self, users: Sequence[UUID], judge: Judge) -> None:
        """Judge users, again and again while events are on their way, and at last as they are."""
        left = list(users)
        for attempt in range(1, TRIES + 1):
            differences, left = await judge(left, attempt == TRIES)
            self.report.differences += differences
            if not left:
                break
            await asyncio.sleep(PAUSE_SECONDS)
        await self._shadow.forget(users)
        self._known.update(users)
        self.report.users += len(users)
        self._told(self.report)

    async def _compare(self, users: Sequence[UUID], is_last: bool) -> Judgement:  # noqa: FBT001 - a Judge
        """Where more is served than was replayed, replay as much and no more: then both sides are at the same place."""
        async with self._shadow.snapshot():
            for user_id, until in (await self._shadow.served_ahead(users)).items():
                await self._extend(user_id, until)
            return await self._shadow.compare(users, all_of_them=is_last)

    async def _replace(self, users: Sequence[UUID], is_last: bool) -> Judgement:  # noqa: FBT001 - a Judge
        """What is served must be in the shadow first; at the last attempt events wait until it is."""
        await self._catch_up(users)
        async with self._shadow.hold(users):
            if is_last:
                await self._catch_up(users)
            return await self._shadow.replace(users, all_of_them=is_last)

    async def _catch_up(self, users: Sequence[UUID]) -> None:
        for user_id in await self._shadow.served_ahead(users):
            await self._extend(user_id)

    async def _extend(self, user_id: UUID, until: int | None = None) -> None:
        since = await self._shadow.position(user_id)
        if missing := [event async for event in change_log.events_of(self._client, str(user_id), since, until)]:
            await self._apply(missing)

    async def _settle_late_ones(self, judge: Judge) -> None:
        """Users who came while the log was read, and users of whom something is served but nothing is logged."""
        late = {UUID(user_id) async for heads in change_log.heads(self._client) for user_id in heads}
        after = NOBODY
        while page := await self._shadow.served(after, 1000):
            late.update(page)
            after = page[-1]
        missed = sorted(late - self._known)
        for user_id in missed:
            await self._extend(user_id)
        await self._settle(missed, judge)


async def _ahead(pages: AsyncIterator[tuple[Sequence[Event], str]]) -> AsyncIterator[Sequence[Event]]:
    """The same pages, read while those before them are being applied."""
    queue: asyncio.Queue[Sequence[Event] | None] = asyncio.Queue(PAGES_AHEAD)

    async def read() -> None:
        try:
            async for events, _ in pages:
                await queue.put(events)
        finally:
            await queue.put(None)

    reading = asyncio.create_task(read(), name="read-ahead")
    try:
        while (events := await queue.get()) is not None:
            if events:
                yield events
        await reading
    finally:
        reading.cancel()
