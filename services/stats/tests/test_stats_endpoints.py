"""The HTTP API over the running service."""

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from service_testing.waiting import wait_until
from stats_service.domain import fact


@pytest.fixture
def headers(issuer, feed):
    return issuer.headers(feed.user_id)


SPANS = {
    "from=2025-01-01&to=2026-02-04": 200,
    "from=2025-01-01&to=2026-02-05": 422,
    "from=2026-01-02&to=2026-01-01": 422,
    "from=yesterday": 422,
    "from=0001-01-01&to=0001-01-02": 422,
    "to=0001-01-02": 422,
    "from=9999-12-30&to=9999-12-31": 422,
}


class TestSummary:
    async def test_it_has_every_field_of_the_contract(self, client, headers, feed, applied) -> None:
        feed.complete(feed.create(tags=["home"], priority="high"))
        await applied(feed.changes)
        answer = await client.get("/api/stats", headers=headers)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        found = answer.json()
        assert datetime.fromisoformat(found.pop("as_of")).tzinfo == UTC
        zero = {"total": 0, "completed": 0}
        assert found == {
            "user_id": str(feed.user_id),
            "total": 1,
            "completed": 1,
            "active": 0,
            "overdue": 0,
            "completion_rate": 1.0,
            "created_today": 0,
            "completed_today": 0,
            "completed_this_week": 0,
            "streak": {"current": 0, "longest": 1, "last_active_date": "2026-03-01"},
            "goal": {"daily": 5, "done": 0},
            "by_priority": {
                "none": zero,
                "low": zero,
                "medium": zero,
                "high": {"total": 1, "completed": 1},
                "urgent": zero,
            },
            "by_tag": [{"tag": "home", "total": 1, "completed": 1}],
            "other_tags": {"count": 0, "total": 0, "completed": 0},
            "by_project": [{"project_id": None, "total": 1, "completed": 1}],
            "time_zone": "UTC",
            "as_of_sequence": 2,
            "stale": False,
        }

    async def test_another_users_figures_are_not_seen(self, client, issuer, feed, applied) -> None:
        feed.create()
        await applied(feed.changes)
        answer = await client.get("/api/stats", headers=issuer.headers(uuid4()))
        assert (answer.json()["total"], answer.json()["as_of_sequence"]) == (0, 0)

    async def test_the_zone_is_the_one_asked_for_else_that_of_the_token(self, client, issuer, feed) -> None:
        headers = issuer.headers(feed.user_id, zoneinfo="Asia/Tokyo")
        assert (await client.get("/api/stats", headers=headers)).json()["time_zone"] == "Asia/Tokyo"
        answer = await client.get("/api/stats", headers=headers, params={"time_zone": "Europe/Helsinki"})
        assert answer.json()["time_zone"] == "Europe/Helsinki"

    async def test_a_wrong_parameter_is_named(self, client, headers) -> None:
        for wrong in ("time_zone=Mars/Olympus", "time_zone=../etc/passwd", "min_sequence=-1", "min_sequence=x"):
            answer = await client.get(f"/api/stats?{wrong}", headers=headers)
            assert answer.status_code == 422, wrong
            assert answer.json()["errors"][0]["pointer"] == f"?{wrong.partition('=')[0]}"
        too_much = await client.get(f"/api/stats?min_sequence={2**63}", headers=headers)
        assert too_much.status_code == 422

    async def test_without_a_token_there_is_nothing(self, client) -> None:
        assert (await client.get("/api/stats")).status_code == 401
        assert (await client.get("/api/stats/daily")).status_code == 401


class TestMinSequence:
    async def test_it_waits_until_the_change_is_applied(self, app, client, headers, feed) -> None:
        feed.create()
        asking = asyncio.create_task(client.get("/api/stats?min_sequence=1", headers=headers))
        projector = app.state.projector
        await wait_until(lambda: projector.positions.waiting)
        await projector.apply([fact(change) for change in feed.changes])
        found = (await asking).json()
        assert (found["as_of_sequence"], found["total"], found["stale"]) == (1, 1, False)

    async def test_it_hears_of_what_another_instance_applied(self, client, app, headers, feed, applied, nats) -> None:
        feed.create()
        asking = asyncio.create_task(client.get("/api/stats?min_sequence=1", headers=headers))
        await wait_until(lambda: app.state.projector.positions.waiting)
        await applied(feed.changes)
        started = asyncio.get_running_loop().time()
        other = await nats.connect("stats")
        await other.publish(f"stats.updated.v1.{feed.user_id}", b'{"as_of_sequence":1}')
        found = (await asking).json()
        assert (found["as_of_sequence"], found["stale"]) == (1, False)
        assert asyncio.get_running_loop().time() - started < 1.8  # the wait would have ended after 2 s

    async def test_it_says_stale_when_it_could_not_be_reached(self, client, headers, feed, applied) -> None:
        feed.create()
        await applied(feed.changes)
        started = asyncio.get_running_loop().time()
        found = (await client.get("/api/stats?min_sequence=2", headers=headers)).json()
        assert (found["as_of_sequence"], found["stale"]) == (1, True)
        assert 1.9 < asyncio.get_running_loop().time() - started < 10

    async def test_what_is_there_already_is_answered_at_once(self, client, headers, feed, applied, app) -> None:
        feed.create()
        await applied(feed.changes)
        found = (await client.get("/api/stats?min_sequence=1", headers=headers)).json()
        assert found["stale"] is False
        assert not app.state.projector.positions.waiting


class TestStale:
    async def test_a_gap_makes_the_answer_stale(self, client, headers, feed, applied) -> None:
        feed.complete(feed.create())
        await applied(feed.changes[1:])
        found = (await client.get("/api/stats", headers=headers)).json()
        assert (found["as_of_sequence"], found["stale"]) == (0, True)

    async def test_without_the_bus_figures_are_still_given(self, client, headers, feed, applied, app, nats) -> None:
        feed.create()
        await applied(feed.changes)
        nats.kill()
        await wait_until(lambda: not app.state.projector.bus.connected)
        found = (await client.get("/api/stats", headers=headers)).json()
        assert (found["total"], found["stale"]) == (1, True)
        ready, parts = await app.state.readiness.state()
        assert (ready, parts["database"], parts["bus"]) == (True, "ok", "not connected to NATS")


class TestDaily:
    async def test_a_span_is_given_whole(self, client, headers, feed, applied) -> None:
        feed.create()
        await applied(feed.changes)
        answer = await client.get("/api/stats/daily?from=2026-02-28&to=2026-03-02", headers=headers)
        assert answer.json() == [
            {"date": "2026-02-28", "created": 0, "completed": 0, "active_at_end": 0},
            {"date": "2026-03-01", "created": 1, "completed": 0, "active_at_end": 1},
            {"date": "2026-03-02", "created": 0, "completed": 0, "active_at_end": 1},
        ]

    async def test_thirty_days_by_default(self, client, headers) -> None:
        days = (await client.get("/api/stats/daily", headers=headers)).json()
        assert len(days) == 30
        assert days[-1]["date"] == datetime.now(UTC).date().isoformat()

    async def test_a_span_has_at_most_400_days(self, client, headers) -> None:
        for span, status in SPANS.items():
            answer = await client.get(f"/api/stats/daily?{span}", headers=headers)
            assert answer.status_code == status, span
