"""Questions over the bus that another service answers."""

from typing import Any

from nats.aio.client import Client
from pydantic_core import from_json, to_json

TIMEOUT_SECONDS = 5.0


class RequestError(OSError):
    """The service that was asked could not answer; asking again later is right."""


async def ask(client: Client, subject: str, *, seconds: float = TIMEOUT_SECONDS, **request: Any) -> dict[str, Any]:
    """The answer. Raises: RequestError, and the client's own errors: all of them are `retry.TRANSIENT`."""
    message = await client.request(subject, to_json(request), timeout=seconds)
    answer: dict[str, Any] = from_json(message.data)
    if error := answer.get("error"):
        raise RequestError(f"{error['code']}: {error.get('detail', '')}")
    return answer
