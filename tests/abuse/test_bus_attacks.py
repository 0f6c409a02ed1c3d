"""Attacks of those who may use the bus: with what a service publishes, and with the login of a subscriber."""

import itertools
import json
import uuid
from typing import Any

import pytest
from nats.errors import Error as NatsError

from service_testing.system import System
from service_testing.waiting import wait_until
from todobus_events import topology

from ..chaos.crowd import bus
from .harness import siege

WRONG = [
    None,
    "",
    "x",
    -1,
    0,
    2**63,
    True,
    [],
    {},
    "2026-01-01T00:00:00",
    "9" * 5_000,
]


@pytest.mark.slow
async def test_1_events_with_one_wrong_field(system: System) -> None:
    async with siege(system) as it, bus(system) as client:
        attacker = await it.account()
        await attacker.create("Buy milk")
        event = await _last_event(client, attacker.id)
        broken = itertools.cycle([event | {"time": "2026-01-01T00:00:00"}, *_broken(event)])

        async def attack() -> None:
            document = next(broken) | {"id": str(uuid.uuid4())}
            await client.jetstream().publish(topology.todo_event(attacker.id, "created"), json.dumps(document).encode())

        await it.endure(attack, per_second=50)
        assert (await (await it.anonymous()).get("/readyz")).status_code == 200


@pytest.mark.slow
async def test_8_a_subscriber_who_delivers_to_others(system: System) -> None:
    """A push consumer delivers to any subject, also to that of another user's events or of another stream."""
    async with siege(system) as it, bus(system) as operator, bus(system, "subscriber") as outsider:
        attacker, victim = await it.account(), it.innocents[0].member.owner
        await attacker.create("Buy milk")
        todos, users = topology.todo_events_of(attacker.id), f"{topology.USER_EVENTS}.{attacker.id}.>"
        deliveries = itertools.cycle(
            [
                (topology.TODOS, todos, topology.user_event(victim.id, "abused")),
                (topology.TODOS, todos, topology.stats_updated(victim.id)),
                (topology.USERS, users, topology.todo_event(victim.id, "created")),
            ]
        )

        async def attack() -> None:
            stream, events, target = next(deliveries)
            name = f"abuse-{uuid.uuid4().hex}"
            config = {
                "name": name,
                "deliver_subject": target,
                "deliver_policy": "all",
                "ack_policy": "none",
                "filter_subject": events,
            }
            request = {"stream_name": stream, "config": config}
            try:
                subject = f"$JS.API.CONSUMER.CREATE.{stream}.{name}.{events}"
                answer = json.loads((await outsider.request(subject, json.dumps(request).encode(), timeout=2)).data)
            except NatsError as error:
                it.answers[type(error).__name__] += 1
            else:
                it.answers[answer.get("error", {}).get("description", "made")] += 1

        await it.endure(attack, per_second=5)
        users = await operator.jetstream().stream_info(
            topology.USERS, subjects_filter=f"{topology.USER_EVENTS}.*.abused"
        )
        assert not users.state.subjects


async def _last_event(client: Any, user: str) -> dict[str, Any]:
    async def stored() -> Any:
        try:
            return await client.jetstream().get_last_msg(topology.TODOS, topology.todo_event(user, "created"))
        except NatsError:
            return None

    return dict(json.loads((await wait_until(stored)).data))


def _broken(event: dict[str, Any]) -> list[dict[str, Any]]:
    """Each field absent, and with each wrong value; those of `data` and of the todo too."""
    found = []
    for path in [(), ("data",), ("data", "todo")]:
        for name in _at(event, path):
            for wrong in [..., *WRONG]:
                copy = json.loads(json.dumps(event))
                parent = _at(copy, path)
                if wrong is ...:
                    del parent[name]
                else:
                    parent[name] = wrong
                found.append(copy)
    return found


def _at(event: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    for step in path:
        event = event[step]
    return event
