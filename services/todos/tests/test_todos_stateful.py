"""Random operations of several clients, against a model in Python: answers, numbers, versions, history, changes."""

import asyncio
import os
import uuid
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from service_testing.tokens import TokenIssuer
from todos_service.app import create_app

from .conftest import Client
from .conftest import settings as service_settings

EXAMPLES = int(os.environ.get("TODOBUS_FUZZ_EXAMPLES", "60"))
STEPS = 10

TITLES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=30).filter(
    lambda title: title == title.strip() and title.isprintable()
)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "description": st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20),
        "completed": st.booleans(),
        "priority": st.sampled_from(["none", "low", "medium", "high", "urgent"]),
        "tags": st.lists(st.sampled_from(["home", "work", "später"]), max_size=3, unique=True),
        "due_date": st.none() | st.dates().filter(lambda day: 1900 <= day.year <= 9997).map(str),
    },
)
CONDITIONS = st.sampled_from(["none", "current", "stale"])
NEVER = {"description": "", "completed": False, "priority": "none", "tags": [], "due_date": None}


@dataclass
class User:
    """What one user must see: the todos by id (None once purged), and the changes so far."""

    clients: list[Client]
    todos: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    changes: list[tuple[str, str, list[str]]] = field(default_factory=list)

    @property
    def sequence(self) -> int:
        return len(self.changes)

    def record(self, verb: str, todo: dict[str, Any], changed: list[str]) -> None:
        self.changes.append((f"todo.{verb}.v1", todo["id"], changed))
        todo["version"] = self.sequence

    def live(self, todo_id: str) -> dict[str, Any] | None:
        todo = self.todos.get(todo_id)
        return todo if todo and not todo["deleted"] else None


def seen(todo: dict[str, Any]) -> dict[str, Any]:
    """The part of an answer that the model knows."""
    names = ("id", "title", *NEVER, "version")
    return {name: todo[name] for name in names} | {"deleted": todo["deleted_at"] is not None}


class TodoMachine(RuleBasedStateMachine):
    runner: ClassVar[asyncio.Runner]
    app: ClassVar[FastAPI]
    issuer: ClassVar[TokenIssuer]

    @initialize()
    def sign_in(self) -> None:
        self.users = [self._user(clients=2), self._user(clients=1)]
        self.ids: list[str] = []
        self.touched: list[User] = []

    def _user(self, clients: int) -> User:
        user_id = str(uuid.uuid4())
        return User([Client(self.app, self.issuer, user_id) for _ in range(clients)])

    def send(self, user: User, method: str, path: str, **options: Any) -> Any:
        self.touched.append(user)
        client = user.clients[user.sequence % len(user.clients)]
        return self.runner.run(client.request(method, path, **options))

    def known(self, data: Any) -> str:
        return data.draw(st.sampled_from([*self.ids, str(uuid.UUID(int=7))]))

    @rule(user=st.integers(0, 1), title=TITLES, given=FIELDS, chosen=st.booleans(), again=st.booleans())
    def create(self, user: int, title: str, given: dict[str, Any], *, chosen: bool, again: bool) -> None:
        owner = self.users[user]
        body = {"title": title, **given, **({"id": str(uuid.uuid4())} if chosen else {})}
        headers = {"Idempotency-Key": uuid.uuid4().hex} if again else {}
        answer = self.send(owner, "POST", "/api/todos", json=body, headers=headers)
        assert answer.status_code == 201, answer.text
        todo = {**NEVER, "title": title, **given, "id": answer.json()["id"], "deleted": False}
        owner.record("created", todo, [])
        owner.todos[todo["id"]] = todo
        self.ids.append(todo["id"])
        self.same(owner, answer, todo)
        if again:
            replayed = self.send(owner, "POST", "/api/todos", json=body, headers=headers)
            assert (replayed.status_code, replayed.content) == (201, answer.content)

    @rule(user=st.integers(0, 1), data=st.data(), given=FIELDS, title=st.none() | TITLES, condition=CONDITIONS)
    def update(self, user: int, data: Any, given: dict[str, Any], title: str | None, condition: str) -> None:
        owner, todo_id = self.users[user], self.known(data)
        wanted = given | ({"title": title} if title else {})
        method = "PATCH" if condition == "none" else "PUT"
        self._change(owner, todo_id, method, "", wanted, condition)

    @rule(user=st.integers(0, 1), data=st.data(), completed=st.booleans(), condition=CONDITIONS)
    def complete_or_reopen(self, user: int, data: Any, condition: str, *, completed: bool) -> None:
        verb = "complete" if completed else "reopen"
        owner, todo_id = self.users[user], self.known(data)
        self._change(owner, todo_id, "POST", f"/{verb}", {"completed": completed}, condition)

    def _change(
        self, owner: User, todo_id: str, method: str, path: str, wanted: dict[str, Any], condition: str
    ) -> None:
        todo = owner.live(todo_id)
        headers, refused = self._condition(todo, condition)
        body = {} if path else {"json": wanted}
        answer = self.send(owner, method, f"/api/todos/{todo_id}{path}", headers=headers, **body)
        if todo is None or refused:
            return self._refused(answer, todo)
        changed = [name for name in ("title", *NEVER) if name in wanted and wanted[name] != todo[name]]
        verb = "updated"
        if "completed" in changed:
            verb = "completed" if wanted["completed"] else "reopened"
        todo.update(wanted)
        if changed:
            owner.record(verb, todo, changed)
        return self.same(owner, answer, todo)

    def _condition(self, todo: dict[str, Any] | None, condition: str) -> tuple[dict[str, str], bool]:
        version = todo["version"] if todo else 1
        tags = {"none": {}, "current": {"If-Match": f'"{version}"'}, "stale": {"If-Match": f'"{version + 1}"'}}
        return tags[condition], condition == "stale"

    def _refused(self, answer: Any, todo: dict[str, Any] | None) -> None:
        if todo is None:
            assert answer.status_code == 404
        else:
            assert (answer.status_code, answer.headers["etag"]) == (412, f'"{todo["version"]}"')

    @rule(user=st.integers(0, 1), data=st.data(), permanent=st.booleans())
    def delete(self, user: int, data: Any, *, permanent: bool) -> None:
        owner, todo_id = self.users[user], self.known(data)
        todo = owner.todos.get(todo_id) if permanent else owner.live(todo_id)
        query = {"params": {"permanent": "true"}} if permanent else {}
        answer = self.send(owner, "DELETE", f"/api/todos/{todo_id}", **query)
        if todo is None:
            return self._refused(answer, None)
        was_deleted, todo["deleted"] = todo["deleted"], True
        changed = [] if was_deleted else ["deleted_at"]
        owner.record("purged" if permanent else "deleted", todo, changed)
        if permanent:
            owner.todos[todo_id] = None
        assert (answer.status_code, answer.headers["todo-sequence"]) == (204, str(owner.sequence))
        return None

    @rule(user=st.integers(0, 1), data=st.data())
    def restore(self, user: int, data: Any) -> None:
        owner, todo_id = self.users[user], self.known(data)
        todo = owner.todos.get(todo_id)
        answer = self.send(owner, "POST", f"/api/todos/{todo_id}/restore")
        if todo is None:
            return self._refused(answer, None)
        if todo["deleted"]:
            todo["deleted"] = False
            owner.record("restored", todo, ["deleted_at"])
        return self.same(owner, answer, todo)

    @rule(user=st.integers(0, 1), data=st.data(), title=TITLES)
    def bulk(self, user: int, data: Any, title: str) -> None:
        """Create one, complete it, delete another: all or none."""
        owner, chosen, other = self.users[user], str(uuid.uuid4()), self.known(data)
        operations = [
            {"op": "create", "id": chosen, "todo": {"title": title}},
            {"op": "complete", "id": chosen},
            {"op": "delete", "id": other},
        ]
        answer = self.send(owner, "POST", "/api/todos/bulk", json={"operations": operations})
        deleted = owner.live(other)
        if deleted is None:
            assert answer.status_code == 404
            assert answer.json()["errors"][0]["pointer"] == "/operations/2"
            return
        todo = {**NEVER, "title": title, "id": chosen, "deleted": False}
        owner.record("created", todo, [])
        todo["completed"] = True
        owner.record("completed", todo, ["completed"])
        deleted["deleted"] = True
        owner.record("deleted", deleted, ["deleted_at"])
        owner.todos[chosen] = todo
        self.ids.append(chosen)
        assert answer.status_code == 200, answer.text
        assert seen(answer.json()["results"][1]["todo"]) == todo

    @rule(user=st.integers(0, 1), status=st.sampled_from(["all", "active", "completed", "deleted"]))
    def list_todos(self, user: int, status: str) -> None:
        owner = self.users[user]
        answer = self.send(owner, "GET", "/api/todos", params={"status_filter": status, "limit": 500})
        known = [todo for todo in owner.todos.values() if todo and todo["deleted"] == (status == "deleted")]
        if status in {"active", "completed"}:
            known = [todo for todo in known if todo["completed"] == (status == "completed")]
        found = [seen(todo) for todo in answer.json()]
        assert sorted(found, key=lambda todo: todo["id"]) == sorted(known, key=lambda todo: todo["id"])
        assert answer.headers["todo-sequence"] == str(owner.sequence)
        again = self.send(
            owner, "GET", answer.request.url.raw_path.decode(), headers={"If-None-Match": answer.headers["etag"]}
        )
        assert again.status_code == 304

    @rule(user=st.integers(0, 1), data=st.data())
    def history(self, user: int, data: Any) -> None:
        owner, todo_id = self.users[user], self.known(data)
        answer = self.send(owner, "GET", f"/api/todos/{todo_id}/history")
        expected = [number for number, change in enumerate(owner.changes, start=1) if change[1] == todo_id]
        if not expected:
            return self._refused(answer, None)
        assert [change["sequence"] for change in answer.json()] == expected
        return None

    def same(self, owner: User, answer: Any, todo: dict[str, Any]) -> None:
        assert seen(answer.json()) == todo
        assert answer.headers["etag"] == f'"{todo["version"]}"'
        assert answer.headers["todo-sequence"] == str(owner.sequence)

    @invariant()
    def changes_are_the_models(self) -> None:
        """Looked at after each step, of the user who did it; the other one's are looked at when it is over."""
        for owner in getattr(self, "touched", [])[-1:]:
            self._check(owner)

    def teardown(self) -> None:
        for owner in getattr(self, "users", []):
            self._check(owner)

    def _check(self, owner: User) -> None:
        answer = self.send(owner, "GET", "/api/changes", params={"limit": 1000}).json()
        assert answer["sequence"] == owner.sequence
        assert [change["sequence"] for change in answer["changes"]] == list(range(1, owner.sequence + 1))
        for change, (event_type, todo_id, changed) in zip(answer["changes"], owner.changes, strict=True):
            derived = {"completed_at", "due_at", "due_time_zone"}
            assert (change["type"], change["todo"]["id"]) == (event_type, todo_id)
            assert [name for name in change["changed"] if name not in derived] == changed
            assert change["changed"] == list(change["previous"])
            assert change["todo"]["version"] == change["sequence"]


@pytest.mark.timeout(max(600, 2 * EXAMPLES))
def test_the_api_behaves_as_its_model(shared_database: str) -> None:
    with asyncio.Runner() as runner:
        app = create_app(service_settings(shared_database))
        issuer = TokenIssuer()
        app.state.verifier = issuer.verifier()
        lifespan = app.router.lifespan_context(app)
        runner.run(lifespan.__aenter__())
        TodoMachine.runner, TodoMachine.app, TodoMachine.issuer = runner, app, issuer
        try:
            run_state_machine_as_test(
                TodoMachine,
                settings=settings(
                    max_examples=EXAMPLES,
                    stateful_step_count=STEPS,
                    deadline=None,
                    database=None,
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            runner.run(lifespan.__aexit__(None, None, None))
