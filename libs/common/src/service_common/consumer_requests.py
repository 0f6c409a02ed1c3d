"""Consumers for programs of others: the owner of a stream makes them, on request (`todobus_events.permissions`).

A consumer delivers in the account of its stream, on any subject it is given. So what is asked for is read here, and a
pull consumer is made, which delivers to the account that pulls. Requests and answers are those of JetStream's API.
"""

from collections.abc import Mapping
from typing import Any

import orjson
from faststream.nats import NatsMessage, NatsRouter
from nats.errors import Error as NatsError

from todobus_events import permissions, topology
from todobus_events.bus import Bus
from todobus_events.jetstream import request

MAX_BYTES = 16 * 1024
MAX_DEVELOPER_CONSUMERS = 60  # of a stream's, so that named subscribers and services find a place
MAX_PULLS = 512  # that wait at one consumer
TAKEN = frozenset(
    {
        *("name", "durable_name", "description", "metadata", "headers_only", "sample_freq"),
        *("filter_subject", "filter_subjects", "deliver_policy", "opt_start_seq", "opt_start_time", "replay_policy"),
        *("ack_policy", "ack_wait", "max_deliver", "backoff", "max_ack_pending", "inactive_threshold"),
        *("max_waiting", "max_batch", "max_bytes", "max_expires", "num_replicas"),
    }
)
LIMITED, UNAVAILABLE, REFUSED = (400, 10026), (503, 10008), (400, 10012)  # HTTP's and JetStream's codes


class RefusedError(ValueError):
    """The text of the refusal."""

    def __init__(self, text: str, codes: tuple[int, int] = REFUSED) -> None:
        super().__init__(text)
        self.codes = codes


def declare(router: NatsRouter, bus: Bus, stream: str, service: str) -> None:
    """Answer the requests for consumers of `stream`, shared by the instances of its owner `service`."""
    prefix = topology.consumer_requests(stream)

    @router.subscriber(
        f"{prefix}.>",
        service,
        title=f"{service}Consumers",
        description=f"Programs of others ask for a pull consumer of {stream}: JetStream's own request and answer.",
        decoder=_raw,
    )
    async def make(message: NatsMessage) -> bytes:
        place = message.raw_message.subject.removeprefix(f"{prefix}.")
        return orjson.dumps(await _made(bus, stream, place, message.body, message.headers))


async def _made(bus: Bus, stream: str, place: str, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
    """The answer; `place` is the name of the consumer and, with a dot between them, its filter."""
    try:
        asked = _checked(stream, body)
        await _require_room(bus, stream, place.partition(".")[0], headers)
        return await request(bus.client, f"CONSUMER.CREATE.{stream}.{place}", asked)
    except RefusedError as error:
        return _error(str(error), *error.codes)
    except (NatsError, TimeoutError) as error:
        return _error(f"JetStream cannot be asked now: {error!r}", *UNAVAILABLE)


def _checked(stream: str, body: bytes) -> dict[str, Any]:
    """What JetStream is asked for; raises RefusedError."""
    if len(body) > MAX_BYTES:
        raise RefusedError(f"a request for a consumer has at most {MAX_BYTES} bytes")
    try:
        given = orjson.loads(body)
        config = {name: value for name, value in given["config"].items() if value}  # JetStream reads 0 as absent
    except (ValueError, TypeError, KeyError, AttributeError):
        raise RefusedError("not a request for a consumer") from None
    if unknown := config.keys() - TAKEN:
        raise RefusedError(f"only pull consumers are made here, without {', '.join(sorted(unknown))}")
    for name, most in (("max_ack_pending", topology.MAX_ACK_PENDING), ("max_waiting", MAX_PULLS)):
        if not 0 <= _number(config.get(name, 0)) <= most:
            raise RefusedError(f"{name} is from 1 to {most}")
    action = given.get("action")
    return {"stream_name": stream, "config": config} | ({"action": action} if action else {})


def _number(value: Any) -> int:
    return value if type(value) is int else -1


async def _require_room(bus: Bus, stream: str, name: str, headers: Mapping[str, str]) -> None:
    """The user `subscriber`, whose consumers have any name, leaves places; the server has the limit for all."""
    if orjson.loads(headers.get("Nats-Request-Info", "{}")).get("acc") != permissions.DEVELOPER:
        return
    state = (await request(bus.client, f"STREAM.INFO.{stream}", {})).get("state", {})
    if state.get("consumer_count", 0) < MAX_DEVELOPER_CONSUMERS:
        return
    if "error" in await request(bus.client, f"CONSUMER.INFO.{stream}.{name}", {}):
        raise RefusedError(f"{stream} has {MAX_DEVELOPER_CONSUMERS} consumers: delete some", LIMITED)


def _error(description: str, code: int, number: int) -> dict[str, Any]:
    kind = "io.nats.jetstream.api.v1.consumer_create_response"
    return {"type": kind, "error": {"code": code, "err_code": number, "description": description}}


async def _raw(message: NatsMessage) -> bytes:
    return message.body
