import asyncio


class TestIdempotencyKey:
    async def test_gives_the_same_answer_again(self, ann):
        key = {"Idempotency-Key": "one"}
        first = await ann.post("/api/todos", json={"title": "once"}, headers=key)
        again = await ann.post("/api/todos", json={"title": "once"}, headers=key)
        assert (first.status_code, again.status_code) == (201, 201)
        assert first.content == again.content
        for name in ("etag", "location", "todo-sequence", "command-id"):
            assert first.headers[name] == again.headers[name]
        assert "idempotency-replayed" not in first.headers
        assert again.headers["idempotency-replayed"] == "true"
        assert len(await ann.changes()) == 1

    async def test_belongs_to_one_request_of_one_user(self, ann, ben):
        key = {"Idempotency-Key": "one"}
        await ann.post("/api/todos", json={"title": "once"}, headers=key)
        other_body = await ann.post("/api/todos", json={"title": "twice"}, headers=key)
        assert (other_body.status_code, other_body.json()["code"]) == (422, "idempotency_key_reused")
        other_path = await ann.post(
            "/api/todos/bulk", json={"operations": [{"op": "create", "todo": {"title": "x"}}]}, headers=key
        )
        assert other_path.status_code == 422
        assert (await ben.post("/api/todos", json={"title": "mine"}, headers=key)).json()["title"] == "mine"

    async def test_is_free_again_after_a_failure(self, ann):
        key = {"Idempotency-Key": "one"}
        failed = await ann.post("/api/todos", json={"title": "x", "due_time": "10:00"}, headers=key)
        assert failed.status_code == 422
        assert (await ann.post("/api/todos", json={"title": "x"}, headers=key)).status_code == 201

    async def test_expires(self, ann, app):
        key = {"Idempotency-Key": "one"}
        await ann.post("/api/todos", json={"title": "first"}, headers=key)
        await app.state.pool.execute("update idempotency_keys set created_at = now() - interval '25 hours'")
        assert (await ann.post("/api/todos", json={"title": "second"}, headers=key)).json()["title"] == "second"

    async def test_twenty_at_once_are_one(self, ann):
        key = {"Idempotency-Key": "burst"}
        posts = [ann.post("/api/todos", json={"title": "once"}, headers=key) for _ in range(20)]
        answers = await asyncio.gather(*posts)
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.content for answer in answers}) == 1
        assert len(await ann.changes()) == 1

    async def test_answers_409_while_the_first_runs(self, ann, app):
        async with app.state.pool.acquire() as db, db.transaction():
            await db.execute(
                "insert into idempotency_keys (user_id, key, fingerprint) values ($1, 'one', '')", ann.user_id
            )
            answer = await ann.post("/api/todos", json={"title": "x"}, headers={"Idempotency-Key": "one"})
        assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_in_use")
        assert answer.headers["retry-after"] == "1"

    async def test_covers_bulk(self, ann):
        key = {"Idempotency-Key": "bulk"}
        body = {"operations": [{"op": "create", "todo": {"title": "x"}}] * 3}
        first = await ann.post("/api/todos/bulk", json=body, headers=key)
        again = await ann.post("/api/todos/bulk", json=body, headers=key)
        assert first.content == again.content
        assert len(await ann.changes()) == 3

    async def test_must_be_visible_ascii(self, ann):
        for key in (" ", "x" * 256, "ä"):
            answer = await ann.post("/api/todos", json={"title": "x"}, headers=[("Idempotency-Key", key.encode())])
            assert answer.status_code == 422, key
