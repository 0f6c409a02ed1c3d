import asyncio

from todobus_events import tasks


class TestWaitUntilSet:
    async def test_an_event_ends_it_and_stays_set(self):
        event = asyncio.Event()
        asyncio.get_running_loop().call_soon(event.set)

        assert await tasks.wait_until_set(event, 60)
        assert await tasks.wait_until_set(event, 0)

    async def test_without_one_it_ends_at_its_time(self):
        assert not await tasks.wait_until_set(asyncio.Event(), 0.01)
        assert not await tasks.wait_until_set(asyncio.Event(), -1)


class TestEnd:
    async def test_a_task_that_loses_a_cancellation_ends_all_the_same(self):
        started, lost = asyncio.Event(), []

        async def stubborn():
            while True:
                started.set()
                try:
                    await asyncio.Event().wait()
                except asyncio.CancelledError:
                    if lost:
                        raise
                    lost.append(True)

        task = asyncio.create_task(stubborn())
        await started.wait()
        await tasks.end(task, None, again_seconds=0.01)

        assert task.cancelled()
        assert lost == [True]

    async def test_what_a_task_raised_is_not_raised_again(self):
        async def failing():
            raise ValueError

        task = asyncio.create_task(failing())
        await asyncio.wait([task])
        await tasks.end(task)

        assert isinstance(task.exception(), ValueError)
