"""Background tasks of a process, and their end."""

import asyncio
from typing import Any

AGAIN_SECONDS = 0.5


async def end(*tasks: "asyncio.Task[Any] | None") -> None:
    """Cancel tasks and wait until they have ended; what they raised is theirs.

    Python 3.11's `asyncio.wait_for`, which the client libraries use, loses a cancellation that comes in the moment
    its future is done (cpython issue 86296): whoever cancels once may wait for ever.
    """
    pending = {task for task in tasks if task}
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=AGAIN_SECONDS)
