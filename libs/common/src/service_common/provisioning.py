"""Makes the bus what `todobus_events.topology` says it is: `python -m service_common.provisioning`.

It runs before any service starts, and may run again at any time: what exists is updated, nothing is ever deleted.
"""

import asyncio

import nats
from nats.aio.client import Client

from service_common.settings import BusSettings
from todobus_events import topology
from todobus_events.jetstream import ensure_consumer, ensure_stream


class ProvisioningSettings(BusSettings):
    """Only the operator may make streams."""

    nats_user: str = "operator"
    todos_stream_bytes: int = 4 * topology.GIB


async def provision(client: Client, replicas: int = 1, todos_bytes: int = 4 * topology.GIB) -> None:
    """Create or update all streams, durables and buckets; raises ProvisioningError when the server refuses one."""
    for stream in topology.streams(replicas, todos_bytes):
        await ensure_stream(client, stream)
    for stream_name, consumer in topology.durables():
        await ensure_consumer(client, stream_name, consumer)


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
