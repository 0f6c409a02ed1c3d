"""A relay in a process of its own: `foreign_relay.py DATABASE_URL [freeze|die] [new-ids]`.

It ends itself between its first publish and its delete, as the order says. With `new-ids` it lacks a safeguard: what it
publishes again looks new to the stream.
"""

import asyncio
import os
import signal
import sys
import uuid
from collections.abc import Sequence
from typing import Any

from service_common.bus import create_bus
from service_common.outbox import Row
from service_common.relay import Relay, Timing
from service_common.settings import BusSettings
from todobus_events.publishing import Message
from todos_service.repository.outbox import Outbox

ENDS = {"freeze": signal.SIGSTOP, "die": signal.SIGKILL}


class BrokenOutbox(Outbox):
    def __init__(self, orders: Sequence[str]) -> None:
        self.signals = [ENDS[order] for order in orders if order in ENDS]
        self.has_new_ids = "new-ids" in orders

    def message(self, row: Row) -> Message | None:
        message = super().message(row)
        return message._replace(id=str(uuid.uuid4())) if message and self.has_new_ids else message

    async def delete(self, connection: Any, ids: Sequence[int], position: int) -> None:
        if self.signals:
            os.kill(os.getpid(), self.signals.pop())
        await super().delete(connection, ids, position)


async def main(url: str, *orders: str) -> None:
    bus = create_bus(BusSettings.load(), "relay")
    await bus.start()
    await Relay(url, bus, BrokenOutbox(orders), timing=Timing(idle_session_seconds=1)).start()
    await asyncio.Event().wait()


asyncio.run(main(*sys.argv[1:]))
