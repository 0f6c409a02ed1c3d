import asyncio
import uuid

import orjson

from service_testing.waiting import wait_until
from todobus_events import topology
from todobus_events.bus import Bus
from todos_service.housekeeping import empty_trash
from todos_service.repository import users
from todos_service.subscribers import create_user_events

TABLES_OF_USERS = """
select c.table_name from information_schema.columns c join pg_class on pg_class.relname = c.table_name
where c.column_name = 'user_id' and c.table_schema = 'public' and not relispartition and relkind in ('r', 'p')
"""


class TestEmptyTrash:
    async def test_purges_what_was_deleted_long_ago(self, ann, app):
        old, recent, kept = [await ann.create(title) for title in ("old", "recent", "kept")]
        for todo in (old, recent):
            await ann.delete(f"/api/todos/{todo['id']}")
        await app.state.pool.execute(
            "update todos set deleted_at = now() - interval '31 days' where user_id = $1 and id = $2",
            ann.user_id,
            old["id"],
        )
        await asyncio.gather(*(empty_trash(app.state.pool, 30) for _ in range(3)))
        last = (await ann.changes())[-1]
        assert (last["type"], last["todo"]["id"], last["sequence"]) == ("todo.purged.v1", old["id"], 6)
        assert [todo["id"] for todo in (await ann.get("/api/todos?status_filter=deleted")).json()] == [recent["id"]]
        assert [todo["id"] for todo in (await ann.get("/api/todos")).json()] == [kept["id"]]


class TestForgetKeys:
    async def test_forgets_old_ones_only(self, ann, app):
        for key in ("old", "new"):
            await ann.post("/api/todos", json={"title": "x"}, headers={"Idempotency-Key": key})
        await app.state.pool.execute(
            "update idempotency_keys set created_at = now() - interval '25 hours' where user_id = $1 and key = 'old'",
            ann.user_id,
        )
        await users.forget_keys(app.state.pool, 24)
        left = await app.state.pool.fetch("select key from idempotency_keys where user_id = $1", ann.user_id)
        assert [row["key"] for row in left] == ["new"]


async def rows_of(pool, user_id):
    counts = " + ".join(f"(select count(*) from {table} where user_id = $1)" for table in users.TABLES)  # noqa: S608
    return await pool.fetchval(f"select {counts}", user_id)


class TestErasure:
    async def test_knows_every_table_that_holds_rows_of_a_user(self, app):
        found = {row["table_name"] for row in await app.state.pool.fetch(TABLES_OF_USERS)}
        assert found == {table.name for table in users.TABLES}

    async def test_a_deleted_account_leaves_nothing(self, ann, ben, app, nats):
        for client in (ann, ben):
            await client.post("/api/todos", json={"title": "x"}, headers={"Idempotency-Key": "k"})
        operator = await nats.connect()
        stream = operator.jetstream()
        for client in (ann, ben):
            await stream.publish(topology.todo_event(client.user_id, "created"), b"{}")
        confirmed = []

        async def record(message):
            confirmed.append(message.subject)

        await operator.subscribe(f"{topology.ERASED}.>", cb=record)
        await operator.flush()

        bus = Bus(nats.url, user="todos", password=nats.passwords["todos"], name="test")
        consumer = create_user_events(bus, app.state.pool)
        await bus.start()
        await consumer.start()
        try:
            await stream.publish(topology.user_event(ann.user_id, "deleted"), deleted_event(ann.user_id))
            await wait_until(lambda: confirmed)
        finally:
            await consumer.stop()
            await bus.stop()
        assert confirmed == [f"{topology.ERASED}.{ann.user_id}.todos"]
        assert await rows_of(app.state.pool, ann.user_id) == 0
        assert await rows_of(app.state.pool, ben.user_id) > 0
        subjects = (await stream.stream_info(topology.TODOS, subjects_filter=">")).state.subjects
        assert list(subjects) == [topology.todo_event(ben.user_id, "created")]


def deleted_event(user_id):
    event = {
        "specversion": "1.0",
        "id": str(uuid.uuid4()),
        "source": "/services/auth",
        "type": "user.deleted.v1",
        "subject": user_id,
        "time": "2026-11-22T21:20:00.000000Z",
        "sequence": 2,
        "userid": user_id,
        "data": {"sequence": 2, "type": "user.deleted.v1", "user": {"id": user_id}, "occurred_at": "…"},
    }
    return orjson.dumps(event)
