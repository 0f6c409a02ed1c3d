"""Commands for operators."""

import asyncpg
from nats.aio.client import Client

from service_common import replays
from service_common.replays import OnProgress, Report
from stats_service.projection.replay import Replay

SERVICE = "stats"


def verify() -> int:
    async def replay(client: Client, connection: asyncpg.Connection, show: OnProgress) -> Report:
        return await Replay(client, connection, show).verify()

    return replays.verify(SERVICE, replay)


def rebuild() -> int:
    async def replay(client: Client, connection: asyncpg.Connection, show: OnProgress) -> Report:
        return await Replay(client, connection, show).rebuild()

    return replays.rebuild(SERVICE, replay)
