"""Streams and consumers of JetStream, by the server's JSON API: a setting needs no support of the client library.

`service_common.provisioning` makes everything that `topology` names; owners and readers restore what was lost.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from nats.aio.client import Client
from pydantic_core import from_json, to_json

from todobus_events import topology

NOT_FOUND = 404
TIMEOUT_SECONDS = 10


class ProvisioningError(Exception):
    """The server refused a stream or a consumer.

    Every function here raises it, and as the client does NoRespondersError (no JetStream, or not permitted) or
    TimeoutError.
    """


class StreamState(NamedTuple):
    """`last_sequence` is the number of the newest message ever stored, also if that was deleted since."""

    last_sequence: int
    messages: int


async def ensure_stream(client: Client, config: Mapping[str, Any]) -> None:
    """Create the stream, or update it: settings that `config` does not name stay as they are."""
    name = config["name"]
    found = await request(client, f"STREAM.INFO.{name}", {})
    if _is_missing(found):
        await _call(client, f"STREAM.CREATE.{name}", config)
    else:
        await _call(client, f"STREAM.UPDATE.{name}", found.get("config", {}) | config)


async def restore_stream(client: Client, name: str, replicas: int = 1) -> None:
    """Create a stream of `topology` that is missing; one that exists stays as it is. For its owner."""
    if _is_missing(await request(client, f"STREAM.INFO.{name}", {})):
        config = next(stream for stream in topology.streams(replicas) if stream["name"] == name)
        await _call(client, f"STREAM.CREATE.{name}", config)


async def stream_state(client: Client, name: str) -> StreamState:
    state = (await _call(client, f"STREAM.INFO.{name}", {}))["state"]
    return StreamState(int(state["last_seq"]), int(state["messages"]))


async def ensure_consumer(client: Client, stream: str, config: Mapping[str, Any]) -> None:
    """Create or update a durable with one filter subject."""
    path = f"CONSUMER.CREATE.{stream}.{config['durable_name']}.{config['filter_subject']}"
    await _call(client, path, {"stream_name": stream, "config": config})


def _is_missing(answer: Mapping[str, Any]) -> bool:
    return bool(answer.get("error", {}).get("code") == NOT_FOUND)


async def _call(client: Client, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    answer = await request(client, path, body)
    if error := answer.get("error"):
        raise ProvisioningError(f"{path}: {error.get('description')} ({error.get('err_code')})")
    return answer


async def request(client: Client, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """The server's answer, which may be an error, to a request below `$JS.API.`."""
    answer = await client.request(f"$JS.API.{path}", to_json(body), timeout=TIMEOUT_SECONDS)
    return from_json(answer.data)  # type: ignore[no-any-return]
