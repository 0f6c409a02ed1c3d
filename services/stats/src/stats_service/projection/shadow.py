"""A second projection, computed from the change log: to compare with what is served, or to replace it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from uuid import UUID

from stats_service.repository.shadow import DETAILS, PROGRESS, Difference, ShadowTables

Comparison = tuple[list[Difference], list[UUID]]  # and the users who cannot be compared yet


class Shadow(ShadowTables):
    """Compares or replaces the served rows of groups of users."""

    def snapshot(self) -> AbstractAsyncContextManager[object]:
        """A transaction that reads what is served as of its beginning; the shadow may still be filled."""
        return self._connection.transaction(isolation="repeatable_read")

    @asynccontextmanager
    async def hold(self, users: Sequence[UUID]) -> AsyncIterator[None]:
        """A transaction that locks the served rows of the users."""
        async with self._connection.transaction():
            await self._lock(users)
            yield

    async def compare(self, users: Sequence[UUID], *, all_of_them: bool) -> Comparison:
        """The differences. Users for whom the sides have seen different changes are left out unless `all_of_them`."""
        await self._forget_erased(users)
        apart = [] if all_of_them else list(await self._apart(users))
        return await self._all_differences(sorted(set(users) - set(apart))), apart

    async def replace(self, users: Sequence[UUID], *, all_of_them: bool) -> Comparison:
        """Serve the shadow's rows of users whose rows are locked; gives the differences.

        Users whose served changes are not all in the shadow are left out unless `all_of_them`.
        """
        await self._forget_erased(users)
        apart = {} if all_of_them else await self._apart(users)
        ahead = [user_id for user_id, is_covered in apart.items() if not is_covered]
        chosen = sorted(set(users) - set(ahead))
        differences = await self._all_differences(chosen)
        for table in (PROGRESS, *DETAILS):
            await self._put(chosen, table)
        await self._forget_history(chosen)
        return differences, ahead

    async def _all_differences(self, users: Sequence[UUID]) -> list[Difference]:
        """A user with no served rows is one difference, not one per row."""
        await self._make()
        found = await self._differences(users, PROGRESS)
        unserved = {difference.user_id for difference in found if difference.served is None}
        served = [user for user in users if user not in unserved]
        return found + [difference for table in DETAILS for difference in await self._differences(served, table)]
