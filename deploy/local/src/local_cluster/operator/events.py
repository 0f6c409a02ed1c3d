"""`todobus events`: prints the events on the bus as they are published."""

import asyncio
import signal
from typing import Annotated, Any

import orjson
from cyclopts import Parameter

from local_cluster.cli import DEFAULT, DataDir
from local_cluster.operator import running
from local_cluster.operator.bus import connection, printable
from todobus_events import topology

SUBJECTS = (f"{topology.TODO_EVENTS}.>", f"{topology.USER_EVENTS}.>")


def events(
    *,
    data_dir: DataDir = DEFAULT,
    user: Annotated[str | None, Parameter(help="Only the events of this user id.")] = None,
    as_json: Annotated[bool, Parameter(name="--json", negative=(), help="Print whole events, one a line.")] = False,
) -> None:
    """Print each event until Ctrl-C, of one user or of all."""
    asyncio.run(_follow(running.require(data_dir), user, as_json=as_json))


async def _follow(cluster: running.Running, user: str | None, *, as_json: bool) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)

    async def show(message: Any) -> None:
        event = orjson.loads(message.data)
        if user in (None, event.get("userid")):
            print(message.data.decode() if as_json else line(event), flush=True)

    async with connection(cluster) as client:
        for subject in SUBJECTS:
            await client.subscribe(subject, cb=show)
        if not as_json:
            print("listening, Ctrl-C ends it …", flush=True)
        await stop.wait()


def line(event: dict[str, Any]) -> str:
    """One event in one line: when, what, whose, which."""
    title = (event.get("data", {}).get("todo") or {}).get("title", "")
    parts = (event["time"], event["type"], f"user {event.get('userid')}", f"#{event.get('sequence', '-')}", title)
    return printable("  ".join(parts)).rstrip()
