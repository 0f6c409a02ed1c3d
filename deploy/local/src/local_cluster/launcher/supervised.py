"""One process that is kept running: a small state machine around a child."""

import asyncio
import os
import signal
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from enum import StrEnum
from typing import TYPE_CHECKING

from local_cluster.launcher.engines.process import Program
from todobus_events import tasks

if TYPE_CHECKING:
    from asyncio.subprocess import Process


class State(StrEnum):
    PENDING = "pending"
    STARTING = "starting"
    READY = "ready"
    BACKING_OFF = "backing off"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FAILED = "failed"


NEXT = {
    State.PENDING: {State.STARTING, State.STOPPED},
    State.STARTING: {State.READY, State.BACKING_OFF, State.STOPPING, State.FAILED},
    State.READY: {State.BACKING_OFF, State.STOPPING},
    State.BACKING_OFF: {State.STARTING, State.STOPPED},
    State.STOPPING: {State.STOPPED},
    State.STOPPED: set[State](),
    State.FAILED: set[State](),
}

Ready = Callable[[], Awaitable[bool]]
PROBE_SECONDS = 0.03
FIRST_DELAY, LONGEST_DELAY = 0.2, 5.0
STEADY_SECONDS = 10  # ready for so long: the next back-off is the first delay again
TRIES = 3  # exits without having been ready, after which it is given up
LAST_LINES = 20


class Supervised:
    """Starts a program, waits until it is ready, restarts it with back-off when it exits, until `stop`.

    `report` is called at every change of state, `output` with every line the program prints.
    """

    def __init__(
        self,
        name: str,
        program: Program,
        ready: Ready,
        *,
        port: int,
        output: Callable[[str, bytes], None],
        report: Callable[["Supervised"], None],
    ) -> None:
        self.name = name
        self.port = port
        self.state = State.PENDING
        self.pid: int | None = None
        self.restarts = 0
        self.exit_code: int | None = None
        self.last_lines: deque[bytes] = deque(maxlen=LAST_LINES)
        self.settled = asyncio.Event()  # ready or failed for the first time
        self._program = program
        self._ready = ready
        self._output = output
        self._report = report
        self._stopping = asyncio.Event()
        self._child: Process | None = None
        self._task: asyncio.Task[None] | None = None
        self._quick_exits = 0
        self._ready_since: float | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name=self.name)

    async def stop(self, grace: float) -> None:
        """Send it the stop signal and, after `grace` seconds, SIGKILL."""
        self._stopping.set()
        if self._child and self.state in (State.STARTING, State.READY):
            self._enter(State.STOPPING)
            self._signal(self._program.stop_signal)
        if self._task:
            done, _ = await asyncio.wait([self._task], timeout=grace)
            if not done:
                self._signal(signal.SIGKILL)
            await self._task

    def kill(self) -> None:
        self._signal(signal.SIGKILL)

    async def _run(self) -> None:
        while not self._stopping.is_set():
            await self._run_child()
            if self._stopping.is_set() or self._gave_up():
                break
            await self._back_off()
        if self.state is not State.FAILED:
            self._enter(State.STOPPED)

    async def _run_child(self) -> None:
        """Start one child and wait for its exit."""
        self.last_lines.clear()
        self._ready_since = None
        child = self._child = await self._program.start_piped()
        self.pid = child.pid
        self._enter(State.STARTING)
        helpers = [asyncio.create_task(self._read(child.stdout)), asyncio.create_task(self._watch())]
        self.exit_code = await child.wait()
        await asyncio.wait(helpers[:1], timeout=1)  # grandchildren may hold the pipe open
        for helper in helpers:
            helper.cancel()
        self.pid = None

    async def _read(self, stream: asyncio.StreamReader | None) -> None:
        while stream and not stream.at_eof():
            with suppress(ValueError):  # a line longer than the buffer: the rest of it follows
                line = await stream.readline()
                if line:
                    self.last_lines.append(line)
                    self._output(self.name, line)

    async def _watch(self) -> None:
        while not await self._ready():  # noqa: ASYNC110 - what is awaited lives in another process
            await asyncio.sleep(PROBE_SECONDS)
        if self.state is State.STARTING:
            self._ready_since = time.monotonic()
            self._enter(State.READY)
            self.settled.set()

    def _gave_up(self) -> bool:
        steady = self._ready_since is not None and time.monotonic() - self._ready_since > STEADY_SECONDS
        self._quick_exits = 1 if steady else self._quick_exits + 1
        if self.settled.is_set() or self._quick_exits < TRIES:
            return False
        self._enter(State.FAILED)
        self.settled.set()
        return True

    async def _back_off(self) -> None:
        self._enter(State.BACKING_OFF)
        delay = min(FIRST_DELAY * 2 ** (self._quick_exits - 1), LONGEST_DELAY)
        await tasks.wait_until_set(self._stopping, delay)
        self.restarts += 1

    def _enter(self, state: State) -> None:
        if state not in NEXT[self.state]:
            raise RuntimeError(f"{self.name} cannot go from {self.state} to {state}")
        self.state = state
        self._report(self)

    def _signal(self, number: int) -> None:
        if self._child and self._child.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self._child.pid, number)
