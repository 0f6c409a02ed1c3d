import os
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from local_cluster.launcher.engines.process import Program
from local_cluster.launcher.supervised import NEXT, State, Supervised
from service_testing.waiting import wait_until

LASTING = ("/bin/sh", "-c", "echo started; exec tail -f /dev/null")
STUBBORN = ("/bin/sh", "-c", "trap '' TERM; echo started; exec tail -f /dev/null")
BROKEN = ("/bin/sh", "-c", "echo no such thing; exit 3")


class Watched:
    """A supervised program, with what it printed and the states it went through."""

    def __init__(self, argv: tuple[str, ...], ready: Callable[[], bool] = lambda: True) -> None:
        async def is_ready() -> bool:
            return ready()

        self.states: list[State] = []
        self.lines: list[bytes] = []
        self.process = Supervised(
            "program",
            Program(argv, os.environ),
            is_ready,
            port=1,
            output=lambda _, line: self.lines.append(line),
            report=lambda process: self.states.append(process.state),
        )


@pytest.fixture
async def watch() -> AsyncIterator[Callable[..., Watched]]:
    made: list[Watched] = []

    def start(*arguments: object) -> Watched:
        watched = Watched(*arguments)  # type: ignore[arg-type]
        made.append(watched)
        watched.process.start()
        return watched

    yield start
    for watched in made:
        await watched.process.stop(grace=1)


async def test_a_program_becomes_ready_and_is_stopped(watch: Callable[..., Watched]) -> None:
    watched = watch(LASTING)
    await wait_until(lambda: watched.lines == [b"started\n"])
    await watched.process.settled.wait()
    await watched.process.stop(grace=5)
    assert watched.states == [State.STARTING, State.READY, State.STOPPING, State.STOPPED]
    assert watched.process.exit_code == -signal.SIGTERM


async def test_it_is_not_ready_before_it_says_so(watch: Callable[..., Watched], tmp_path: Path) -> None:
    watched = watch(LASTING, (tmp_path / "ready").exists)
    await wait_until(lambda: watched.lines)
    assert watched.states == [State.STARTING]
    (tmp_path / "ready").touch()
    await wait_until(lambda: watched.process.state is State.READY)


async def test_a_killed_program_is_started_again(watch: Callable[..., Watched]) -> None:
    watched = watch(LASTING)
    await watched.process.settled.wait()
    first = watched.process.pid
    assert first
    os.kill(first, signal.SIGKILL)
    await wait_until(lambda: watched.process.state is State.READY and watched.process.pid != first)
    assert watched.process.restarts == 1
    assert watched.states == [State.STARTING, State.READY, State.BACKING_OFF, State.STARTING, State.READY]


async def test_a_program_that_never_gets_ready_is_given_up_with_its_last_lines(watch: Callable[..., Watched]) -> None:
    watched = watch(BROKEN, lambda: False)
    await watched.process.settled.wait()
    assert watched.process.state is State.FAILED
    assert watched.process.exit_code == 3
    assert list(watched.process.last_lines) == [b"no such thing\n"]
    assert watched.process.restarts == 2


async def test_who_does_not_listen_is_killed_after_the_grace(watch: Callable[..., Watched]) -> None:
    watched = watch(STUBBORN)
    await wait_until(lambda: watched.lines)
    await watched.process.stop(grace=0.1)
    assert watched.process.exit_code == -signal.SIGKILL
    assert watched.process.state is State.STOPPED


async def test_one_that_was_never_started_stops_at_once(tmp_path: Path) -> None:
    watched = Watched(LASTING)
    await watched.process.stop(grace=5)
    assert watched.lines == []


async def test_stopping_while_it_backs_off_does_not_wait_for_the_delay(watch: Callable[..., Watched]) -> None:
    watched = watch(BROKEN, lambda: False)
    await wait_until(lambda: watched.process.state is State.BACKING_OFF)
    await watched.process.stop(grace=0)
    assert watched.states[-1] is State.STOPPED


def test_every_state_but_the_last_ones_leads_somewhere() -> None:
    assert {state for state, following in NEXT.items() if not following} == {State.STOPPED, State.FAILED}
    assert set(NEXT) == set(State)
