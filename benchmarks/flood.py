"""The effect of many log-ins on other routes, through the whole system: p99 alone, under it, and beside a control.

The control is programs that only compute, one for each core, of idle priority: the effect of the machine alone.
"""

import argparse
import asyncio
import http.client
import multiprocessing
import os
import random
import secrets
import statistics
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import httpx
import orjson

from benchmarks.auth import PASSWORD, percentile
from benchmarks.system import todobus

ROUTES = ("/api/todos?limit=20", "/api/stats", "/api/users/me")
ACCOUNTS, TODOS = 120, 20
LOGINS_PER_SECOND, ASKED_PER_SECOND = 100, 200
CORES = len(os.sched_getaffinity(0))
HEAD = b"POST /api/auth/login HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
Latencies = dict[str, list[float]]


def nothing() -> Latencies:
    return {route: [] for route in ROUTES}


def ask(port: int, token: str, seconds: float) -> Latencies:
    """Milliseconds of each route, asked in turn by a process that does nothing else."""
    found = nothing()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    began, number = time.perf_counter(), 0
    while (started := time.perf_counter()) < began + seconds:
        route = ROUTES[number % len(ROUTES)]
        connection.request("GET", route, headers={"Authorization": token})
        answer = connection.getresponse()
        answer.read()
        found[route].append((time.perf_counter() - started) * 1e3)
        assert answer.status == httpx.codes.OK
        number += 1
        time.sleep(max(0, began + number / ASKED_PER_SECOND - time.perf_counter()))
    return found


async def log_in(port: int, email: str, idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]) -> int:
    """The status of a log-in, over one of the idle connections; an HTTP client would add load."""
    reader, writer = idle.pop() if idle else await asyncio.open_connection("127.0.0.1", port)
    body = orjson.dumps({"email": email, "password": PASSWORD})
    writer.write(HEAD % len(body) + body)
    lines = (await reader.readuntil(b"\r\n\r\n")).lower().split(b"\r\n")
    await reader.readexactly(next(int(line[15:]) for line in lines if line.startswith(b"content-length:")))
    idle.append((reader, writer))
    return int(lines[0].split()[1])


async def pour(port: int, emails: list[str], seconds: float) -> list[int]:
    idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
    began, tasks = time.perf_counter(), []
    while time.perf_counter() < began + seconds:
        tasks.append(asyncio.create_task(log_in(port, random.choice(emails), idle)))  # noqa: S311
        await asyncio.sleep(max(0, began + len(tasks) / LOGINS_PER_SECOND - time.perf_counter()))
    statuses = await asyncio.gather(*tasks)
    for _, writer in idle:
        writer.close()
    return statuses


def flood(port: int, emails: list[str], seconds: float) -> list[int]:
    return asyncio.run(pour(port, emails, seconds))


@contextmanager
def computing() -> Iterator[None]:
    command = ("chrt", "--idle", "0", "sha256sum", "/dev/zero")
    programs = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(CORES)]
    try:
        yield
    finally:
        for program in programs:
            program.kill()
            program.wait()


@asynccontextmanager
async def flooding(pool: ProcessPoolExecutor, port: int, emails: list[str], seconds: float) -> AsyncIterator[None]:
    """It begins a second before, and ends a second after."""
    pouring = asyncio.get_running_loop().run_in_executor(pool, flood, port, emails, seconds + 2)
    await asyncio.sleep(1)
    yield
    statuses = await pouring
    print(f"  log-ins answered 200 / 503: {statuses.count(200)} / {statuses.count(503)} in {seconds + 2:.0f} s")


async def accounts(port: int, token: str) -> list[str]:
    emails = [f"{secrets.token_hex(8)}@bench.example" for _ in range(ACCOUNTS)]
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        for first in range(0, ACCOUNTS, 10):
            bodies = [{"email": email, "password": PASSWORD} for email in emails[first : first + 10]]
            await asyncio.gather(*(client.post("/api/auth/register", json=body) for body in bodies))
        for number in range(TODOS):
            await client.post("/api/todos", json={"title": f"todo {number}"}, headers={"Authorization": token})
    return emails


def show(what: str, usual: Latencies, then: Latencies) -> None:
    print(f"{what}: p50 and p99 in ms")
    for route in ROUTES:
        medians = f"{statistics.median(usual[route]):5.1f} → {statistics.median(then[route]):5.1f}"
        before, after = percentile(usual[route], 0.99), percentile(then[route], 0.99)
        print(f"  {route:<22} {medians}   {before:5.1f} → {after:5.1f}   {after / before:.2f}x")


async def run(rounds: int, seconds: float) -> None:
    usual, flooded, beside = nothing(), nothing(), nothing()
    with (
        tempfile.TemporaryDirectory() as folder,
        todobus(Path(folder)) as program,
        ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool,
    ):
        port, token = program.port, program.users[0][0]
        emails = await accounts(port, token)

        async def asked(into: Latencies) -> None:
            found = await asyncio.get_running_loop().run_in_executor(pool, ask, port, token, seconds)
            for route, values in found.items():
                into[route] += values

        for _ in range(rounds):
            await asked(usual)
            async with flooding(pool, port, emails, seconds):
                await asked(flooded)
            with computing():
                await asked(beside)
    show(f"under {LOGINS_PER_SECOND} log-ins/s", usual, flooded)
    show(f"beside {CORES} programs of idle priority that compute, no log-ins", usual, beside)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=6)
    options = parser.parse_args()
    asyncio.run(run(options.rounds, options.seconds))


if __name__ == "__main__":
    main()
