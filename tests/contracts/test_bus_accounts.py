"""What somebody with a subscriber's credential cannot do, tried on a real server."""

import json
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest
from faststream.nats import NatsRouter
from nats.errors import Error as NatsError
from nats.js.errors import NotFoundError

from service_common import consumer_requests
from service_common.broker import Broker
from service_testing.nats import NatsServer
from service_testing.waiting import wait_until
from todobus_events import permissions, topology

API = "$JS.API"
VICTIM = str(uuid.uuid4())
LIVE = topology.todo_event(VICTIM, "created")
PROFILE = topology.user_event(VICTIM, "updated")
ALL_TODOS, ALL_USERS = f"{topology.TODO_EVENTS}.>", f"{topology.USER_EVENTS}.>"
MINE, LAST = topology.todo_event("me", "created"), topology.todo_event("last", "created")
FORGED = b'{"forged": true}'


async def ask(client: Any, subject: str, body: Any) -> dict[str, Any]:
    """The server's answer; an error of the client is one too."""
    try:
        return json.loads((await client.request(subject, json.dumps(body).encode(), timeout=2)).data)  # type: ignore[no-any-return]
    except (NatsError, TimeoutError) as error:
        return {"error": {"description": repr(error)}}


async def create(client: Any, stream: str, name: str, **config: Any) -> dict[str, Any]:
    subject = ALL_TODOS if stream == topology.TODOS else ALL_USERS
    body = {"stream_name": stream, "config": {"durable_name": name, "filter_subject": subject, **config}}
    return await ask(client, f"{API}.CONSUMER.CREATE.{stream}.{name}.{subject}", body)


async def heard(client: Any, *subjects: str) -> list[str]:
    """Subjects of the messages that the client gets from now on."""
    found: list[str] = []

    async def hear(message: Any) -> None:
        found.append(message.subject)

    for subject in subjects:
        await client.subscribe(subject, cb=hear)
    await client.flush()
    return found


async def stored(nats: NatsServer) -> dict[str, int]:
    """How many messages each stream of events has."""
    manager = (await nats.connect()).jetstream()
    return {name: (await manager.stream_info(name)).state.messages for name in (topology.TODOS, topology.USERS)}


async def delivered(nats: NatsServer, stream: str, name: str) -> None:
    """Until the consumer, if there is one, has delivered all there is."""
    manager = (await nats.connect()).jetstream()

    async def done() -> bool:
        try:
            info = await manager.consumer_info(stream, name)
        except NotFoundError:
            return True
        return bool(info.delivered and info.delivered.consumer_seq and not info.num_pending)

    await wait_until(done)


@pytest.fixture
def bus_subscribers() -> tuple[str, ...]:
    return ("alice", "bob")


@pytest.fixture
async def owner(nats: NatsServer, publisher: Any) -> AsyncIterator[Any]:
    """Publishes what an attacker would have forwarded. The owners of both streams answer: `publisher` is one."""
    async with publisher.bus("auth") as bus:
        router = NatsRouter()
        consumer_requests.declare(router, bus, topology.USERS, "auth")
        broker = Broker(bus, router)
        await broker.start()
        yield await nats.connect()
        await broker.stop()


class TestDeliveringIntoAnotherSubject:
    """A consumer, or a reply, that is told to go where a service listens."""

    @pytest.fixture
    async def live(self, nats: NatsServer) -> list[str]:
        """What the gateway hears; a message that a consumer delivers comes with its first subject."""
        return await heard(await nats.connect("gateway"), ALL_TODOS)

    async def test_a_push_consumer_of_user_events(self, nats: NatsServer, owner: Any, live: list[str]) -> None:
        attacker = await nats.connect("subscriber")
        await heard(attacker, LIVE)  # the server delivers where it knows of a subscription to exactly this subject
        answer = await create(attacker, topology.USERS, "mine", deliver_subject=LIVE, ack_policy="none")
        await owner.jetstream().publish(topology.user_event("me", "updated"), FORGED)
        await delivered(nats, topology.USERS, "mine")
        await self._last(owner, live)
        assert (live, await stored(nats)) == ([LAST], {topology.TODOS: 1, topology.USERS: 1})
        assert "pull" in answer["error"]["description"]

    async def test_a_push_consumer_of_todo_events(self, nats: NatsServer, owner: Any, live: list[str]) -> None:
        attacker = await nats.connect("subscriber")
        await heard(attacker, PROFILE)
        answer = await create(attacker, topology.TODOS, "mine", deliver_subject=PROFILE, ack_policy="none")
        await owner.jetstream().publish(MINE, FORGED)
        await delivered(nats, topology.TODOS, "mine")
        await self._last(owner, live)
        assert (live, await stored(nats)) == ([MINE, LAST], {topology.TODOS: 2, topology.USERS: 0})
        assert "pull" in answer["error"]["description"]

    async def test_the_reply_to_a_pull(self, nats: NatsServer, owner: Any, live: list[str]) -> None:
        attacker = await nats.connect("subscriber")
        await heard(attacker, LIVE)
        await create(attacker, topology.TODOS, "mine", ack_policy="explicit")
        await owner.jetstream().publish(MINE, FORGED)
        await attacker.publish(f"{API}.CONSUMER.MSG.NEXT.TODOS.mine", b'{"batch": 1}', reply=LIVE)
        await attacker.flush()
        await delivered(nats, topology.TODOS, "mine")
        await self._last(owner, live)
        assert (live, await stored(nats)) == ([MINE, LAST], {topology.TODOS: 2, topology.USERS: 0})

    async def test_the_reply_to_a_question(self, nats: NatsServer, owner: Any, live: list[str]) -> None:
        attacker = await nats.connect("subscriber")
        await attacker.publish(topology.RPC_HEADS, b"{}", reply=LIVE)
        await attacker.request(topology.RPC_HEADS, b"{}")
        await self._last(owner, live)
        assert (live, await stored(nats)) == ([LAST], {topology.TODOS: 1, topology.USERS: 0})

    async def _last(self, owner: Any, live: list[str]) -> None:
        await owner.jetstream().publish(LAST, b"{}")
        await wait_until(lambda: LAST in live)


class TestPullConsumers:
    """What is allowed goes on as on one account."""

    async def test_one_reads_acknowledges_and_gives_back(self, nats: NatsServer, owner: Any) -> None:
        stream = (await nats.connect("subscriber")).jetstream()
        pulling = await stream.pull_subscribe(ALL_TODOS, "mine", stream=topology.TODOS)
        for number in range(3):
            await owner.jetstream().publish(MINE, b"%d" % number)
        first, second, third = await pulling.fetch(3, timeout=5)
        await first.ack_sync()
        await second.nak()
        await third.term()
        [again] = await pulling.fetch(1, timeout=5)
        assert again.data == b"1"
        await again.ack_sync()
        info = await stream.consumer_info(topology.TODOS, "mine")
        assert (info.num_ack_pending, info.num_pending) == (0, 0)
        await stream.delete_consumer(topology.TODOS, "mine")
        with pytest.raises(NotFoundError):
            await stream.consumer_info(topology.TODOS, "mine")


class TestOneSubscriberAndAnother:
    @pytest.mark.parametrize("user", ["bob", "subscriber"])
    async def test_a_durable_is_closed_to_others(self, nats: NatsServer, owner: Any, user: str) -> None:
        """Also under a name that they may use: the name in the request and that in its body are compared."""
        await create(await nats.connect("alice"), topology.TODOS, "alice", ack_policy="explicit")
        other = await nats.connect(user, error_cb=_ignore)
        for path in ("INFO.TODOS.alice", "DELETE.TODOS.alice", "MSG.NEXT.TODOS.alice"):
            assert "error" in await ask(other, f"{API}.CONSUMER.{path}", {"batch": 1})
        assert "error" in await create(other, topology.TODOS, "alice", ack_policy="none")
        body = {"stream_name": topology.TODOS, "config": topology.durable(topology.TODOS, "alice", deliver="new")}
        answer = await ask(other, f"{API}.CONSUMER.CREATE.TODOS.{user}.{ALL_TODOS}", body)
        assert "does not match" in answer["error"]["description"]
        info = await owner.jetstream().consumer_info(topology.TODOS, "alice")
        assert (info.config.deliver_policy, info.num_waiting) == ("all", 0)

    async def test_a_service_is_closed_to_them_too(self, nats: NatsServer, owner: Any) -> None:
        body = {"stream_name": topology.TODOS, "config": topology.durable(topology.TODOS, "stats")}
        for user in ("bob", "subscriber"):
            answer = await ask(await nats.connect(user), f"{API}.CONSUMER.CREATE.TODOS.{user}.{ALL_TODOS}", body)
            assert "does not match" in answer["error"]["description"]


class TestLimits:
    async def test_consumers_of_the_user_subscriber(self, nats: NatsServer, owner: Any) -> None:
        """It leaves places for named subscribers, and may change what it has."""
        many = await nats.connect("subscriber")
        free = consumer_requests.MAX_DEVELOPER_CONSUMERS - len(
            [one for one, _ in topology.durables() if one == "TODOS"]
        )
        answers = [await create(many, topology.TODOS, f"mine-{number}") for number in range(free + 1)]
        assert ["error" in answer for answer in answers] == [False] * free + [True]
        assert "delete some" in answers[-1]["error"]["description"]
        assert "error" not in await create(many, topology.TODOS, "mine-0", max_ack_pending=10)
        assert "error" not in await create(await nats.connect("alice"), topology.TODOS, "alice")

    async def test_connections_of_an_account(self, nats: NatsServer) -> None:
        for _ in range(permissions.CONNECTIONS[permissions.DEVELOPER]):
            await nats.connect("subscriber")
        taken = {user: await nats.server.takes(user, nats.passwords[user]) for user in ("subscriber", "alice", "todos")}
        assert taken == {"subscriber": False, "alice": True, "todos": True}

    @pytest.mark.parametrize(
        ("config", "says"),
        [
            ({"max_ack_pending": -1}, "max_ack_pending is from 1 to 5000"),
            ({"max_waiting": 100_000}, "max_waiting is from 1 to 512"),
            ({"max_ack_pending": "many"}, "max_ack_pending"),
            ({"mem_storage": True}, "without mem_storage"),
            ({"description": "x" * 20_000}, "at most 16384 bytes"),
        ],
        ids=["unacknowledged", "waiting", "text", "memory", "size"],
    )
    async def test_what_a_consumer_may_ask_for(
        self, nats: NatsServer, owner: Any, config: dict[str, Any], says: str
    ) -> None:
        answer = await create(await nats.connect("alice"), topology.TODOS, "alice", **config)
        assert says in answer["error"]["description"]

    @pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"config": 7}', b'{"config": null}', b"\xff"], ids=repr)
    async def test_what_is_no_request_is_refused(self, nats: NatsServer, owner: Any, body: bytes) -> None:
        client = await nats.connect("alice")
        answer = await client.request(f"{API}.CONSUMER.CREATE.TODOS.alice.{ALL_TODOS}", body, timeout=5)
        assert "not a request" in json.loads(answer.data)["error"]["description"]


async def _ignore(_: Exception) -> None:
    """A denied subject is expected."""
