"""Makes the bus what `topology` says it is: `python -m todobus_events.jetstream`, before any service starts.

It may run again at any time: what exists is updated, nothing is ever deleted. It speaks the server's JSON API, so a
setting needs no support of the client library.
"""

import asyncio
from collections.abc import Mapping
from typing import Any, NamedTuple

import nats
import orjson
from nats.aio.client import Client

from service_common.settings import BusSettings
from todobus_events import topology

NOT_FOUND = 404


class ProvisioningSettings(BusSettings):
    """Who may make streams is the operator."""

    nats_user: str = "operator"
    todos_stream_bytes: int = 4 * topology.GIB


class ProvisioningError(Exception):
    """The server refused a stream or a consumer."""


async def provision(client: Client, replicas: int = 1, todos_bytes: int = 4 * topology.GIB) -> None:
    """Create or update all streams, durables and buckets."""
    for stream in topology.streams(replicas, todos_bytes):
        await _ensure_stream(client, stream)
    for stream_name, consumer in topology.durables():
        await ensure_consumer(client, stream_name, consumer)


async def restore_stream(client: Client, name: str, replicas: int = 1) -> None:
    """Create a stream that is missing; one that exists stays as it is. For its owner, after a store was lost."""
    found = await _request(client, f"STREAM.INFO.{name}", {})
    if found.get("error", {}).get("code") == NOT_FOUND:
        config = next(stream for stream in topology.streams(replicas) if stream["name"] == name)
        await _call(client, f"STREAM.CREATE.{name}", config)


class StreamState(NamedTuple):
    """`last_sequence` is the number of the newest message ever stored, also if it is gone since."""

    last_sequence: int
    messages: int


async def stream_state(client: Client, name: str) -> StreamState:
    state = (await _call(client, f"STREAM.INFO.{name}", {}))["state"]
    return StreamState(int(state["last_seq"]), int(state["messages"]))


async def ensure_consumer(client: Client, stream: str, config: Mapping[str, Any]) -> None:
    """Create or update a durable with one filter subject."""
    path = f"CONSUMER.CREATE.{stream}.{config['durable_name']}.{config['filter_subject']}"
    await _call(client, path, {"stream_name": stream, "config": config})


async def _ensure_stream(client: Client, config: dict[str, Any]) -> None:
    name = config["name"]
    found = await _request(client, f"STREAM.INFO.{name}", {})
    missing = found.get("error", {}).get("code") == NOT_FOUND
    merged = config if missing else found.get("config", {}) | config
    await _call(client, f"STREAM.{'CREATE' if missing else 'UPDATE'}.{name}", merged)


async def _call(client: Client, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    answer = await _request(client, path, body)
    if error := answer.get("error"):
        raise ProvisioningError(f"{path}: {error.get('description')} ({error.get('err_code')})")
    return answer


async def _request(client: Client, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    answer = await client.request(f"$JS.API.{path}", orjson.dumps(body), timeout=10)
    return orjson.loads(answer.data)  # type: ignore[no-any-return]


async def main() -> None:
    settings = ProvisioningSettings.load()
    client = await nats.connect(
        settings.nats_servers,
        user=settings.nats_user,
        password=settings.nats_password,
        inbox_prefix=f"_INBOX_{settings.nats_user}",
        name="provisioning",
    )
    try:
        await provision(client, settings.nats_replicas, settings.todos_stream_bytes)
    finally:
        await client.close()


if __name__ == "__main__":
    asyncio.run(main())
