import asyncio

import pytest

from service_testing.waiting import wait_until
from todobus_events import tasks
from todobus_events.tasks import Supervisor, Timing

QUICK = Timing(first_pause=0.001, longest_pause=0.002, recovery=0.2, failures=5, patience=60)


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


class Recorder(Supervisor):
    def __init__(self, timing=QUICK):
        super().__init__(timing)
        self.errors, self.hopeless = [], []

    def failed(self, name, error):
        self.errors.append((name, repr(error)))

    def give_up(self, task):
        self.hopeless.append(task.name)


class Work:
    """Fails `failures` times, with `error` or by ending; then runs until it is cancelled."""

    def __init__(self, failures=0, error=None):
        self.failures, self.error, self.runs = failures, error, 0

    async def __call__(self):
        self.runs += 1
        if self.runs > self.failures:
            await asyncio.Event().wait()
        if self.error:
            raise self.error


@pytest.fixture
async def supervisor():
    made = Recorder()
    yield made
    await tasks.stop(*made.tasks)


class TestSupervisor:
    @pytest.mark.parametrize(
        ("error", "reported"),
        [
            (ValueError("broken"), "ValueError('broken')"),
            (asyncio.CancelledError(), "CancelledError()"),
            (None, "RuntimeError('it has ended')"),
        ],
        ids=repr,
    )
    async def test_work_that_fails_or_ends_is_reported_and_run_again(self, supervisor, error, reported):
        work = Work(2, error)
        task = supervisor.start("reader", work)
        assert not task.is_down
        await wait_until(lambda: work.runs == 3)
        assert supervisor.errors == [("reader", reported)] * 2
        assert supervisor.down == [task]
        await wait_until(lambda: not task.is_down)
        assert supervisor.hopeless == []

    async def test_many_failures_in_a_row_are_hopeless(self, supervisor):
        work = Work(6, ValueError())
        supervisor.start("reader", work)
        await wait_until(lambda: work.runs == 7)
        assert supervisor.hopeless == ["reader"] * 2  # the fifth and the sixth

    async def test_failures_between_long_runs_are_no_row(self):
        supervisor, runs = Recorder(Timing(first_pause=0, recovery=0, failures=2)), []

        async def work():
            runs.append(1)
            if len(runs) > 5:
                await asyncio.Event().wait()

        supervisor.start("reader", work)
        await wait_until(lambda: len(runs) == 6)
        assert (len(supervisor.errors), supervisor.hopeless) == (5, [])
        await tasks.stop(*supervisor.tasks)

    async def test_a_long_row_of_failures_is_hopeless(self):
        supervisor = Recorder(Timing(first_pause=0.01, failures=1000, patience=0.05))
        supervisor.start("reader", Work(1000, ValueError()))
        await wait_until(lambda: supervisor.hopeless)
        await tasks.stop(*supervisor.tasks)

    async def test_to_stop_is_no_failure(self, supervisor):
        work = Work()
        task = supervisor.start("reader", work)
        await wait_until(lambda: work.runs)
        await task.stop()
        assert (supervisor.errors, supervisor.tasks, work.runs) == ([], [], 1)

    async def test_work_may_finish(self, supervisor):
        asked, finished = asyncio.Event(), []

        async def work():
            await asked.wait()
            finished.append(1)

        task = supervisor.start("reader", work)
        asked.set()
        await task.finish(5)
        assert (supervisor.errors, finished) == ([], [1])

    async def test_a_task_that_waits_for_its_next_run_stops_at_once(self):
        supervisor = Recorder(Timing(first_pause=3600))
        task = supervisor.start("reader", Work(1, ValueError()))
        await wait_until(lambda: supervisor.errors)
        await asyncio.wait_for(task.finish(60), 5)

    async def test_what_runs_once_is_reported_too(self, supervisor):
        await supervisor.start_once("summary", Work(1, ValueError("broken")))
        assert supervisor.errors == [("summary", "ValueError('broken')")]
