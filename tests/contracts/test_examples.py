"""The examples run as a newcomer would run them, as programs with the subscriber's password."""

import asyncio
import os
import signal
import sys
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import orjson

from service_testing.nats import NatsServer
from service_testing.waiting import wait_until
from todobus_events import topology

EXAMPLES = Path(__file__).parents[2] / "examples"
SECOND = 2


@asynccontextmanager
async def running(nats: NatsServer, name: str, *arguments: str, **options: Any) -> AsyncIterator[Any]:
    login = {
        "TODOBUS_NATS_URL": nats.url,
        "TODOBUS_NATS_USER": "subscriber",
        "TODOBUS_NATS_PASSWORD": nats.passwords["subscriber"],
    }
    argv = (sys.executable, str(EXAMPLES / name), *arguments)
    program = await asyncio.create_subprocess_exec(*argv, env=os.environ | login, **options)
    try:
        yield program
    finally:
        with suppress(ProcessLookupError):
            program.send_signal(signal.SIGTERM)
        await program.communicate()


@asynccontextmanager
async def webhook(answers: list[int], may_answer: asyncio.Event) -> AsyncIterator[tuple[str, list[dict[str, Any]]]]:
    """A server that notes what is posted; it takes each answer from the list first, then always says 200.

    The second time it accepts something it waits for `may_answer`.
    """
    got: list[dict[str, Any]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.split("content-length:")[1].split("\r\n")[0])
        body = await reader.readexactly(length)
        status = answers.pop(0) if answers else 200
        if status == 200:
            got.append(orjson.loads(body))
        if len(got) == SECOND:
            await may_answer.wait()
        writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", got


async def durable_exists(nats: NatsServer, name: str) -> None:
    manager = (await nats.connect()).jetstream()

    async def exists() -> bool:
        return name in {info.name for info in await manager.consumers_info(topology.TODOS)}

    await wait_until(exists, 30)


async def test_completions_reach_the_webhook_once_and_in_order(
    publisher: Any, nats: NatsServer, tmp_path: Path
) -> None:
    user, may_answer = str(uuid.uuid4()), asyncio.Event()
    async with webhook([503], may_answer) as (url, got), publisher.relaying():
        async with running(nats, "completions_webhook.py", url, str(tmp_path / "positions.db")) as program:
            await durable_exists(nats, "completions-webhook")
            await publisher.write(user, 2, event_type="todo.completed.v1")
            await publisher.write(user, 1, event_type="todo.updated.v1")
            await wait_until(lambda: len(got) == SECOND, 20)
            program.send_signal(signal.SIGTERM)  # what is being posted is finished first
            may_answer.set()
        await publisher.write(user, 1, event_type="todo.completed.v1")
        async with running(nats, "completions_webhook.py", url, str(tmp_path / "positions.db")):
            await wait_until(lambda: len(got) == 3, 20)
    assert [event["sequence"] for event in got] == [1, 2, 4]


async def test_what_was_being_posted_is_posted_again_after_a_kill(
    publisher: Any, nats: NatsServer, tmp_path: Path
) -> None:
    user, may_answer = str(uuid.uuid4()), asyncio.Event()
    async with webhook([], may_answer) as (url, got), publisher.relaying():
        async with running(nats, "completions_webhook.py", url, str(tmp_path / "positions.db")) as program:
            await durable_exists(nats, "completions-webhook")
            await publisher.write(user, 2, event_type="todo.completed.v1")
            await wait_until(lambda: len(got) == SECOND, 20)
            program.kill()  # the second is not said to be handled; nor is the first, where one pull brought both
            await program.wait()
            may_answer.set()
        await publisher.write(user, 1, event_type="todo.completed.v1")
        async with running(nats, "completions_webhook.py", url, str(tmp_path / "positions.db")):
            await wait_until(lambda: [event["sequence"] for event in got] in ([1, 2, 2, 3], [1, 2, 1, 2, 3]), 20)


async def test_events_are_printed_with_faststream(publisher: Any, nats: NatsServer) -> None:
    user = str(uuid.uuid4())
    async with publisher.relaying(), running(nats, "faststream_printer.py", stdout=asyncio.subprocess.PIPE) as program:
        await durable_exists(nats, "printer")
        await publisher.write(user, title="Buy milk")
        line = await asyncio.wait_for(program.stdout.readline(), 20)
    assert line.decode() == f"{user} 1 todo.updated.v1 Buy milk\n"
