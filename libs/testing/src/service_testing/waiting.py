"""Waiting for a condition, never for a time."""

import asyncio
import inspect
import time
from collections.abc import Callable
from typing import Any

DEADLINE = 10.0
PAUSE = 0.01


async def wait_until(condition: Callable[[], Any], deadline: float = DEADLINE) -> Any:
    """What `condition` gives once that is true; it may be a coroutine function. Fails after `deadline` seconds."""
    end = time.monotonic() + deadline
    while True:
        value = condition()
        if inspect.isawaitable(value):
            value = await value
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not true after {deadline} s, last: {value!r}")
        await asyncio.sleep(PAUSE)
