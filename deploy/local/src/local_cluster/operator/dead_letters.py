"""`todobus deadletters`: list, replay or drop events that a consumer could not handle."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import orjson
from cyclopts import Parameter
from nats.aio.client import Client

from local_cluster.cli import DEFAULT, AsJson, DataDir
from local_cluster.errors import ClusterError
from local_cluster.operator import running
from local_cluster.operator.bus import connection, printable
from todobus_events.subscriber import dead_letters
from todobus_events.subscriber.dead_letters import DeadLetter, MisfitError

SHOWN = ("sequence", "consumer", "type", "reason", "subject", "failed_at")

Action = Callable[[Client, DeadLetter], Awaitable[None]]
Numbers = Annotated[list[int] | None, Parameter(negative=(), help="The numbers that list shows.")]
Everything = Annotated[bool, Parameter(name="--all", negative=(), help="All of them.")]


def show(
    *,
    data_dir: DataDir = DEFAULT,
    consumer: Annotated[str | None, Parameter(help="Only the letters of this consumer.")] = None,
    as_json: AsJson = False,
) -> None:
    for letter in asyncio.run(_all(running.require(data_dir), consumer)):
        print(_json(letter) if as_json else _line(letter))


def replay(numbers: Numbers = None, /, *, data_dir: DataDir = DEFAULT, everything: Everything = False) -> int:
    """The exit code is 1 when one was left, because it does not fit its consumer."""
    return _each(data_dir, numbers or [], dead_letters.replay, "replayed", everything=everything)


def drop(numbers: Numbers = None, /, *, data_dir: DataDir = DEFAULT, everything: Everything = False) -> int:
    """The events themselves stay in their stream."""
    return _each(data_dir, numbers or [], dead_letters.drop, "dropped", everything=everything)


def _each(data_dir: Path, numbers: list[int], action: Action, done: str, *, everything: bool) -> int:
    if not numbers and not everything:
        raise ClusterError("name the numbers of the letters, or give --all")
    count, left = asyncio.run(_act(running.require(data_dir), set(numbers), action, everything=everything))
    print(f"{done} {count} dead letter{'' if count == 1 else 's'}")
    for letter, reason in left:
        print(printable(f"left {letter.sequence}: {reason}"), file=sys.stderr)
    return 1 if left else 0


async def _act(
    cluster: running.Running, numbers: set[int], action: Action, *, everything: bool
) -> tuple[int, list[tuple[DeadLetter, MisfitError]]]:
    """How many were acted on, and those that were left with the reason."""
    async with connection(cluster) as client:
        letters = {letter.sequence: letter async for letter in dead_letters.read(client)}
        if unknown := numbers - letters.keys():
            raise ClusterError(f"no dead letter has number {', '.join(map(str, sorted(unknown)))}")
        chosen = [letter for number, letter in letters.items() if everything or number in numbers]
        left = []
        for letter in chosen:
            try:
                await action(client, letter)
            except MisfitError as reason:
                left.append((letter, reason))
        return len(chosen) - len(left), left


async def _all(cluster: running.Running, consumer: str | None) -> list[DeadLetter]:
    async with connection(cluster) as client:
        return [letter async for letter in dead_letters.read(client, consumer)]


def _line(letter: DeadLetter) -> str:
    parts = (letter.sequence, letter.failed_at, letter.consumer, letter.type, letter.subject, letter.reason)
    return printable("  ".join(map(str, parts)))


def _json(letter: DeadLetter) -> str:
    fields = {name: getattr(letter, name) for name in SHOWN}
    return orjson.dumps(fields | {"payload": letter.payload.decode(errors="replace")}).decode()
