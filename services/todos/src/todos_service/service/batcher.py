"""Group commit: calls that arrive together are done together, by one statement for all of them.

A call starts at once while fewer than `under_way` batches run, so a lone one waits for nobody; those that come
meanwhile make the next batch. docs/decisions/0022-group-commit.md has the figures.

A user is in one batch at a time, and where more wait than fit each user has a turn before anyone has a second: no user
fills a batch while others wait, and who waits for a lock is waited for by nobody else.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextvars import Context
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from todos_service.errors import TooManyWaiting

Item = TypeVar("Item")
Result = TypeVar("Result")
Alone = Callable[[str, Item], Awaitable[Result]]
Together = Callable[[Sequence[tuple[str, Item]]], Awaitable[Sequence[Result | Exception | None]]]


@dataclass(frozen=True)
class Limits:
    under_way: int = 1  # batches at a time
    size: int = 64  # calls of a batch
    waiting: int = 1000  # calls that wait for a batch
    patience_seconds: float = 0.05  # until a call that is done alone no longer counts as under way


@dataclass(eq=False, slots=True)
class _Call(Generic[Item, Result]):
    user_id: str
    item: Item
    done: asyncio.Future[Result]

    def answer(self, result: Result | Exception) -> None:
        if self.done.done():
            return  # the request was cancelled
        if isinstance(result, Exception):
            self.done.set_exception(result)
        else:
            self.done.set_result(result)


class Batcher(Generic[Item, Result]):
    """Called with a user and an item it gives what `alone` gives. Raises TooManyWaiting, and what `alone` raises.

    `together` gives a result for each item: what `alone` would give or raise, or None for one that has to be done
    alone; what it raises all of them get. A call that is cancelled leaves its batch as it is.
    """

    def __init__(
        self,
        alone: Alone[Item, Result],
        together: Together[Item, Result],
        limits: Limits | None = None,
    ) -> None:
        self._do_alone = alone
        self._do_together = together
        self._limits = limits or Limits()
        self._waiting: dict[str, deque[_Call[Item, Result]]] = {}
        self._count = 0
        self._busy: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._under_way: set[asyncio.Task[None]] = set()

    async def __call__(self, user_id: str, item: Item) -> Result:
        call: _Call[Item, Result] = _Call(user_id, item, asyncio.get_running_loop().create_future())
        self._waiting.setdefault(user_id, deque()).append(call)
        self._count += 1
        if self._count > self._limits.waiting:
            self._refuse_one()
        self._go_on()
        return await call.done

    async def start(self) -> None:
        """A part of the process; it works from the first call."""

    async def stop(self) -> None:
        """Finish what waits."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _refuse_one(self) -> None:
        """The newest call of the user who waits with the most."""
        calls = max(self._waiting.values(), key=len)
        calls.pop().answer(TooManyWaiting())
        self._count -= 1

    def _go_on(self) -> None:
        while len(self._under_way) < self._limits.under_way and (batch := self._take()):
            if len(batch) > 1:
                self._under_way.add(self._spawn(self._together(batch)))
                continue
            task = self._spawn(self._alone(batch))
            self._under_way.add(task)
            asyncio.get_running_loop().call_later(self._limits.patience_seconds, self._give_place, task)

    def _take(self) -> list[_Call[Item, Result]]:
        """What waits of users who are in no batch: a call of each user in turn."""
        batch: list[_Call[Item, Result]] = []
        turns = deque(user for user in self._waiting if user not in self._busy)
        while turns and len(batch) < self._limits.size:
            user = turns.popleft()
            calls = self._waiting.pop(user)
            if calls and not (call := calls.popleft()).done.cancelled():
                batch.append(call)
            if calls:
                self._waiting[user] = calls  # behind the others, also in the next batch
                turns.append(user)
        self._count = sum(map(len, self._waiting.values()))
        self._busy.update(call.user_id for call in batch)
        return batch

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """A task that belongs to no request: it has none's context."""
        task = asyncio.create_task(work, context=Context())
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._give_place(task)

    def _give_place(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._go_on()

    async def _together(self, batch: Sequence[_Call[Item, Result]]) -> None:
        left: dict[str, list[_Call[Item, Result]]] = {}
        for call, result in zip(batch, await self._results(batch), strict=True):
            if result is None:
                left.setdefault(call.user_id, []).append(call)
            else:
                call.answer(result)
        self._busy -= {call.user_id for call in batch} - left.keys()
        for calls in left.values():
            self._spawn(self._alone(calls))

    async def _results(self, batch: Sequence[_Call[Item, Result]]) -> Sequence[Result | Exception | None]:
        try:
            return await self._do_together([(call.user_id, call.item) for call in batch])
        except Exception as error:  # noqa: BLE001 - the requests raise it
            return [error] * len(batch)

    async def _alone(self, calls: Sequence[_Call[Item, Result]]) -> None:
        """The calls of one user, one after another."""
        for call in calls:
            try:
                call.answer(await self._do_alone(call.user_id, call.item))
            except Exception as error:  # noqa: BLE001 - the request raises it
                call.answer(error)
        self._busy.discard(calls[0].user_id)
