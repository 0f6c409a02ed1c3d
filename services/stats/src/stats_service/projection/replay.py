"""Replays the change log of the todo service, to verify what is served or to replace it.

Users are replayed in groups into the shadow. A group is then compared with what is served, or replaces it in one
transaction that locks the users' rows: readers see the old figures or the new ones, and events wait some milliseconds.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

import asyncpg
from nats.aio.client import Client

from service_common.replays import OnProgress, Report
from stats_service.domain import Fact, UnreadableChangeError, feed_fact
from stats_service.projection.shadow import Comparison, Shadow
from todobus_events import change_log
from todobus_events.change_log import Change
from todobus_events.models import NIL_UUID

PAGES_AHEAD = 40  # about one group: reading continues while a group is reconciled

Reconcile = Callable[[Sequence[UUID], bool], Awaitable[Comparison]]


@dataclass(frozen=True, slots=True)
class Pacing:
    """The size of a group; how often, and how many seconds apart, it is compared while events are being applied."""

    group_users: int = 500
    group_changes: int = 20_000
    tries: int = 20
    pause_seconds: float = 0.25


class Page(NamedTuple):
    """Some changes of the log; of the user `last` there may be more on the next page."""

    facts: Sequence[Fact]
    changes: int
    last: UUID


class Replay:
    """`on_progress` gets the report after each group."""

    def __init__(
        self,
        client: Client,
        connection: asyncpg.Connection,
        on_progress: OnProgress = lambda _: None,
        pacing: Pacing = Pacing(),
    ) -> None:
        self._client = client
        self._shadow = Shadow(connection)
        self._on_progress = on_progress
        self._pacing = pacing
        self._known: set[UUID] = set()
        self.report = Report()

    async def verify(self) -> Report:
        """Compare; changes nothing."""
        await self._run(self._compare)
        return self.report

    async def rebuild(self) -> Report:
        """Serve what the replay gives; the report lists what was different."""
        await self._run(self._replace)
        return self.report

    async def _run(self, reconcile: Reconcile) -> None:
        await self._shadow.create()
        group: set[UUID] = set()
        size = 0
        async for page in _ahead(self._pages()):
            await self._shadow.apply(page.facts)
            group.update(known.user_id for known in page.facts)
            size += page.changes
            self.report.changes += page.changes
            if len(group) > self._pacing.group_users or size > self._pacing.group_changes:
                await self._settle(sorted(group - {page.last}), reconcile)
                group, size = group & {page.last}, 0
        await self._settle(sorted(group), reconcile)
        await self._settle_missed(reconcile)

    async def _pages(self) -> AsyncIterator[Page]:
        async for changes, position in change_log.all_changes(self._client):
            if changes:
                yield Page(self._readable(changes), len(changes), UUID(position.partition(":")[0]))

    def _readable(self, changes: Sequence[Change]) -> list[Fact]:
        facts = []
        for feed_id, data in changes:
            try:
                facts.append(feed_fact(feed_id, data))
            except UnreadableChangeError as error:
                finding = f"user {feed_id}: change {data.get('sequence')} cannot be read: {error}"
                if finding not in self.report.unreadable:
                    self.report.unreadable.append(finding)
        return facts

    async def _settle(self, users: Sequence[UUID], reconcile: Reconcile) -> None:
        """Reconcile users; try again for those whose events are being applied, the last time without waiting."""
        left = list(users)
        for attempt in range(1, self._pacing.tries + 1):
            differences, left = await reconcile(left, attempt == self._pacing.tries)
            self.report.differences += differences
            if not left:
                break
            await asyncio.sleep(self._pacing.pause_seconds)
        await self._shadow.forget(users)
        self._known.update(users)
        self.report.users += len(users)
        self._on_progress(self.report)

    async def _compare(self, users: Sequence[UUID], is_last: bool) -> Comparison:  # noqa: FBT001 - a Reconcile
        """First replay up to the served position of each user, and no further, so that both sides are comparable."""
        async with self._shadow.snapshot():
            for user_id, until in (await self._shadow.served_ahead(users)).items():
                await self._extend(user_id, until)
            return await self._shadow.compare(users, all_of_them=is_last)

    async def _replace(self, users: Sequence[UUID], is_last: bool) -> Comparison:  # noqa: FBT001 - a Reconcile
        """First replay what is served already; at the last attempt with the users' rows locked."""
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
        events = change_log.events_of(self._client, str(user_id), since, until)
        if missing := [Change(event.feed_id, event.data) async for event in events]:
            await self._shadow.apply(self._readable(missing))

    async def _settle_missed(self, reconcile: Reconcile) -> None:
        """Users who were added while the log was read, and users with served rows but no changes in the log."""
        late = {UUID(user_id) async for heads in change_log.heads(self._client) for user_id in heads}
        after = NIL_UUID
        while page := await self._shadow.served(after, 1000):
            late.update(page)
            after = page[-1]
        missed = sorted(late - self._known)
        for user_id in missed:
            await self._extend(user_id)
        await self._settle(missed, reconcile)


async def _ahead(pages: AsyncIterator[Page]) -> AsyncIterator[Page]:
    """The same pages, read while those before them are being applied."""
    queue: asyncio.Queue[Page | None] = asyncio.Queue(PAGES_AHEAD)

    async def read() -> None:
        try:
            async for page in pages:
                await queue.put(page)
        finally:
            await queue.put(None)

    reading = asyncio.create_task(read(), name="read-ahead")
    try:
        while (page := await queue.get()) is not None:
            yield page
        await reading
    finally:
        reading.cancel()
