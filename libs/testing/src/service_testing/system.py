"""The whole system, started with `todobus up` as a person would start it, and people who use it."""

import asyncio
import fcntl
import json
import os
import secrets
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from local_cluster.launcher.engines.process import Program, free_port
from service_testing.clients import http_client
from service_testing.waiting import wait_until

TODOBUS = str(Path(sys.executable).with_name("todobus"))
START_DEADLINE = 180.0  # a start takes 5 s of a quiet machine with two cores
RESTART_DEADLINE = 60.0
PASSWORD = "correct horse battery staple"  # noqa: S105 - of people who exist for a test


class System:
    """A cluster on a data folder; `start` and `stop` it as often as a test wants."""

    def __init__(
        self, data_dir: Path, *options: str, environment: Mapping[str, str] | None = None, todobus: str = TODOBUS
    ) -> None:
        self.todobus = todobus
        self.data_dir = data_dir
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.options = options
        self.environment = os.environ | (environment or {})
        self.launcher: subprocess.Popen[bytes] | None = None

    async def start(self, deadline: float = START_DEADLINE) -> None:
        """Start it when no other one is starting, and wait at most `deadline` seconds until it says that it is ready.

        The workers of a run begin with a system each: all at once, each start would take as long as all of them. A
        start that may take longer than usual keeps nobody waiting.
        """
        turn = os.open(__file__, os.O_RDONLY)
        try:
            if deadline <= START_DEADLINE:
                await asyncio.to_thread(fcntl.flock, turn, fcntl.LOCK_EX)
            await self._start(deadline)
        finally:
            os.close(turn)

    async def _start(self, deadline: float) -> None:
        argv = (self.todobus, "up", "--port", str(self.port), "--data-dir", str(self.data_dir), *self.options)
        if "--scale" not in self.options:
            argv += ("--scale", "todos=1")  # however many cores this machine has
        self.data_dir.parent.mkdir(parents=True, exist_ok=True)
        seen = len(self.output())
        with self._output_file.open("ab") as output:
            self.launcher = Program(argv, self.environment, own_session=True).start(output.fileno())
        launcher = self.launcher

        def ready() -> bool:
            return "is ready at" in self.output()[seen:]

        with suppress(AssertionError):
            await wait_until(lambda: ready() or launcher.poll() is not None, deadline)
        assert ready(), f"not ready after {deadline} s: {self.output()[seen:]}"  # noqa: S101

    def stop(self, sig: int = signal.SIGINT) -> int:
        """Signal the launcher and wait for its end; the exit code."""
        if self.launcher is None:
            return 0
        launcher, self.launcher = self.launcher, None
        launcher.send_signal(sig)
        return launcher.wait(20)

    def output(self) -> str:
        """Everything the launcher has printed so far."""
        return self._output_file.read_text() if self._output_file.exists() else ""

    def command(self, *arguments: str, seconds: float = 60) -> subprocess.CompletedProcess[str]:
        """Run an operator's command on this system, for `seconds` at most."""
        argv = (self.todobus, *arguments, "--data-dir", str(self.data_dir))
        return subprocess.run(argv, capture_output=True, text=True, check=False, timeout=seconds)  # noqa: S603

    def processes(self) -> dict[str, dict[str, Any]]:
        """What the state file says of each process."""
        state = json.loads((self.data_dir / "state.json").read_text())
        return {process["name"]: process for process in state["processes"]}

    def kill(self, name: str, sig: int = signal.SIGKILL) -> int:
        """Signal a process; its pid."""
        pid = int(self.processes()[name]["pid"])
        os.kill(pid, sig)
        return pid

    @contextmanager
    def frozen(self, name: str) -> Iterator[None]:
        """Stop a process, which keeps its connections, and let it go on at the end."""
        pid = self.kill(name, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    async def back(self, name: str, *, instead_of: int) -> None:
        """Wait until a killed process has a successor that is ready."""

        def ready() -> bool:
            process = self.processes()[name]
            return process["state"] == "ready" and process["pid"] not in (None, instead_of)

        await wait_until(ready, RESTART_DEADLINE)

    @property
    def _output_file(self) -> Path:
        return self.data_dir.with_name(self.data_dir.name + ".output")


class RunningSystem:
    """A system that is not the tests' own: `url` is all there is, a test that wants more of it is skipped."""

    launcher = "somebody else"

    def __init__(self, url: str) -> None:
        self.url = url

    def __getattr__(self, name: str) -> Any:
        pytest.skip(f"needs a system of its own: {name}")


def running_system() -> RunningSystem | None:
    """The one that TODOBUS_TEST_URL names, such as a cluster's."""
    url = os.environ.get("TODOBUS_TEST_URL")
    return RunningSystem(url) if url else None


@dataclass
class Person:
    """A client with an account, logged in."""

    id: str
    email: str
    http: httpx.AsyncClient

    async def log_in(self) -> None:
        """Take a new token: one lives for five minutes."""
        answer = await self.http.post("/api/auth/login", json={"email": self.email, "password": PASSWORD})
        assert answer.status_code == httpx.codes.OK, answer.text  # noqa: S101
        self.http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    async def create(self, title: str, **fields: Any) -> dict[str, Any]:
        answer = await self.http.post("/api/todos", json={"title": title, **fields})
        assert answer.status_code == httpx.codes.CREATED, answer.text  # noqa: S101
        todo: dict[str, Any] = answer.json()
        return todo

    async def todos(self) -> list[dict[str, Any]]:
        """All of them, page by page."""
        found: list[dict[str, Any]] = []
        url: str | None = "/api/todos?limit=500"
        while url:
            answer = await self.http.get(url)
            assert answer.status_code == httpx.codes.OK, answer.text  # noqa: S101
            found += answer.json()
            url = answer.links.get("next", {}).get("url")
        return found

    async def changes(self) -> list[dict[str, Any]]:
        """All changes since the beginning."""
        found: list[dict[str, Any]] = []
        while True:
            answer = await self.http.get("/api/changes", params={"since": len(found), "limit": 500})
            assert answer.status_code == httpx.codes.OK, answer.text  # noqa: S101
            found += answer.json()["changes"]
            if not answer.json()["has_more"]:
                return found

    async def stats(self, **parameters: Any) -> dict[str, Any]:
        answer = await self.http.get("/api/stats", params=parameters)
        assert answer.status_code == httpx.codes.OK, answer.text  # noqa: S101
        summary: dict[str, Any] = answer.json()
        return summary


@asynccontextmanager
async def person(url: str, **options: Any) -> AsyncIterator[Person]:
    """A new account of its own, logged in; `options` are those of the HTTP client."""
    async with http_client(base_url=url, timeout=35, **options) as http:
        email = f"{secrets.token_hex(6)}@example.com"
        answer = await http.post("/api/auth/register", json={"email": email, "password": PASSWORD})
        assert answer.status_code == httpx.codes.CREATED, answer.text  # noqa: S101
        made = Person(answer.json()["id"], email, http)
        await made.log_in()
        yield made


def unknown_id() -> str:
    """A fresh UUIDv7."""
    stamp = time.time_ns() // 1_000_000
    return str(uuid.UUID(int=(stamp << 80) | (7 << 76) | (2 << 62) | secrets.randbits(62)))
