"""Verify and rebuild, against a service that runs and events that keep coming."""

import asyncio
import dataclasses
import sys

import asyncpg
import pytest

from stats_service.projection.replay import Pacing, Replay

QUICK = Pacing(group_users=3, pause_seconds=0.02)


@pytest.fixture
async def feeds(new_feed, change_log, applied, source):
    """Ten users whose changes are logged and projected."""
    feeds = [new_feed() for _ in range(10)]
    for feed in feeds:
        feed.live_for_a_while(source, 24)
        await applied(feed.changes)
    change_log.add(*feeds)
    return feeds


@pytest.fixture
async def new_replay(nats, stats_url):
    client = await nats.connect("stats")
    connections: list[asyncpg.Connection] = []

    async def make(pacing: Pacing = QUICK) -> Replay:
        connections.append(await asyncpg.connect(stats_url))
        return Replay(client, connections[-1], pacing=pacing)

    yield make
    for connection in connections:
        await connection.close()


DAMAGE = {
    "a counter": ("update progress set total = total + 1 where user_id = $1", "progress"),
    "a todo": ("update projected_todos set completed = not completed where user_id = $1", "projected_todos"),
    "a lost todo": ("delete from projected_todos where user_id = $1", "projected_todos"),
    "a day": ("update activity set completed = completed + 1 where user_id = $1", "activity"),
    "a lost day": ("delete from activity where user_id = $1", "activity"),
    "a label": ("update breakdown set total = total + 1 where user_id = $1", "breakdown"),
    "an invented label": ("insert into breakdown values ($1, 'tag', 'never used', 1, 0)", "breakdown"),
    "a hole": ("update progress set seen = '{[1,5),[6,25)}' where user_id = $1", "progress"),
    "a lost user": ("delete from progress where user_id = $1", "progress"),
}


@pytest.fixture
async def damaged(feeds, pool):
    """A damage of each kind, each to another user: who, and in which table."""
    for feed, (statement, _) in zip(feeds, DAMAGE.values(), strict=False):
        await pool.execute(statement, feed.user_id)
    return {(feed.user_id, table) for feed, (_, table) in zip(feeds, DAMAGE.values(), strict=False)}


class TestVerify:
    async def test_what_is_right_has_no_differences(self, feeds, new_replay) -> None:
        report = await (await new_replay()).verify()
        assert (report.users, report.changes, report.differences) == (10, 240, [])

    async def test_changes_of_unknown_types_count(self, feeds, new_replay) -> None:
        feeds[0].other("project.created.v1")
        report = await (await new_replay()).rebuild()
        assert (report.users, report.changes, report.unreadable) == (10, 241, [])
        assert [(one.user_id, one.table) for one in report.differences] == [(feeds[0].user_id, "progress")]
        assert (await (await new_replay()).verify()).differences == []

    async def test_each_difference_is_named(self, feeds, new_replay, damaged) -> None:
        report = await (await new_replay()).verify()
        assert {(found.user_id, found.table) for found in report.differences} == damaged
        first = report.differences[0]
        assert str(first).startswith(f"user {first.user_id}: {first.table}")

    async def test_a_user_without_logged_changes_is_a_difference(self, feeds, new_replay, change_log) -> None:
        ghost = change_log.feeds.pop(str(feeds[0].user_id))
        report = await (await new_replay()).verify()
        assert {found.user_id for found in report.differences} == {ghost.user_id}

    async def test_events_on_their_way_are_no_differences(self, feeds, new_replay, applied, source) -> None:
        for feed in feeds:
            feed.live_for_a_while(source, 5)
        checking = asyncio.create_task((await new_replay(dataclasses.replace(QUICK, tries=200))).verify())
        for feed in reversed(feeds):
            await applied(feed.changes[24:])
        assert (await checking).differences == []

    async def test_a_user_who_never_stops_writing_can_be_verified(self, feeds, new_replay, applied, source) -> None:
        done = asyncio.Event()

        async def write() -> None:
            while not done.is_set():
                for feed in feeds[:3]:
                    feed.live_for_a_while(source, 1)
                    await applied(feed.changes[-1:])

        writing = asyncio.create_task(write())
        report = await (await new_replay()).verify()
        done.set()
        await writing
        assert report.differences == []

    async def test_a_change_that_cannot_be_read_is_named(self, feeds, new_replay) -> None:
        change = feeds[0].changes[7]
        feeds[0].changes[7] = change | {"todo": change["todo"] | {"tags": None}}
        report = await (await new_replay()).verify()
        assert len(report.unreadable) == 1
        assert f"user {feeds[0].user_id}" in report.unreadable[0]


class TestRebuild:
    async def test_damage_is_mended(self, feeds, new_replay, damaged, plain_replay, projection_of) -> None:
        report = await (await new_replay()).rebuild()
        assert {(found.user_id, found.table) for found in report.differences} == damaged
        for feed in feeds:
            assert await projection_of(feed.user_id) == plain_replay(feed.changes)
        assert (await (await new_replay()).verify()).differences == []

    async def test_from_nothing(self, feeds, new_replay, pool, plain_replay, projection_of) -> None:
        for emptied in (
            "delete from progress",
            "delete from projected_todos",
            "delete from activity",
            "delete from breakdown",
        ):
            await pool.execute(emptied)
        await (await new_replay()).rebuild()
        for feed in feeds:
            assert await projection_of(feed.user_id) == plain_replay(feed.changes)

    async def test_a_user_without_logged_changes_is_removed(self, feeds, new_replay, change_log, pool) -> None:
        ghost = change_log.feeds.pop(str(feeds[0].user_id))
        await (await new_replay()).rebuild()
        assert not await pool.fetchval("select count(*) from progress where user_id = $1", ghost.user_id)
        assert (await (await new_replay()).verify()).differences == []

    async def test_readers_never_see_half_of_it_and_no_event_is_lost(
        self, feeds, new_replay, pool, applied, plain_replay, projection_of, source
    ) -> None:
        watched, busy = feeds[0], feeds[1]
        expected, done = plain_replay(watched.changes)["total"], asyncio.Event()
        query = """select total, (select coalesce(sum(total), 0) from breakdown b
            where b.user_id = p.user_id and kind = 'priority') from progress p where user_id = $1"""

        async def read() -> set[tuple[int, int]]:
            seen = set()
            while not done.is_set():
                seen.add(tuple(await pool.fetchrow(query, watched.user_id)))
            return seen

        async def write() -> None:
            while not done.is_set():
                busy.live_for_a_while(source, 1)
                await applied(busy.changes[-1:])

        reading, writing = asyncio.create_task(read()), asyncio.create_task(write())
        for _ in range(2):
            await (await new_replay()).rebuild()
        done.set()
        await writing
        assert await reading == {(expected, expected)}
        assert await projection_of(busy.user_id) == plain_replay(busy.changes)

    async def test_an_erased_user_stays_erased(self, feeds, new_replay, pool) -> None:
        gone = feeds[2].user_id
        await pool.execute("insert into erasures values (sha256(uuid_send($1)))", gone)
        await pool.execute("delete from progress where user_id = $1", gone)
        await (await new_replay()).rebuild()
        for table in ("progress", "projected_todos", "activity", "breakdown"):
            assert not await pool.fetchval(f"select count(*) from {table} where user_id = $1", gone)  # noqa: S608


class TestCommand:
    @pytest.fixture
    def command(self, nats, stats_url):
        settings = {
            "TODOBUS_DATABASE_URL": stats_url,
            "TODOBUS_NATS_URL": nats.url,
            "TODOBUS_NATS_USER": "stats",
            "TODOBUS_NATS_PASSWORD": nats.passwords["stats"],
            "TODOBUS_CONNECT_SECONDS": "2",
        }

        async def run(name: str) -> tuple[int, str, str]:
            child = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "stats_service", name),
                env=settings,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
            out, err = await asyncio.wait_for(child.communicate(), 30)
            return child.returncode, out.decode(), err.decode()

        return run

    async def test_the_exit_code_says_whether_all_is_right(self, feeds, command, pool) -> None:
        await pool.execute("update progress set total = total + 1 where user_id = $1", feeds[0].user_id)
        code, out, err = await command("verify")
        first, last = out.splitlines()
        assert (code, last) == (1, "1 differences in 10 users, 240 changes replayed")
        assert first.startswith(f"user {feeds[0].user_id}: progress is")
        assert "verified 100%" in err
        code, out, _ = await command("rebuild")
        assert (code, out.splitlines()[-1]) == (0, "10 users rebuilt from 240 changes, 1 differences mended")

    async def test_without_the_bus_one_line_says_so(self, command, nats, monkeypatch) -> None:
        nats.kill()
        code, out, err = await command("verify")
        assert (code, out) == (1, "")
        assert err.splitlines()[-1] == "stats: the bus or the todo service does not answer"
