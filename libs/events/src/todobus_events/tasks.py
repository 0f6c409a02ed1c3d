"""Background tasks of a process: their waits and their end."""

import asyncio
import contextlib
from typing import Any


async def wait_until_set(event: asyncio.Event, seconds: float) -> bool:
    """Wait for the event, `seconds` at most; whether it is set. It stays set: who uses it again clears it."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
    return event.is_set()


async def end(*tasks: "asyncio.Task[Any] | None", again_seconds: float = 0.5) -> None:
    """Cancel tasks and wait until they have ended; what they raised is not raised here.

    Python 3.11's `asyncio.wait_for`, which the client libraries use, loses a cancellation that comes in the moment
    its future is done (cpython issue 86296), so a task that goes on is cancelled again after `again_seconds`.
    """
    pending = {task for task in tasks if task}
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=again_seconds)
