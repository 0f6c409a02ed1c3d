"""What the endpoints take from a request: whose projection, on which days, and how new it has to be."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request
from pydantic import AfterValidator

from service_common.http.errors import Caller
from stats_service import domain, service
from stats_service.projection.projector import Projector
from stats_service.repository import Preferences

WAIT_SECONDS = 2.0


def _zone(name: str) -> str:
    if not domain.is_zone(name):
        raise ValueError("must be a time zone of the IANA database, such as Europe/Helsinki")
    return name


TimeZone = Annotated[
    str, AfterValidator(_zone), Query(description="Instead of the user's own", examples=["Europe/Helsinki"])
]
Sequence = Annotated[int, Query(ge=0, lt=2**63, description="Wait, at most 2 s, until this change is counted")]


def _projector(request: Request) -> Projector:
    projector: Projector = request.app.state.projector
    return projector


Projection = Annotated[Projector, Depends(_projector)]


def _user(caller: Caller) -> UUID:
    return UUID(caller.user_id)


User = Annotated[UUID, Depends(_user)]


async def _preferences(
    user: User, caller: Caller, projector: Projection, time_zone: TimeZone | None = None
) -> Preferences:
    return await service.preferences(projector.pool, user, time_zone, caller.time_zone)


UserPreferences = Annotated[Preferences, Depends(_preferences)]


async def _reached(user: User, projector: Projection, min_sequence: Sequence = 0) -> int:
    """Waits; gives `min_sequence` back, so that the answer can tell whether it was reached."""
    if min_sequence:
        await projector.reach(user, min_sequence, WAIT_SECONDS)
    return min_sequence


MinSequence = Annotated[int, Depends(_reached)]


def _now() -> datetime:
    return datetime.now(UTC)


Now = Annotated[datetime, Depends(_now)]
