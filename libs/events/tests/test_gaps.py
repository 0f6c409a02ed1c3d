import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from service_testing.waiting import wait_until
from todobus_events.gaps import GapHealer


class Reader:
    """Remembers each fill; waits in it until `open` is set; fails with what is in `errors` first."""

    def __init__(self):
        self.fills: list[tuple[str, int]] = []
        self.open = asyncio.Event()
        self.errors: list[Exception] = []
        self.at_once = self.most = 0

    async def fill(self, user_id: str, target: int) -> None:
        self.fills.append((user_id, target))
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        try:
            await self.open.wait()
            if self.errors:
                raise self.errors.pop()
        finally:
            self.at_once -= 1


@pytest.fixture
def reader():
    return Reader()


@asynccontextmanager
async def healing(reader: Reader, limit: int = 2, **options) -> AsyncIterator[GapHealer]:
    healer = GapHealer(reader.fill, asyncio.Semaphore(limit), **({"patience": 0.01} | options))
    try:
        yield healer
    finally:
        await healer.stop()


class TestRequests:
    async def test_requests_of_a_user_are_one_run_for_the_highest_target(self, reader):
        reader.open.set()
        async with healing(reader) as healer:
            for target in (3, 5, 4):
                healer.request("ada", target)
            await healer.settle()

        assert reader.fills == [("ada", 5)]

    async def test_one_that_comes_during_a_run_is_another_run_of_the_same_user(self, reader):
        async with healing(reader) as healer:
            healer.request("ada", 1)
            await wait_until(lambda: reader.fills)
            healer.request("ada", 2)
            reader.open.set()
            await healer.settle()

        assert (reader.fills, reader.most) == ([("ada", 1), ("ada", 2)], 1)

    async def test_few_users_run_at_once(self, reader):
        async with healing(reader) as healer:
            for number in range(10):
                healer.request(str(number), 1)
            await wait_until(lambda: reader.at_once == 2)
            reader.open.set()
            await healer.settle()

        assert (len(reader.fills), reader.most) == (10, 2)

    async def test_settle_may_leave_some(self, reader):
        async with healing(reader) as healer:
            for number in range(3):
                healer.request(str(number), 1)
            await healer.settle(3)

            assert healer.running == 3


class TestErrors:
    async def test_after_a_transient_one_it_tries_again(self, reader):
        reader.errors = [ConnectionError(), TimeoutError()]
        reader.open.set()
        async with healing(reader) as healer:
            healer.request("ada", 7)
            await healer.settle()

        assert reader.fills == [("ada", 7)] * 3

    async def test_after_another_one_it_waits_for_the_next_request(self, reader, caplog):
        reader.errors = [ZeroDivisionError()]
        reader.open.set()
        async with healing(reader) as healer:
            healer.request("ada", 7)
            await healer.settle()
            assert "user ada cannot be brought up to date" in caplog.text
            healer.request("ada", 8)
            await healer.settle()

        assert reader.fills == [("ada", 7), ("ada", 8)]

    async def test_what_counts_as_transient_is_given(self, reader):
        reader.errors = [KeyError()]
        reader.open.set()
        async with healing(reader, transient=(KeyError,)) as healer:
            healer.request("ada", 7)
            await healer.settle()

        assert len(reader.fills) == 2


async def test_stopping_ends_what_runs(reader):
    async with healing(reader) as healer:
        healer.request("ada", 1)
        await wait_until(lambda: reader.at_once)

    assert (reader.at_once, healer.running) == (0, 0)
