"""A second projection beside the one that is served: what the change log gives, to compare or to serve instead."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from uuid import UUID

from stats_service.repository.shadow import DETAILS, PROGRESS, Difference, ShadowTables

Judgement = tuple[list[Difference], list[UUID]]  # and the users who are not judged yet


class Shadow(ShadowTables):
    """Judges groups of users: what is served of them against what a replay gives."""

    def snapshot(self) -> AbstractAsyncContextManager[object]:
        """While it lasts, what is served looks as it did at the beginning; the shadow may still be filled."""
        return self._connection.transaction(isolation="repeatable_read")

    @asynccontextmanager
    async def hold(self, users: Sequence[UUID]) -> AsyncIterator[None]:
        """A transaction during which nothing else changes what is served of the users."""
        async with self._connection.transaction():
            await self._lock(users)
            yield

    async def compare(self, users: Sequence[UUID], *, all_of_them: bool) -> Judgement:
        """What differs; users of whom the sides have seen different changes are judged only when `all_of_them` are."""
        await self._forget_erased(users)
        apart = [] if all_of_them else list(await self._apart(users))
        return await self._all_differences(sorted(set(users) - set(apart))), apart

    async def replace(self, users: Sequence[UUID], *, all_of_them: bool) -> Judgement:
        """Serve the shadow's rows of users who are held instead; what was different.

        Users of whom more is served than is here are left out, unless `all_of_them` are to be replaced.
        """
        await self._forget_erased(users)
        apart = {} if all_of_them else await self._apart(users)
        ahead = [user_id for user_id, is_covered in apart.items() if not is_covered]
        chosen = sorted(set(users) - set(ahead))
        differences = await self._all_differences(chosen)
        for table in (PROGRESS, *DETAILS):
            await self._put(chosen, table)
        return differences, ahead

    async def _all_differences(self, users: Sequence[UUID]) -> list[Difference]:
        """A user with no served rows is one difference, not one per row."""
        await self._make()
        found = await self._differences(users, PROGRESS)
        unserved = {difference.user_id for difference in found if difference.served is None}
        served = [user for user in users if user not in unserved]
        return found + [difference for table in DETAILS for difference in await self._differences(served, table)]
