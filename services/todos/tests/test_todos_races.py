"""Many clients at once: every write takes one number, none is lost, none is taken twice."""

import asyncio
import itertools

import asyncpg

ROUNDS = 8
WRITERS = 8


class TestRaces:
    async def test_32_creates_take_32_numbers(self, ann):
        todos = await asyncio.gather(*(ann.create(str(number)) for number in range(32)))
        assert sorted(todo["version"] for todo in todos) == list(range(1, 33))
        changes = await ann.changes()
        assert [change["sequence"] for change in changes] == list(range(1, 33))
        times = [change["occurred_at"] for change in changes]
        assert times == sorted(times)

    async def test_one_of_those_who_name_a_version_wins(self, ann):
        todo = await ann.create()
        path, version = f"/api/todos/{todo['id']}", 1
        for turn in range(ROUNDS):
            condition = {"If-Match": f'"{version}"'}
            answers = await asyncio.gather(
                *(ann.patch(path, json={"title": f"{turn}.{number}"}, headers=condition) for number in range(WRITERS))
            )
            won = [answer for answer in answers if answer.status_code == 200]
            lost = [answer for answer in answers if answer.status_code == 412]
            version += 1
            assert (len(won), len(lost)) == (1, WRITERS - 1)
            assert {answer.headers["etag"] for answer in answers} == {f'"{version}"'}
            won_title = won[0].json()["title"]
            assert (await ann.get(path)).json()["title"] == won_title

    async def test_those_who_name_none_all_write(self, ann):
        todo = await ann.create()
        path = f"/api/todos/{todo['id']}"
        answers = await asyncio.gather(*(ann.patch(path, json={"title": f"{number}"}) for number in range(20)))
        assert {answer.status_code for answer in answers} == {200}
        assert sorted(answer.json()["version"] for answer in answers) == list(range(2, 22))
        changes = await ann.changes()
        for before, after in itertools.pairwise(changes):
            assert after["previous"] == {"title": before["todo"]["title"]}

    async def test_completing_at_once_completes_once(self, ann):
        todo = await ann.create()
        path = f"/api/todos/{todo['id']}/complete"
        answers = await asyncio.gather(*(ann.post(path) for _ in range(10)))
        assert {answer.json()["version"] for answer in answers} == {2}
        assert len(await ann.changes()) == 2

    async def test_deleting_at_once_deletes_once(self, ann):
        todo = await ann.create()
        answers = await asyncio.gather(*(ann.delete(f"/api/todos/{todo['id']}") for _ in range(10)))
        assert sorted(answer.status_code for answer in answers) == [204] + [404] * 9
        assert len(await ann.changes()) == 2

    async def test_bulk_imports_and_single_writes_share_one_sequence(self, ann):
        create = {"op": "create", "todo": {"title": "bulk"}}
        todo = await ann.create()
        await asyncio.gather(
            *(ann.post("/api/todos/bulk", json={"operations": [create] * 5}) for _ in range(5)),
            *(
                ann.post("/api/import", json=[{"title": f"row {number} {batch}"} for number in range(7)])
                for batch in range(3)
            ),
            *(ann.patch(f"/api/todos/{todo['id']}", json={"title": f"{number}"}) for number in range(10)),
        )
        changes = await ann.changes()
        assert [change["sequence"] for change in changes] == list(range(1, 1 + 1 + 25 + 21 + 10))
        assert all(change["sequence"] == change["todo"]["version"] for change in changes)

    async def test_a_command_is_written_while_the_states_are_folded(self, ann, shared_database):
        project = (await ann.post("/api/projects", json={"name": "Home"})).json()
        await ann.create(project_id=project["id"])
        folding = await asyncpg.connect(shared_database)
        try:
            async with folding.transaction():
                held = "select from feeds where user_id = $1 for key share"
                assert await folding.fetchrow(held, ann.user_id) is not None
                assert (await ann.delete(f"/api/projects/{project['id']}")).status_code == 204
        finally:
            await folding.close()
