"""HTTP calls of one process to another that are rare: keys, API documents."""

from typing import Any

import httpx


async def get_json(url: str, seconds: float) -> Any:
    """The JSON document at `url`, past any proxy of the environment; raises ConnectionError or ValueError."""
    verify = url.startswith("https:")  # loading the certificates blocks the event loop for some 30 ms
    try:
        async with httpx.AsyncClient(timeout=seconds, trust_env=False, verify=verify) as client:
            return (await client.get(url)).raise_for_status().json()
    except httpx.HTTPError as error:
        raise ConnectionError(f"{url}: {error!r}") from error
