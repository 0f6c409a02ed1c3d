"""What the service listens to: twins of the endpoints."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import structlog
from nats.aio.msg import Msg

from service_common import database, erasure
from service_common.time_zones import is_zone
from stats_service import domain, service
from stats_service.domain import fact
from stats_service.projection.projector import Projector
from stats_service.repository import users
from stats_service.repository.users import Preferences
from stats_service.schemas import Summary
from todobus_events import topology
from todobus_events.bus import Bus
from todobus_events.envelope import Event
from todobus_events.subscriber import Consumer

log = structlog.get_logger("subscribers")
SERVICE = "stats"  # also the name of its durables; its instances share them
BATCH = 1000  # the more events of a user in one, the fewer rows are written


def todo_events(bus: Bus, projector: Projector) -> Consumer:
    """Applies the todo events."""

    async def handle(events: Sequence[Event]) -> None:
        await projector.apply([fact(event.data) for event in events])

    return Consumer(bus, topology.TODOS, SERVICE, handle, batch=BATCH, transient=database.TRANSIENT)


def user_events(bus: Bus, pool: asyncpg.Pool) -> Consumer:
    """Keeps what figures depend on of each account, and erases deleted users."""

    async def handle(events: Sequence[Event]) -> None:
        for event in events:
            await _account_changed(bus, pool, event)

    return Consumer(bus, topology.USERS, SERVICE, handle, transient=database.TRANSIENT)


async def _account_changed(bus: Bus, pool: asyncpg.Pool, event: Event) -> None:
    user_id = UUID(event.user_id)
    if event.type == "user.deleted.v1":
        async with pool.acquire() as connection, connection.transaction():
            await users.erase(connection, user_id)
        await erasure.confirm(bus.client, user_id, SERVICE)
    else:
        await users.save_preferences(pool, user_id, event.sequence, _preferences(event.data["user"]))


def _preferences(user: dict[str, Any]) -> Preferences:
    zone, week_start = str(user["time_zone"]), str(user["week_start"])
    if not is_zone(zone) or week_start not in domain.WEEKDAYS:
        raise ValueError(f"no zone {zone!r} or no weekday {week_start!r}")
    return Preferences(zone, week_start, int(user["day_start_hour"]), int(user["daily_goal"]))


class SummaryResponder:
    """Answers `stats.rpc.summary` to the gateway, which pushes it to open event streams."""

    def __init__(self, bus: Bus, projector: Projector) -> None:
        self._projector = projector
        bus.subscribe(topology.RPC_SUMMARY, self._answer, queue=SERVICE)

    async def _answer(self, message: Msg) -> None:
        try:
            await message.respond(await self._summary(orjson.loads(message.data)))
        except (KeyError, ValueError, TypeError) as error:
            await message.respond(_error("invalid_request", repr(error)))
        except database.ERRORS as error:
            log.warning("no summary", error=repr(error))
            await message.respond(_error("unavailable", "the projection cannot be read now"))

    async def _summary(self, question: dict[str, str]) -> bytes:
        user_id, pool = UUID(question["user_id"]), self._projector.pool
        zone = question["time_zone"] if is_zone(question["time_zone"]) else service.DEFAULTS.time_zone
        preferences = await service.preferences(pool, user_id, None, zone)
        return (
            Summary(**await service.summary(pool, user_id, preferences, datetime.now(UTC))).model_dump_json().encode()
        )


def _error(code: str, detail: str) -> bytes:
    return orjson.dumps({"error": {"code": code, "detail": detail}})
