"""Calls that arrive together: who waits for whom, and what becomes of each."""

import asyncio
from collections.abc import Sequence

import pytest

from service_testing.waiting import wait_until
from todos_service.errors import TooManyWaiting
from todos_service.service.batcher import Batcher, Limits

SOON = 0.01  # patience of tests about calls that wait for long
LONG = 60.0


class Work:
    """What a batcher calls: it says what began, and waits with what is blocked."""

    def __init__(self, left: Sequence[str] = ()) -> None:
        self.began: list[list[str]] = []
        self.blocked: dict[tuple[str, ...], asyncio.Event] = {}
        self.left = left

    async def alone(self, user: str, item: str) -> str:
        await self._begin([item])
        if item.startswith("wrong"):
            raise ValueError(item)
        return f"{user} {item} alone"

    async def together(self, batch: Sequence[tuple[str, str]]) -> list[str | Exception | None]:
        await self._begin([item for _, item in batch])
        if any(item == "poison" for _, item in batch):
            raise OSError("no database")
        results = {item: f"{user} {item}" for user, item in batch}
        wrong = {item: ValueError(item) for item in results if item.startswith("wrong")}
        return [None if item in self.left else wrong.get(item, result) for item, result in results.items()]

    async def _begin(self, items: list[str]) -> None:
        self.began.append(items)
        if tuple(items) in self.blocked:
            await self.blocked[tuple(items)].wait()

    def block(self, *items: str) -> asyncio.Event:
        """Block the call of one item, or the batch of several."""
        return self.blocked.setdefault(items, asyncio.Event())

    def batcher(self, patience: float = LONG, size: int = 64, waiting: int = 1000) -> Batcher[str, str]:
        return Batcher(self.alone, self.together, Limits(1, size, waiting, patience))


async def behind(batcher: Batcher[str, str], work: Work, *calls: tuple[str, str]) -> list[asyncio.Task[str]]:
    """The calls, made while one of another user is under way, which then ends."""
    release = work.block("first")
    first = asyncio.create_task(batcher("other", "first"))
    await wait_until(lambda: work.began == [["first"]])
    tasks = [asyncio.create_task(batcher(user, item)) for user, item in calls]
    await asyncio.sleep(0)  # each has made its call
    release.set()
    await first
    return tasks


class TestBatches:
    async def test_a_lone_call_is_done_at_once_and_alone(self):
        work = Work()
        assert await work.batcher()("ann", "1") == "ann 1 alone"

    async def test_what_comes_meanwhile_is_done_together(self):
        work = Work()
        tasks = await behind(work.batcher(), work, ("ann", "1"), ("ben", "2"), ("ann", "3"))
        assert await asyncio.gather(*tasks) == ["ann 1", "ben 2", "ann 3"]
        assert work.began == [["first"], ["1", "2", "3"]]

    async def test_an_error_is_its_own_calls(self):
        work = Work()
        tasks = await behind(work.batcher(), work, ("ann", "1"), ("ann", "wrong"), ("ben", "2"))
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert [results[0], repr(results[1]), results[2]] == ["ann 1", "ValueError('wrong')", "ben 2"]

    async def test_what_a_batch_leaves_is_done_alone_a_users_one_after_another(self):
        work = Work(left=["1", "3", "wrong"])
        tasks = await behind(work.batcher(), work, ("ann", "1"), ("ben", "2"), ("ann", "wrong"), ("ann", "3"))
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert [results[0], results[1], repr(results[2]), results[3]] == [
            "ann 1 alone",
            "ben 2",
            "ValueError('wrong')",
            "ann 3 alone",
        ]
        assert work.began[1:] == [["1", "2", "wrong", "3"], ["1"], ["wrong"], ["3"]]

    async def test_all_get_the_error_of_a_batch_whose_outcome_is_unknown(self):
        work = Work()
        tasks = await behind(work.batcher(), work, ("ann", "1"), ("ben", "poison"))
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert [repr(result) for result in results] == ["OSError('no database')"] * 2
        assert work.began == [["first"], ["1", "poison"]]


class TestFairness:
    async def test_each_user_has_a_turn_before_anyone_has_a_second(self):
        work = Work()
        flood = [("ann", f"a{number}") for number in range(6)]
        tasks = await behind(work.batcher(size=4), work, *flood, ("ben", "b0"), ("eve", "e0"), ("ben", "b1"))
        await asyncio.gather(*tasks)
        assert work.began[1:] == [["a0", "b0", "e0", "a1"], ["b1", "a2", "a3", "a4"], ["a5"]]

    async def test_who_had_a_turn_is_behind_the_others_in_the_next_batch(self):
        work = Work()
        calls = [(user, f"{user}{number}") for user in "abc" for number in range(2)]
        tasks = await behind(work.batcher(size=2), work, *calls)
        await asyncio.gather(*tasks)
        assert work.began[1:] == [["a0", "b0"], ["c0", "a1"], ["b1", "c1"]]

    async def test_one_that_waits_for_long_is_waited_for_by_its_own_user_only(self):
        work = Work()
        batcher, release = work.batcher(patience=SOON), work.block("slow")
        slow = asyncio.create_task(batcher("ann", "slow"))
        await wait_until(lambda: work.began)
        next_one = asyncio.create_task(batcher("ann", "next"))
        assert await batcher("ben", "1") == "ben 1 alone"
        assert ["next"] not in work.began
        release.set()
        assert await asyncio.gather(slow, next_one) == ["ann slow alone", "ann next alone"]

    async def test_what_a_batch_leaves_holds_up_its_own_user_only(self):
        work = Work(left=["left"])
        batcher, release = work.batcher(), work.block("left")
        tasks = await behind(batcher, work, ("ann", "left"), ("ben", "1"))
        assert await tasks[1] == "ben 1"
        assert await batcher("ben", "2") == "ben 2 alone"
        release.set()
        assert await tasks[0] == "ann left alone"


class TestLimits:
    async def test_the_newest_call_of_who_waits_with_the_most_is_refused(self):
        work = Work()
        batcher = work.batcher(waiting=3)
        calls = [("ann", "a0"), ("ann", "a1"), ("ben", "b0"), ("ben", "b1"), ("eve", "e0")]
        tasks = await behind(batcher, work, *calls)
        results = await asyncio.gather(*tasks, return_exceptions=True)
        refused = [item for (_, item), result in zip(calls, results, strict=True) if isinstance(result, TooManyWaiting)]
        assert refused == ["a1", "b1"]
        assert work.began[1:] == [["a0", "b0", "e0"]]


class TestCancellation:
    async def test_a_cancelled_call_that_waits_is_not_done(self):
        work = Work()
        batcher, release = work.batcher(), work.block("first")
        first = asyncio.create_task(batcher("other", "first"))
        gone, stays = (asyncio.create_task(batcher("ann", item)) for item in ("gone", "stays"))
        await wait_until(lambda: work.began)
        gone.cancel()
        release.set()
        assert await asyncio.gather(first, stays) == ["other first alone", "ann stays alone"]
        assert work.began == [["first"], ["stays"]]

    async def test_a_cancelled_call_leaves_its_batch_as_it_is(self):
        work = Work()
        batcher, release = work.batcher(), work.block("gone", "1")
        tasks = await behind(batcher, work, ("ann", "gone"), ("ben", "1"))
        await wait_until(lambda: work.began[1:] == [["gone", "1"]])
        tasks[0].cancel()
        release.set()
        assert await tasks[1] == "ben 1"
        with pytest.raises(asyncio.CancelledError):
            await tasks[0]


class TestStop:
    async def test_finishes_what_waits(self):
        work = Work(left=["1"])
        batcher = work.batcher()
        tasks = await behind(batcher, work, ("ann", "1"), ("ben", "2"))
        await batcher.stop()
        assert work.began == [["first"], ["1", "2"], ["1"]]
        assert await asyncio.gather(*tasks) == ["ann 1 alone", "ben 2"]
