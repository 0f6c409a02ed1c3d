"""Publishes events as the todo service and auth do, for tests of services that read them."""

import copy
import json
import uuid

from nats.aio.client import Client

from service_testing.event_examples import example
from service_testing.nats import NatsServer
from todobus_events import topology
from todobus_events.registry import EVENTS


class Publisher:
    def __init__(self, todos: Client, auth: Client) -> None:
        self._todos, self._auth = todos, auth

    @classmethod
    async def connected(cls, nats: NatsServer) -> "Publisher":
        return cls(await nats.connect("todos"), await nats.connect("auth"))

    async def todo_events(self, user_id: str, *verbs: str, first: int = 1) -> None:
        """An event for each verb, with the user's sequences from `first` on; a repeated one is stored again."""
        for sequence, verb in enumerate(verbs, first):
            await _publish(self._todos, topology.todo_event(user_id, verb), f"todo.{verb}.v1", user_id, sequence)

    async def user_event(self, user_id: str, verb: str, sequence: int = 1) -> None:
        await _publish(self._auth, topology.user_event(user_id, verb), f"user.{verb}.v1", user_id, sequence)

    async def erasures(self) -> list[str]:
        """The subjects of the confirmations that services publish from now on."""
        heard: list[str] = []

        async def hear(message: object) -> None:
            heard.append(message.subject)  # type: ignore[attr-defined]

        await self._auth.subscribe(topology.erased("*", "*"), cb=hear)
        await self._auth.flush()
        return heard


async def _publish(client: Client, subject: str, event_type: str, user_id: str, sequence: int) -> None:
    event = copy.deepcopy(example(EVENTS[event_type]))
    event |= {"id": str(uuid.uuid4()), "userid": user_id, "sequence": sequence}
    if "feedid" in event:
        event["feedid"] = user_id
    event["data"]["sequence"] = sequence
    await client.jetstream().publish(subject, json.dumps(event).encode())
