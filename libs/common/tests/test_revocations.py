import time
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from prometheus_client import REGISTRY

from service_common import revocations
from service_common.authentication import Authentication
from service_common.bus import create_bus
from service_common.provisioning import provision
from service_common.revocations import Revocation
from service_common.settings import ServiceSettings
from service_common.tokens.errors import InvalidToken
from service_testing.nats import NatsServer
from service_testing.tokens import FixedKeys, TokenIssuer
from service_testing.waiting import wait_until
from todobus_events import topology
from todobus_events.bus import Bus


class Processes:
    """Starts what different processes would have: a bus, and the verifier on it."""

    def __init__(self, nats: NatsServer, stack: AsyncExitStack) -> None:
        self.nats, self.stack, self.issuer = nats, stack, TokenIssuer()

    async def verifier(self, user: str = "gateway") -> Authentication:
        bus = create_bus(self.settings(user), "test")
        authentication = Authentication(self.settings(user), bus, FixedKeys(self.issuer.jwks))
        for part in (authentication, bus):
            await part.start()
            self.stack.push_async_callback(part.stop)
        return authentication

    async def ready(self, user: str = "gateway") -> Authentication:
        authentication = await self.verifier(user)
        await wait_until(lambda: is_ready(authentication))
        return authentication

    async def auth(self) -> Bus:
        bus = create_bus(self.settings("auth"), "test")
        await bus.start()
        self.stack.push_async_callback(bus.stop)
        await wait_until(lambda: bus.connected)
        return bus

    def session(self) -> tuple[str, str]:
        """A session's id and a token of it."""
        session_id = str(uuid.uuid4())
        return session_id, self.issuer.token(uuid.uuid4(), sid=session_id)

    def settings(self, user: str) -> ServiceSettings:
        return ServiceSettings(
            port=0,
            admin_port=0,
            nats_url=self.nats.url,
            nats_user=user,
            nats_password=self.nats.passwords[user],
            jwks_url="http://127.0.0.1:1/unused",
        )


@pytest.fixture
async def processes(nats: NatsServer) -> AsyncIterator[Processes]:
    async with AsyncExitStack() as stack:
        yield Processes(nats, stack)


async def is_ready(authentication: Authentication) -> bool:
    try:
        await authentication.check()
    except ConnectionError:
        return False
    return True


async def refuses(authentication: Authentication, token: str) -> bool:
    try:
        await authentication.verifier.verify(token)
    except InvalidToken:
        return True
    return False


def session_end(session_id: str, seconds: float = 310) -> Revocation:
    return Revocation(f"sid.{session_id}", time.time() + seconds)


def user_end(user_id: object, before: str) -> Revocation:
    return Revocation(f"sub.{user_id}", time.time() + 310, before)


def begun(number: int) -> str:
    """The id of a session; all are of one millisecond."""
    return f"01939d5a-0000-7000-8000-{number:012}"


def figure(name: str) -> float:
    value = REGISTRY.get_sample_value(name)
    assert value is not None
    return value


class TestRevocations:
    @pytest.mark.parametrize("user", ["auth", "todos", "stats", "notifications", "gateway"])
    async def test_reach_every_verifier(self, processes: Processes, user: str):
        verifier, auth = await processes.ready(user), await processes.auth()
        (session_id, token), (_, other) = processes.session(), processes.session()
        assert not await refuses(verifier, token)
        await revocations.publish(auth, session_end(session_id))
        await wait_until(lambda: refuses(verifier, token))
        assert not await refuses(verifier, other)

    async def test_are_known_before_a_process_is_ready(self, processes: Processes):
        auth, sessions = await processes.auth(), [processes.session() for _ in range(300)]
        for session_id, _ in sessions:
            await revocations.publish(auth, session_end(session_id))
        verifier = await processes.ready()
        assert all([await refuses(verifier, token) for _, token in sessions])

    async def test_without_a_bus_a_process_is_not_ready(self, processes: Processes):
        processes.nats.stop()
        verifier = await processes.verifier()
        assert not await is_ready(verifier)
        await processes.nats.start()
        await wait_until(lambda: is_ready(verifier))

    async def test_without_a_bucket_a_process_is_not_ready(self, processes: Processes):
        client = await processes.nats.connect()
        await client.jetstream().delete_stream(topology.REVOCATIONS_STREAM)
        verifier = await processes.verifier()
        await wait_until(lambda: verifier.revocations._task is not None)
        assert not await is_ready(verifier)
        await provision(client)
        await wait_until(lambda: is_ready(verifier))

    async def test_made_while_a_process_was_cut_off_are_read_when_it_is_back(self, processes: Processes):
        verifier, auth = await processes.ready(), await processes.auth()
        session_id, token = processes.session()
        before, _ = processes.session()
        await revocations.publish(auth, session_end(before))
        processes.nats.stop()
        await processes.nats.start()
        await wait_until(lambda: auth.connected)
        await revocations.publish(auth, session_end(session_id))
        await wait_until(lambda: refuses(verifier, token))

    async def test_can_be_written_by_auth_alone(self, processes: Processes):
        denied: list[str] = []

        async def error(problem: Exception) -> None:
            denied.append(str(problem))

        client = await processes.nats.connect("gateway", error_cb=error)
        await client.publish(f"$KV.revocations.sid.{uuid.uuid4()}", b"9999999999")
        await wait_until(lambda: denied)
        assert "permissions violation" in denied[0]

    async def test_tell_listeners_once(self, processes: Processes):
        verifier, auth = await processes.ready(), await processes.auth()
        told: list[str] = []
        verifier.revocations.on_revoked(told.append)
        (first, _), (second, _) = processes.session(), processes.session()
        for session_id in (first, first, second):
            await revocations.publish(auth, session_end(session_id))
        await wait_until(lambda: second in told)
        assert told == [first, second]

    async def test_of_a_user_end_the_sessions_that_began_before(self, processes: Processes):
        verifier, auth, user = await processes.ready(), await processes.auth(), uuid.uuid4()
        first, second, third = (processes.issuer.token(user, sid=begun(number)) for number in (1, 3, 5))
        stranger = processes.issuer.token(uuid.uuid4(), sid=begun(1))
        await revocations.publish(auth, user_end(user, begun(2)))
        await wait_until(lambda: refuses(verifier, first))
        assert [await refuses(verifier, token) for token in (second, third, stranger)] == [False] * 3
        await revocations.publish(auth, user_end(user, begun(4)))
        await wait_until(lambda: refuses(verifier, second))
        late = await processes.ready("todos")
        assert [await refuses(late, token) for token in (first, second, third, stranger)] == [True, True, False, False]

    async def test_one_that_cannot_be_read_hides_no_later_one(self, processes: Processes):
        verifier, auth = await processes.ready(), await processes.auth()
        session_id, token = processes.session()
        await auth.client.jetstream().publish(f"$KV.{topology.REVOCATIONS}.sid.y", b"soon")
        await revocations.publish(auth, session_end(session_id))
        await wait_until(lambda: refuses(verifier, token))

    async def test_an_earlier_end_that_comes_late_takes_nothing_back(self, processes: Processes):
        known: Any = revocations.Revocations(create_bus(processes.settings("gateway"), "test"))
        told: list[str] = []
        known.on_revoked(told.append)
        for number in (4, 2, 4):
            known.revoke(user_end("ann", begun(number)))
        assert (known._users["ann"].before, told) == (begun(4), ["ann"])

    async def test_say_how_late_they_came(self, processes: Processes):
        """Heard while it follows: the seconds since its own time. Read at the start, or again: nothing to say."""
        auth = await processes.auth()
        (before, _), (late, token) = processes.session(), processes.session()
        count, total = figure("revocation_lag_seconds_count"), figure("revocation_lag_seconds_sum")
        await revocations.publish(auth, session_end(before))
        verifier = await processes.ready()
        for _ in range(2):
            await revocations.publish(auth, session_end(late, topology.REVOCATION_SECONDS - 7))
        await wait_until(lambda: refuses(verifier, token))
        assert figure("revocation_lag_seconds_count") == count + 1
        assert 7 <= figure("revocation_lag_seconds_sum") - total < 17

    async def test_say_whether_they_are_heard(self, processes: Processes):
        await processes.ready()
        assert figure("revocations_followed") == 1
        processes.nats.stop()
        await wait_until(lambda: figure("revocations_followed") == 0)
        await processes.nats.start()
        await wait_until(lambda: figure("revocations_followed") == 1)

    async def test_are_forgotten_when_no_token_can_be_alive(self, processes: Processes):
        now = clock = time.time()
        known: Any = revocations.Revocations(create_bus(processes.settings("gateway"), "test"), lambda: clock)
        known.revoke(Revocation("sid.old", now + 100))
        known.revoke(Revocation("sub.ann", now + 100, begun(1)))
        known.revoke(Revocation("sid.new", now + 300))
        clock = now + 200
        known.revoke(Revocation("sid.past", now + 150))
        known.revoke(Revocation("sid.newest", now + 400))
        assert (list(known._until), known._users) == (["new", "newest"], {})
