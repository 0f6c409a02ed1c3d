"""Questions to the todo service over the bus: what happened since, and where does each user stand.

All of them raise RequestError or the client's own errors while the service cannot answer: `retry.TRANSIENT`.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from nats.aio.client import Client
from pydantic_core import to_json

from todobus_events import topology
from todobus_events.envelope import Event, UnreadableEventError, event_of
from todobus_events.models import NIL_UUID
from todobus_events.requests import ask

PAGE = 500


@dataclass(frozen=True, slots=True)
class Page:
    """Events of one user in order; `sequence` is where the user stood when it was asked, 0 for an unknown user.

    The page reaches to the sequence `last`, also where the events of some sequences are `unreadable`.
    """

    events: Sequence[Event]
    unreadable: Sequence["Unreadable"]
    last: int
    sequence: int
    has_more: bool


class Unreadable(NamedTuple):
    """What stands in the place of an event that cannot be read: its bytes, and why."""

    sequence: int
    raw: bytes
    reason: str


class Change(NamedTuple):
    """What `data` of an event says, and the feed that the event is in."""

    feed_id: str
    data: Mapping[str, Any]


async def page(client: Client, user_id: str, since: int, limit: int = PAGE) -> Page:
    """The user's events after `since`, at most `limit`; their `raw` is the event as it was published."""
    answer = await ask(client, topology.RPC_CHANGES, user_id=user_id, since=since, limit=limit, events=True)
    events: list[Event] = []
    unreadable: list[Unreadable] = []
    last = since
    for document in answer["events"]:
        raw = to_json(document)
        try:
            event = event_of(document, raw)
        except UnreadableEventError as error:
            last += 1  # the log has no gaps
            unreadable.append(Unreadable(last, raw, str(error)))
        else:
            last = event.sequence
            events.append(event)
    return Page(events, unreadable, last, answer["sequence"], answer["has_more"])


async def pages(client: Client, user_id: str, since: int) -> AsyncIterator[Page]:
    """The user's events after `since`, up to the last; at least one page."""
    has_more = True
    while has_more:
        found = await page(client, user_id, since)
        yield found
        has_more = found.has_more and found.last > since
        since = found.last


async def events_of(client: Client, user_id: str, since: int, until: int | None = None) -> AsyncIterator[Event]:
    """The user's events after `since`, up to `until` or to the last."""
    async for found in pages(client, user_id, since):
        for event in found.events:
            if until is not None and event.sequence > until:
                return
            yield event


async def all_changes(client: Client) -> AsyncIterator[tuple[Sequence[Change], str]]:
    """Every change there is, feed by feed, in pages, each with its position: `<feed_id>:<sequence>`."""
    after, has_more = "", True
    while has_more:
        answer = await ask(client, topology.RPC_CHANGES, after=after, events=True)
        after, has_more = answer["position"], answer["has_more"]
        yield [Change(event.get("feedid") or event["userid"], event["data"]) for event in answer["events"]], after


async def heads(client: Client) -> AsyncIterator[dict[str, int]]:
    """Pages of `{user_id: sequence}`, of every user."""
    after, has_more = str(NIL_UUID), True
    while has_more:
        answer = await ask(client, topology.RPC_HEADS, after=after)
        after, has_more = answer["position"], answer["has_more"]
        yield answer["heads"]
