"""A connection to the bus of the running cluster, as its operator."""

import nats
from nats.aio.client import Client

from local_cluster.operator.running import Running


async def connect(cluster: Running) -> Client:
    password = cluster.credentials.bus["operator"]
    return await nats.connect(
        cluster.nats_url, user="operator", password=password, inbox_prefix="_INBOX_operator", max_reconnect_attempts=-1
    )
