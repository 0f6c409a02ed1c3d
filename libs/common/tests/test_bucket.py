import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest
from nats.aio.client import Client
from nats.errors import Error as NatsError

from service_common import bucket
from service_testing.nats import NatsServer
from todobus_events import topology


class Writer:
    """Puts entries into the bucket `revocations`, as auth does."""

    def __init__(self, client: Client) -> None:
        self._stream = client.jetstream()

    async def put(self, key: str, value: bytes = b"1", **headers: str) -> None:
        await self._stream.publish(f"$KV.{topology.REVOCATIONS}.{key}", value, headers=headers or None)


@pytest.fixture
async def writer(nats: NatsServer) -> Writer:
    return Writer(await nats.connect("auth"))


async def keys(entries: AsyncIterator[bucket.Entry | None], count: int) -> list[str | None]:
    async with asyncio.timeout(10):
        found = [await anext(entries) for _ in range(count)]
    return [entry and entry.key for entry in found]


class TestFollow:
    async def test_gives_what_is_stored_then_what_changes(self, nats: NatsServer, writer: Writer):
        await writer.put("a")
        await writer.put("b")
        await writer.put("a", b"2")
        async with aclosing(bucket.follow(await nats.connect("gateway"), topology.REVOCATIONS)) as entries:
            assert await keys(entries, 3) == ["b", "a", None]
            await writer.put("c")
            await writer.put("a", b"3")
            assert await keys(entries, 2) == ["c", "a"]

    async def test_reads_batch_after_batch(self, nats: NatsServer, writer: Writer):
        stored = [str(number) for number in range(bucket.BATCH * 2 + 3)]
        await asyncio.gather(*(writer.put(key) for key in stored))
        async with aclosing(bucket.follow(await nats.connect("gateway"), topology.REVOCATIONS)) as entries:
            found = await keys(entries, len(stored) + 1)
        assert found[-1] is None
        assert sorted(filter(None, found)) == sorted(stored)

    async def test_leaves_deletions_out(self, nats: NatsServer, writer: Writer):
        deletion = {"KV-Operation": "DEL"}
        await writer.put("a", b"", **deletion)
        async with aclosing(bucket.follow(await nats.connect("gateway"), topology.REVOCATIONS)) as entries:
            assert await keys(entries, 1) == [None]
            await writer.put("b", b"", **deletion)
            await writer.put("c")
            assert await keys(entries, 1) == ["c"]

    async def test_fails_without_a_bucket(self, nats: NatsServer):
        with pytest.raises(NatsError):
            await anext(bucket.follow(await nats.connect(), "missing"))
