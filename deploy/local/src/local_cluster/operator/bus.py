"""A connection to the bus of the running cluster, as its operator."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import nats
from nats.aio.client import Client

from local_cluster.operator.running import Running


@asynccontextmanager
async def connection(cluster: Running) -> AsyncIterator[Client]:
    login = {"user": "operator", "password": cluster.credentials.bus["operator"], "inbox_prefix": "_INBOX_operator"}
    client = await nats.connect(cluster.nats_url, **login, max_reconnect_attempts=-1)
    try:
        yield client
    finally:
        await client.close()


def printable(text: str) -> str:
    """What publishers have written, without escape sequences for the terminal."""
    return "".join(character if character.isprintable() else "�" for character in text)
