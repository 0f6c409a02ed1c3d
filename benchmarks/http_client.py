"""The gateway's own HTTP client and pyreqwest, pinned to one core: CPU per request, streaming a body of 2 KB.

CPU time is what counts on the proxy's core: pyreqwest works in threads of its own, which are counted too.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable

import uvloop
from pyreqwest.client import ClientBuilder

from api_gateway.upstream.instances import Instance
from benchmarks import gateway
from benchmarks.gateway import BODY, CONNECTIONS, OTHER_CORE, PROXY_CORE, free_port, pinned, running

Get = Callable[[], Awaitable[int]]
REQUEST = b"GET /api/todos HTTP/1.1\r\nhost: x\r\nauthorization: Bearer token\r\n\r\n"


async def own(port: int) -> Get:
    instance = Instance("todos", "127.0.0.1", port)

    async def get() -> int:
        connection = await instance.connect()
        connection.begin(REQUEST, head_only=False, deadline=float("inf"))
        await connection.head()
        size, more = 0, True
        while more:
            part, more = await connection.read()
            size += len(part)
        instance.give_back(connection)
        return size

    return get


async def pyreqwest(port: int) -> Get:
    client = await ClientBuilder().no_proxy().build().__aenter__()
    url = f"http://127.0.0.1:{port}/api/todos"

    async def get() -> int:
        size = 0
        async with client.get(url).header("authorization", "Bearer token").build_streamed() as response:
            while (part := await response.body_reader.read_chunk()) is not None:
                size += len(part)
        return size

    return get


CLIENTS: dict[str, Callable[[int], Awaitable[Get]]] = {"own": own, "pyreqwest": pyreqwest}


async def measure(name: str, port: int, requests: int) -> None:
    get = await CLIENTS[name](port)

    async def worker(count: int) -> None:
        for _ in range(count):
            assert await get() == len(BODY)

    await asyncio.gather(*(worker(20) for _ in range(CONNECTIONS)))
    cpu, began = time.process_time(), time.perf_counter()
    each = requests // CONNECTIONS
    await asyncio.gather(*(worker(each) for _ in range(CONNECTIONS)))
    done = each * CONNECTIONS
    used, taken = (time.process_time() - cpu) / done * 1e6, time.perf_counter() - began
    print(f"{name:12} {used:6.1f} µs CPU a request  {done / taken:8.0f} req/s", flush=True)
    os._exit(0)  # pyreqwest's threads would outlive the loop


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--client", help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.client:
        return uvloop.run(measure(options.client, options.port, options.requests))
    port = free_port()
    with running(pinned(OTHER_CORE, sys.executable, gateway.__file__, "--upstream", port, "--jwks", "{}"), port):
        for _ in range(options.rounds):
            for name in CLIENTS:
                arguments = ["--client", name, "--port", port, "--requests", options.requests]
                subprocess.run(
                    pinned(PROXY_CORE, sys.executable, "-m", "benchmarks.http_client", *arguments), check=True
                )
    return None


if __name__ == "__main__":
    main()
