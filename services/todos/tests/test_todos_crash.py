"""The service is killed in the middle of batches: nothing acknowledged is lost, nothing is written twice."""

import asyncio
import random
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from service_testing.clients import http_client
from service_testing.databases import Databases
from service_testing.processes import ServiceProcess
from service_testing.tokens import TokenIssuer
from service_testing.waiting import wait_until

from .conftest import DEAD_BUS

USERS, WRITERS, WRITES_BETWEEN = 50, 32, 200  # one writer for each user, and so many for one user
KILLS, KILLS_OF_THE_LONG_FORM = 1, 50
ALWAYS_CHANGES = ("created", "updated", "deleted")  # each title is new


class Service:
    """The todo service as a process, killed and started again."""

    def __init__(self, settings: dict[str, str], log: Path, http: httpx.AsyncClient) -> None:
        self._settings, self._log, self._http = settings, log, http
        self._is_up = asyncio.Event()
        self.acknowledged = 0

    async def start(self) -> None:
        self.process = ServiceProcess("todos_service", self._settings, self._log)
        await wait_until(lambda: self.process.ready(self._http), 60)
        self._is_up.set()

    async def kill_after(self, writes: int) -> None:
        target = self.acknowledged + writes
        await wait_until(lambda: self.acknowledged >= target, 250)
        self._is_up.clear()
        self.kill()
        await self.start()

    def kill(self) -> None:
        self.process.child.kill()
        self.process.child.wait()

    async def ask(self, method: str, path: str, headers: dict[str, str], **options: Any) -> httpx.Response | None:
        """None: nobody knows whether it was done."""
        await self._is_up.wait()
        try:
            answer = await self._http.request(method, self.process.url + path, headers=headers, **options)
        except httpx.TransportError:
            return None
        self.acknowledged += answer.is_success
        return answer


@dataclass
class User:
    """One user's writes: those that were acknowledged, and those nobody knows of. `writers` write at the same time."""

    id: str
    writers: int
    issuer: TokenIssuer
    chance: random.Random
    todos: list[str] = field(default_factory=list)
    known: dict[int, tuple[str, str]] = field(default_factory=dict)  # by number: type and todo
    unknown: list[str] = field(default_factory=list)  # their todos

    async def live(self, service: Service, until: asyncio.Event) -> None:
        async def writer() -> None:
            while not until.is_set():
                await self.write(service)

        async with asyncio.TaskGroup() as writers:
            for _ in range(self.writers):
                writers.create_task(writer())

    async def write(self, service: Service) -> None:
        kinds = ["created", "updated", "completed", "reopened", "deleted"]
        kind = self.chance.choice(kinds) if len(self.todos) >= self.writers else "created"
        todo_id = str(uuid.uuid4()) if kind == "created" else self.chance.choice(self.todos)
        method, path, body = {
            "created": ("POST", "/api/todos", {"id": todo_id, "title": "x"}),
            "updated": ("PATCH", f"/api/todos/{todo_id}", {"title": uuid.uuid4().hex}),
            "completed": ("PATCH", f"/api/todos/{todo_id}", {"completed": True}),
            "reopened": ("PATCH", f"/api/todos/{todo_id}", {"completed": False}),
            "deleted": ("DELETE", f"/api/todos/{todo_id}", None),
        }[kind]
        before = max(self.known, default=0)
        headers = self.issuer.headers(self.id)  # a token does not live as long as the long form takes
        answer = await service.ask(method, path, headers, json=body)
        if answer is None:
            self.unknown.append(todo_id)
        elif answer.is_success:
            self._acknowledged(kind, todo_id, int(answer.headers["todo-sequence"]), before)
        else:
            assert answer.status_code == 404, answer.text  # deleted, or its creation was not done
        if kind == "created":
            self.todos.append(todo_id)

    def _acknowledged(self, kind: str, todo_id: str, sequence: int, before: int) -> None:
        """No change gives the user's last number again, which may be another writer's, or one that nobody knew of."""
        is_new = self.writers == 1 and sequence > before and not self.unknown
        if kind in ALWAYS_CHANGES or is_new:
            assert sequence not in self.known
            self.known[sequence] = (f"todo.{kind}.v1", todo_id)


@pytest.fixture
async def service(database: Databases, tmp_path: Path) -> AsyncIterator[tuple[Service, TokenIssuer, str]]:
    issuer, url = TokenIssuer(), await database("todos")
    async with issuer.serve() as jwks_url, http_client(timeout=30) as http:
        settings = {
            "TODOBUS_DATABASE_URL": url,
            "TODOBUS_JWKS_URL": jwks_url,
            "TODOBUS_NATS_URL": DEAD_BUS,
            "TODOBUS_NATS_USER": "todos",
            "TODOBUS_NATS_PASSWORD": "unused",
        }
        made = Service(settings, tmp_path / "log", http)
        await made.start()
        try:
            yield made, issuer, url
        finally:
            made.kill()


@pytest.mark.timeout(900)
@pytest.mark.parametrize("kills", [KILLS, pytest.param(KILLS_OF_THE_LONG_FORM, marks=pytest.mark.chaos)])
async def test_killed_in_the_middle_of_batches(service: tuple[Service, TokenIssuer, str], kills: int) -> None:
    todos, issuer, url = service
    users = []
    for number in range(USERS + 1):
        owner = str(uuid.uuid4())
        writers = 1 if number < USERS else WRITERS
        users.append(User(owner, writers, issuer, random.Random(number)))
    over = asyncio.Event()
    async with asyncio.TaskGroup() as lives:
        for user in users:
            lives.create_task(user.live(todos, over))
        for _ in range(kills):
            await todos.kill_after(WRITES_BETWEEN)
        over.set()
    assert sum(len(user.unknown) for user in users) > 0
    connection = await asyncpg.connect(url)
    try:
        shared = "select count(*) < (select count(*) from changes) from (select distinct xmin::text from changes) t"
        assert await connection.fetchval(shared)  # there were batches
        for user in users:
            await check(connection, user)
    finally:
        await connection.close()


DIFFERENT = """
    with last as (
        select distinct on (todo_id) todo_id, data ->> 'todo' as todo from changes where user_id = $1
        order by todo_id, sequence desc
    ), mine as (
        select id, document from todos where user_id = $1
    )
    select count(*) from last full join mine on id = todo_id where document is distinct from todo
"""


async def check(connection: asyncpg.Connection, user: User) -> None:
    """Gapless; what was acknowledged is there as it was; what nobody knew of was done once or not at all.

    Every todo is as its last change says.
    """
    changes = await connection.fetch(
        "select sequence, type, todo_id::text from changes where user_id = $1 order by sequence", user.id
    )
    numbers = [change["sequence"] for change in changes]
    assert numbers == list(range(1, len(changes) + 1))
    for number, known in user.known.items():
        assert (changes[number - 1]["type"], changes[number - 1]["todo_id"]) == known
    pending = "select array_agg(sequence order by id) from outbox where user_id = $1"
    assert (await connection.fetchval(pending, user.id) or []) == numbers
    head = await connection.fetchval("select sequence from feeds where user_id = $1", user.id)
    assert (head or 0) == len(changes)
    created = [change["todo_id"] for change in changes if change["type"] == "todo.created.v1"]
    assert len(created) == len(set(created))
    assert await connection.fetchval(DIFFERENT, user.id) == 0
    lost = set(user.todos) - set(created) - set(user.unknown)
    assert not lost


ROWS = 1500  # whose undoing takes several statements
IS_WRITING = """
    select count(*) from pg_stat_activity
    where backend_xid is not null and query like '%json_to_recordset%' and datname = current_database()
"""
IN_THE_TRASH = "select count(*) filter (where deleted_at is not null) from todos"


async def test_killed_in_the_middle_of_an_undo(service: tuple[Service, TokenIssuer, str]) -> None:
    todos, issuer, url = service
    headers = issuer.headers(str(uuid.uuid4()))
    imported = await todos.ask("POST", "/api/import", headers, json=[{"title": f"{row}"} for row in range(ROWS)])
    assert imported
    path, key = f"/api/commands/{imported.headers['command-id']}/undo", {"Idempotency-Key": str(uuid.uuid4())}
    connection = await asyncpg.connect(url)
    try:
        undoing = asyncio.create_task(todos.ask("POST", path, headers | key))
        await wait_until(lambda: connection.fetchval(IS_WRITING), 30)
        todos.kill()
        assert await undoing is None
        await todos.start()
        assert await connection.fetchval("select count(*) from changes") == ROWS
        assert await connection.fetchval(IN_THE_TRASH) == 0
        for _ in range(2):
            undone = await todos.ask("POST", path, headers | key)
            assert undone
            assert undone.json()["sequence"] == 2 * ROWS
        assert await connection.fetchval("select count(*) from changes") == 2 * ROWS
        assert await connection.fetchval(IN_THE_TRASH) == ROWS
    finally:
        await connection.close()
