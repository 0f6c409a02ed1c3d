"""Who may publish and read what on the bus, asked of the server, subject by subject."""

import asyncio
import json
import re
from collections.abc import Iterable
from typing import Any

import pytest

from service_testing.nats import NatsServer
from service_testing.waiting import wait_until
from todobus_events import topology

ADDED = "labels"  # a service beside the platform's own: make new-service
NAMED = "reader"  # a named subscriber: todobus subscribers add
USERS = ("auth", "todos", "stats", "notifications", "gateway", "subscriber", ADDED, NAMED)
VERIFIERS = {"auth", "todos", "stats", "notifications", "gateway", ADDED}
READERS = ("stats", "notifications", ADDED)
OWNERS = (*((stream, reader) for stream in ("TODOS", "USERS") for reader in READERS), ("USERS", "todos"))
NO_USER: set[str] = set()
U = "019a9f3e-52d1-7c3a-9b0e-3d6f0c8f1a01"
API = "$JS.API"
LAST_WORD = "nobody.may.say.this"
TODO_EVENTS = f"{topology.TODO_EVENTS}.>"
USER_EVENTS = f"{topology.USER_EVENTS}.>"

PUBLISH: dict[str, set[str]] = {
    f"todos.events.v1.{U}.created": {"todos"},
    f"users.events.v1.{U}.deleted": {"auth"},
    f"notifications.events.v1.{U}.fired": {"notifications"},
    "$KV.revocations.session": {"auth"},
    "dlq.v1.stats.todo.created.v1": {"stats"},
    "dlq.v1.todos.user.deleted.v1": {"todos"},
    "dlq.v1.mine.todo.created.v1": {"subscriber"},
    f"dlq.v1.{NAMED}.todo.created.v1": {NAMED},
    f"stats.updated.v1.{U}": {"stats"},
    "todos.rpc.changes": {"stats", "notifications", "gateway", "subscriber", ADDED, NAMED},
    "todos.rpc.heads": {"stats", "notifications", "subscriber", ADDED, NAMED},
    "todos.rpc.consumers.mine": NO_USER,
    "auth.rpc.consumers.mine": NO_USER,
    "stats.rpc.summary": {"gateway"},
    "auth.rpc.exchange": {"gateway"},
    "auth.rpc.profiles": {"notifications"},
    f"dlq.v1.{ADDED}.todo.created.v1": {ADDED},
    f"{topology.ERASED}.{U}.{ADDED}": {ADDED},
    "todos.relay.wake": {"todos"},
    f"{topology.ERASED}.{U}.todos": {"todos"},
    f"{topology.ERASED}.{U}.stats": {"stats"},
    f"{topology.ERASED}.{U}.notifications": {"notifications"},
    "dlq.v1.notifications.todo.created.v1": {"notifications"},
    "_INBOX_gateway.guess": NO_USER,
    "anything.else": NO_USER,
    "$SYS.REQ.SERVER.PING": NO_USER,
    f"{API}.INFO": NO_USER,
    f"{API}.STREAM.CREATE.TODOS": {"todos"},
    f"{API}.STREAM.CREATE.USERS": {"auth"},
    f"{API}.STREAM.CREATE.KV_revocations": {"auth"},
    f"{API}.STREAM.CREATE.DEAD_LETTERS": {"todos", "stats", "notifications", ADDED},
    f"{API}.STREAM.CREATE.NOTIFICATIONS": {"notifications"},
    f"{API}.STREAM.PURGE.NOTIFICATIONS": {"notifications"},
    f"{API}.STREAM.CREATE.OTHER": NO_USER,
    f"{API}.STREAM.PURGE.TODOS": {"todos"},
    f"{API}.STREAM.PURGE.USERS": {"auth"},
    f"{API}.STREAM.MSG.GET.KV_revocations": VERIFIERS,
    f"{API}.DIRECT.GET.KV_revocations.$KV.revocations.session": VERIFIERS,
    f"{API}.CONSUMER.CREATE.KV_revocations.watcher.$KV.revocations.>": VERIFIERS,
    f"{API}.CONSUMER.DELETE.KV_revocations.watcher": VERIFIERS,
    **{
        f"{API}.STREAM.{verb}.{stream}": NO_USER
        for verb in ("UPDATE", "DELETE", "SNAPSHOT", "RESTORE", "MSG.DELETE")
        for stream in ("TODOS", "USERS", "KV_revocations", "DEAD_LETTERS")
    },
    **{f"{API}.DIRECT.GET.{stream}": NO_USER for stream in ("TODOS", "USERS", "DEAD_LETTERS")},
    **{f"{API}.STREAM.MSG.GET.{stream}": NO_USER for stream in ("USERS", "DEAD_LETTERS")},
    f"{API}.STREAM.MSG.GET.TODOS": {"subscriber", NAMED},
    **{
        subject: {owner}
        for stream, owner in OWNERS
        for subject in (
            f"{API}.CONSUMER.MSG.NEXT.{stream}.{owner}",
            f"{API}.CONSUMER.INFO.{stream}.{owner}",
            f"{API}.CONSUMER.CREATE.{stream}.{owner}.{TODO_EVENTS if stream == 'TODOS' else USER_EVENTS}",
            f"$JS.ACK.{stream}.{owner}.1.1.1.1.0",
        )
    },
    **{
        f"{API}.CONSUMER.{verb}.{stream}.{owner}": NO_USER
        for verb in ("DELETE", "PAUSE", "RESET", "UNPIN", "CREATE", "DURABLE.CREATE")
        for stream, owner in OWNERS
    },
    **{
        subject: {user}
        for stream in ("TODOS", "USERS")
        for name, user in (("mine", "subscriber"), (NAMED, NAMED))
        for subject in (
            f"{API}.CONSUMER.MSG.NEXT.{stream}.{name}",
            f"{API}.CONSUMER.DURABLE.CREATE.{stream}.{name}",
            f"{API}.CONSUMER.DELETE.{stream}.{name}",
            f"$JS.ACK.{stream}.{name}.1.1.1.1.0",
        )
    },
    **{
        subject: {user, owner}  # the owner of the stream, which makes it
        for stream, owner in (("TODOS", "todos"), ("USERS", "auth"))
        for name, user in (("mine", "subscriber"), (NAMED, NAMED))
        for subject in (f"{API}.CONSUMER.CREATE.{stream}.{name}.filter", f"{API}.CONSUMER.INFO.{stream}.{name}")
    },
    **{
        f"{API}.CONSUMER.{verb}.{stream}": NO_USER
        for verb in ("NAMES", "LIST", "CREATE")
        for stream in ("TODOS", "USERS")
    },
    f"{API}.CONSUMER.MSG.NEXT.DEAD_LETTERS.mine": NO_USER,
    f"{API}.CONSUMER.CREATE.DEAD_LETTERS.mine": NO_USER,
}
SUBSCRIBE: dict[str, set[str]] = {
    f"todos.events.v1.{U}.*": {"gateway", "subscriber"},
    "users.events.v1.>": {"subscriber"},
    f"notifications.events.v1.{U}.*": {"gateway"},
    "todos.rpc.changes": {"todos"},
    "todos.rpc.heads": {"todos"},
    "todos.relay.wake": {"todos"},
    "todos.rpc.consumers.>": {"todos"},
    "auth.rpc.consumers.>": {"auth"},
    f"stats.updated.v1.{U}": {"gateway", "stats"},
    f"{topology.ERASED}.*.*": {"auth"},
    "dlq.v1.>": NO_USER,
    "$KV.revocations.>": NO_USER,
    "$JS.API.>": NO_USER,
    "$JS.ACK.>": NO_USER,
    "$JS.EVENT.>": NO_USER,
    "$SYS.>": NO_USER,
    ">": NO_USER,
    "*.*": NO_USER,
    "_INBOX.>": NO_USER,
    **{f"_INBOX_{user}.>": {user} for user in USERS},
}


class Asked:
    """A client of one user, and the subjects that the server has denied it."""

    def __init__(self) -> None:
        self.denied: set[str] = set()
        self.client: Any = None

    async def hear(self, error: Exception) -> None:
        if found := re.search(r'permissions violation for \w+ to "(.+)"', str(error), re.IGNORECASE):
            self.denied.add(found[1].lower())

    async def allowed(self, subjects: Iterable[str]) -> set[str]:
        """What was not denied by the time the server has denied the last word, which all are denied."""
        await self.client.publish(LAST_WORD, b"")
        await wait_until(lambda: LAST_WORD in self.denied)
        return {subject for subject in subjects if subject.lower() not in self.denied}


@pytest.fixture
def bus_users(bus_users: tuple[str, ...]) -> tuple[str, ...]:
    return (*bus_users, ADDED)


@pytest.fixture
def bus_subscribers() -> tuple[str, ...]:
    return (NAMED,)


@pytest.fixture
async def asked(nats: NatsServer, user: str) -> Asked:
    made = Asked()
    made.client = await nats.connect(user, error_cb=made.hear)
    return made


async def _ignore(_: Any) -> None:
    """Messages do not matter here."""


@pytest.mark.parametrize("user", USERS)
class TestEachUser:
    async def test_publishes_what_is_its_own_and_nothing_else(self, asked: Asked, user: str) -> None:
        for subject in PUBLISH:
            await asked.client.publish(subject, b"{}")
        assert await asked.allowed(PUBLISH) == {subject for subject, users in PUBLISH.items() if user in users}

    async def test_reads_what_is_its_own_and_nothing_else(self, asked: Asked, user: str) -> None:
        for subject in SUBSCRIBE:
            await asked.client.subscribe(subject, cb=_ignore)
        assert await asked.allowed(SUBSCRIBE) == {subject for subject, users in SUBSCRIBE.items() if user in users}


class TestTheServer:
    @pytest.mark.parametrize("login", [{"user": "stats", "pass": "guess"}, {"user": "stats"}, {}], ids=str)
    async def test_refuses_a_login_without_the_password(self, nats: NatsServer, login: dict[str, str]) -> None:
        """Said by hand: the client library leaves a refused connection open."""
        reader, writer = await asyncio.open_connection("127.0.0.1", nats.port)
        await reader.readline()
        writer.write(f"CONNECT {json.dumps(login | {'verbose': False})}\r\nPING\r\n".encode())
        answer = await reader.readline()
        writer.close()
        await writer.wait_closed()
        assert answer.startswith(b"-ERR 'Authorization Violation'")
