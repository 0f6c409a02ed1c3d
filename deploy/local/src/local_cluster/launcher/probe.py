"""Asks a process of the cluster whether it is ready."""

import asyncio

from local_cluster.launcher.engines.process import connection

TIMEOUT_SECONDS = 5
LARGEST_ANSWER = 64 * 1024


async def get(port: int, path: str) -> tuple[int, bytes]:
    """Status and body of a GET on 127.0.0.1; raises OSError or TimeoutError when there is no answer."""
    return await asyncio.wait_for(_get(port, path), TIMEOUT_SECONDS)


async def http_ready(port: int) -> bool:
    try:
        status, _ = await get(port, "/readyz")
    except (OSError, TimeoutError, ValueError):
        return False
    return status == 200  # noqa: PLR2004


async def _get(port: int, path: str) -> tuple[int, bytes]:
    async with connection(port) as (reader, writer):
        writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
        answer = await reader.read(LARGEST_ANSWER)
    if not answer.startswith(b"HTTP/"):
        raise ConnectionError("not an HTTP answer")
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split(b" ", 2)[1]), body
