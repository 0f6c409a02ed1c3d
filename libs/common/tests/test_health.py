import asyncio

import httpx

from service_common.health import Readiness, admin_app


async def usable() -> None:
    return None


async def broken() -> None:
    raise ConnectionError("no route to the database")


async def silent() -> None:
    await asyncio.Event().wait()


def admin(readiness: Readiness) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(admin_app(readiness)), base_url="http://admin")


class TestReadiness:
    async def test_is_ready_when_every_part_is(self):
        async with admin(Readiness(database=usable, bus=usable)) as client:
            answer = await client.get("/readyz")
        assert answer.status_code == 200
        assert answer.json() == {"status": "ready", "parts": {"database": "ok", "bus": "ok"}}

    async def test_names_the_part_that_is_not(self):
        async with admin(Readiness(database=broken, bus=usable)) as client:
            answer = await client.get("/readyz")
        assert answer.status_code == 503
        assert answer.json()["parts"] == {"database": "no route to the database", "bus": "ok"}

    async def test_does_not_wait_for_ever(self):
        readiness = Readiness(bus=silent)
        readiness.check_seconds = 0.01
        assert await readiness.state() == (False, {"bus": "timed out"})

    async def test_is_over_when_the_process_drains(self):
        readiness = Readiness(database=usable)
        readiness.draining = True
        assert await readiness.state() == (False, {"process": "shutting down"})


class TestServable:
    async def test_without_what_all_instances_share(self):
        readiness = Readiness(tokens=usable, bus=broken)
        readiness.shared = frozenset({"bus"})
        async with admin(readiness) as client:
            assert (await client.get("/readyz")).status_code == 503
            answer = await client.get("/servable")
        assert answer.status_code == 200
        assert answer.json() == {"status": "servable", "parts": {"tokens": "ok"}}

    async def test_not_without_its_own(self):
        async with admin(Readiness(tokens=broken, bus=usable)) as client:
            answer = await client.get("/servable")
        assert answer.status_code == 503
        assert answer.json()["status"] == "not servable"

    async def test_not_while_it_drains(self):
        readiness = Readiness(tokens=usable)
        readiness.draining = True
        assert await readiness.servable() == (False, {"process": "shutting down"})


class TestAdminApp:
    async def test_liveness_asks_no_part(self):
        async with admin(Readiness(database=broken)) as client:
            assert (await client.get("/healthz")).status_code == 200

    async def test_metrics_are_prometheus_text(self):
        async with admin(Readiness()) as client:
            answer = await client.get("/metrics")
        assert answer.headers["content-type"].startswith("text/plain")
        assert "# TYPE python_info gauge" in answer.text

    async def test_anything_else_is_unknown(self):
        async with admin(Readiness()) as client:
            assert (await client.get("/")).status_code == 404
