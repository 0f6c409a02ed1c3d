import asyncio
import os
import sys

import pytest
from prometheus_client import REGISTRY

from local_cluster.launcher.engines.process import free_port
from service_common.health import Readiness
from service_common.supervision import Supervisor
from service_testing.waiting import wait_until
from todobus_events import tasks
from todobus_events.tasks import Timing

PROCESS = """
from service_common.http import server
from service_common.health import Readiness
from service_common.settings import ServiceSettings
from service_common.supervision import Supervisor
from todobus_events.tasks import Timing

async def broken():
    raise ValueError("this part cannot work")

supervisor = Supervisor(Timing(first_pause=0.01, failures=3))

async def app(scope, receive, send):
    await receive()
    supervisor.start("broken", broken)
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await tasks_stopped()
    await send({"type": "lifespan.shutdown.complete"})

async def tasks_stopped():
    for task in list(supervisor.tasks):
        await task.stop()

server.run("test", app, ServiceSettings(), Readiness(supervisor))
"""


async def usable() -> None:
    return None


class Broken:
    """Work that fails while `error` is set."""

    def __init__(self) -> None:
        self.error: Exception | None = ValueError("the reader broke: select secret from table")
        self.mended = asyncio.Event()

    async def __call__(self) -> None:
        if self.error:
            raise self.error
        await asyncio.Event().wait()


@pytest.fixture
async def supervisor():
    made = Supervisor(Timing(first_pause=0.01, longest_pause=0.02, recovery=0.1, failures=1000))
    yield made
    await tasks.stop(*made.tasks)


def metric(name: str, part: str) -> float | None:
    return REGISTRY.get_sample_value(name, {"part": part})


class TestReadiness:
    async def test_a_part_that_is_down_makes_the_process_unready_until_it_has_recovered(self, supervisor) -> None:
        readiness, work = Readiness(supervisor, database=usable), Broken()
        supervisor.start("reader", work)
        await wait_until(lambda: metric("part_failures_total", "reader"))
        ready, states = await readiness.state()
        assert not ready
        assert states["database"] == "ok"
        assert "failed" in states["reader"]
        assert "select" not in states["reader"]
        assert metric("part_down", "reader") == 1
        work.error = None

        async def is_ready() -> bool:
            return (await readiness.state()) == (True, {"database": "ok"})

        await wait_until(is_ready)
        assert metric("part_down", "reader") == 0

    async def test_one_that_the_process_works_without_is_reported_only(self, supervisor) -> None:
        readiness = Readiness(supervisor, database=usable)
        supervisor.start("tidying", Broken(), essential=False)
        await wait_until(lambda: metric("part_failures_total", "tidying"))
        ready, states = await readiness.state()
        assert ready
        assert "failed" in states["tidying"]


class TestGivingUp:
    async def test_a_process_that_cannot_go_on_is_ended_once(self) -> None:
        ended: list[int] = []
        supervisor = Supervisor(Timing(first_pause=0.001, longest_pause=0.001, failures=3), lambda: ended.append(1))
        supervisor.start("hopeless", Broken())
        supervisor.start("unimportant", Broken(), essential=False)
        await wait_until(lambda: (metric("part_failures_total", "hopeless") or 0) > 5)
        await wait_until(lambda: (metric("part_failures_total", "unimportant") or 0) > 5)
        assert ended == [1]
        assert supervisor.gave_up
        await tasks.stop(*supervisor.tasks)

    async def test_its_end_is_a_stop_with_an_exit_code(self) -> None:
        environment = {
            "TODOBUS_PORT": str(free_port()),
            "TODOBUS_ADMIN_PORT": str(free_port()),
            "TODOBUS_NATS_URL": "nats://127.0.0.1:1",
            "TODOBUS_NATS_USER": "x",
            "TODOBUS_NATS_PASSWORD": "x",
            "TODOBUS_JWKS_URL": "http://127.0.0.1:1",
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", PROCESS, env=os.environ | environment, stderr=asyncio.subprocess.PIPE
        )
        _, errors = await asyncio.wait_for(process.communicate(), 60)
        assert process.returncode == 1
        assert b"this part cannot work" in errors
        assert b"the process ends" in errors
