"""Random commands of two log-ins and an API token, undone and redone in random order."""

import asyncio
import os
import random
import uuid
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service_testing.tokens import TokenIssuer
from todos_service.app import create_app

from .conftest import Client
from .conftest import settings as service_settings

EXAMPLES = int(os.environ.get("TODOBUS_FUZZ_EXAMPLES", "25"))
STEPS = 12
VOLATILE = {"version", "updated_at", "deleted_at"}


@dataclass
class Person:
    """The clients of one user, what was made, and what can be undone."""

    clients: list[Client]
    draw: random.Random
    ids: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    states: dict[int, dict[str, Any]] = field(default_factory=dict)  # by number of the sequence

    async def todos(self, **params: Any) -> dict[str, Any]:
        """Every todo by id, those in the trash as well."""
        found = {}
        for status in ("all", "deleted"):
            answer = await self.clients[0].get("/api/todos", params={"status_filter": status, "limit": 500, **params})
            found |= {todo["id"]: todo for todo in answer.json()}
        if not params:
            self.states[int(answer.headers["todo-sequence"])] = found
        return found

    async def state(self) -> dict[str, Any]:
        """Every todo by id; of the trash only whether a todo is there."""
        return {
            todo_id: {name: value for name, value in todo.items() if name not in VOLATILE}
            | {"deleted": todo["deleted_at"] is not None}
            for todo_id, todo in (await self.todos()).items()
        }

    async def act(self) -> None:
        draw, client = self.draw, self.draw.choice(self.clients)
        title = {"title": draw.choice("abc"), "priority": draw.choice(["none", "high"])}
        new = {"id": str(uuid.UUID(int=draw.getrandbits(128))), **title}
        if self.ids and draw.random() < 0.3:
            new["parent_id"] = draw.choice(self.ids)
        path, other = (f"/api/todos/{draw.choice(self.ids)}" if self.ids else ""), draw.choice(self.ids or [""])
        due = {"due_date": draw.choice([None, "2030-01-01"]), "start_date": draw.choice([None, "2029-12-31"])}
        acts = [("POST", "/api/todos", {"json": new})]
        if self.ids:
            acts += [
                ("PATCH", path, {"json": {**title, "tags": [draw.choice("xyz")]}}),
                ("PATCH", path, {"json": due}),
                ("POST", f"{path}/complete", {}),
                ("POST", f"{path}/reopen", {}),
                ("DELETE", path, {}),
                ("POST", f"{path}/restore", {}),
                ("DELETE", path, {"params": {"permanent": "true"}}),
                ("POST", f"{path}/move", {"json": {"parent_id": draw.choice([None, other])}}),
                (
                    "POST",
                    "/api/todos/bulk",
                    {"json": {"operations": [{"op": "complete", "id": one} for one in self.ids]}},
                ),
            ]
        method, url, options = draw.choice(acts)
        answer = await client.request(method, url, **options)
        assert answer.status_code < 500, answer.text
        if answer.is_success:
            self.commands.append(answer.headers["command-id"])
            self.ids += [new["id"]] if url == "/api/todos" else []

    async def undo(self) -> None:
        """Undo any command; where that changes anything, undoing it again is the state of before."""
        before = await self.state()
        chosen = self.draw.choice(self.commands)
        answer = await self.clients[0].post(f"/api/commands/{chosen}/undo", params={"force": True})
        if answer.status_code == 404:  # it changed nothing
            return
        assert answer.status_code == 200, answer.text
        if not answer.json()["changes"]:
            assert await self.state() == before
            return
        after = await self.state()
        undone = answer.json()["command_id"]
        redone = await self.clients[1].post(f"/api/commands/{undone}/undo")
        assert redone.status_code == 200, redone.text
        assert await self.state() == before
        again = await self.clients[0].post(f"/api/commands/{redone.json()['command_id']}/undo")
        assert again.status_code == 200, again.text
        assert await self.state() == after
        self.commands.append(again.json()["command_id"])

    async def check(self) -> None:
        """The log is without gaps, its fold is the state now and then, and each listed command is a row of it."""
        changes = await self.clients[0].changes()
        assert [change["sequence"] for change in changes] == list(range(1, len(changes) + 1))
        assert await self.todos() == fold(changes)
        for number, todos in self.states.items():
            assert fold(changes[:number]) == todos
        for number in self.draw.sample(sorted(self.states), min(3, len(self.states))):
            assert await self.todos(as_of=number) == self.states[number]
        listed = (await self.clients[0].get("/api/commands", params={"limit": 500})).json()
        made = [change["command_id"] for change in changes]
        for command in listed:
            first, end = command["sequences"]
            assert set(made[first - 1 : end]) == {command["id"]}
        assert sum(end - first + 1 for first, end in (command["sequences"] for command in listed)) == len(changes)


def fold(changes: list[dict[str, Any]]) -> dict[str, Any]:
    """The model: what the changes say of each todo, the last of them."""
    last = {change["todo"]["id"]: change for change in changes}
    return {key: change["todo"] for key, change in last.items() if change["type"] != "todo.purged.v1"}


async def play(app: Any, issuer: TokenIssuer, seed: int) -> None:
    user_id = str(uuid.uuid4())
    clients = [
        Client(app, issuer, user_id, sid=str(uuid.uuid4()), **claims) for claims in ({}, {}, {"token_name": "x"})
    ]
    person = Person(clients, random.Random(seed))
    for _ in range(STEPS):
        await person.act()
        if person.commands and person.draw.random() < 0.35:
            await person.undo()
    await person.check()


def test_undoing_and_redoing_is_the_state_of_before(shared_database: str) -> None:
    with asyncio.Runner() as runner:
        app = create_app(service_settings(shared_database))
        issuer = TokenIssuer()
        app.state.verifier = issuer.verifier()
        lifespan = app.router.lifespan_context(app)
        runner.run(lifespan.__aenter__())

        @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(st.integers(0, 2**32))
        def example(seed: int) -> None:
            runner.run(play(app, issuer, seed))

        try:
            example()
        finally:
            runner.run(lifespan.__aexit__(None, None, None))
