"""Puts down what a user is to be told, for each channel that reaches the user; `channels` sends it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from notifications_service.domain import Channel, quiet_until, zone_of
from notifications_service.repository import notices, preferences
from notifications_service.repository.notices import New
from notifications_service.repository.preferences import Reach
from service_common.database import Connection

FIRED, MISSED, TODAY, WEBHOOK, TEST = "reminder.fired.v1", "reminder.digest.v1", "today", "webhook", "test"


class News(NamedTuple):
    """`id` makes that nothing is told twice."""

    user_id: UUID
    id: UUID
    kind: str
    content: Mapping[str, Any]


async def put(connection: Connection, news: Sequence[News], now: datetime) -> None:
    """In the caller's transaction; in a user's quiet hours for when they end."""
    reached = {one.user_id: one for one in await preferences.reached(connection, {one.user_id for one in news})}
    await notices.put(connection, [new for one in news for new in _of(one, reached[one.user_id], now)])


async def put_test(connection: Connection, user_id: UUID, id_: UUID, now: datetime) -> list[Channel]:
    """Where it goes, quiet hours or not."""
    [reach] = await preferences.reached(connection, {user_id})
    channels = list(_channels(TEST, reach))
    await notices.put(connection, [New(user_id, channel, id_, TEST, "{}", now) for channel in channels])
    return channels


def _of(one: News, reach: Reach, now: datetime) -> Iterator[New]:
    at = quiet_until(now, zone_of(reach.time_zone), reach.quiet_start, reach.quiet_end) or now
    for channel in _channels(one.kind, reach):
        yield New(one.user_id, channel, one.id, one.kind, orjson.dumps(one.content).decode(), at)


def _channels(kind: str, reach: Reach) -> Iterator[Channel]:
    """That a webhook is disabled is mailed in any case: its user may never look at reminders."""
    if reach.has_address and (reach.by_email or kind == WEBHOOK):
        yield "email"
    if reach.by_push:
        yield "push"
