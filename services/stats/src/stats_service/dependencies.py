"""What a handler takes from its request, besides the caller and the pool: see `service_common.http.dependencies`."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query

from service_common.http.dependencies import Caller, of_app
from service_common.time_zones import known_zone
from stats_service import service
from stats_service.projection import history, projector
from stats_service.repository import users

WAIT_SECONDS = 2.0


TimeZone = Annotated[
    str,
    known_zone("must be a time zone of the IANA database, such as Europe/Helsinki"),
    Query(description="Instead of the user's own", examples=["Europe/Helsinki"]),
]
Sequence = Annotated[int, Query(ge=0, lt=2**63, description="Wait, at most 2 s, until this change is counted")]
Projector = Annotated[projector.Projector, Depends(of_app("projector"))]
Histories = Annotated[history.Histories, Depends(of_app("histories"))]
Statistics = Annotated[service.Statistics, Depends(of_app("statistics"))]


async def _user(caller: Caller) -> UUID:
    return UUID(caller.user_id)


User = Annotated[UUID, Depends(_user)]


async def _preferences(
    user: User, caller: Caller, statistics: Statistics, time_zone: TimeZone | None = None
) -> users.Preferences:
    return await statistics.preferences(user, time_zone, caller.time_zone)


Preferences = Annotated[users.Preferences, Depends(_preferences)]


async def _reached(user: User, projector: Projector, min_sequence: Sequence = 0) -> int:
    """Waits; gives `min_sequence` back, so that the answer can tell whether it was reached."""
    if min_sequence:
        await projector.reach(user, min_sequence, WAIT_SECONDS)
    return min_sequence


MinSequence = Annotated[int, Depends(_reached)]


async def _now() -> datetime:
    return datetime.now(UTC)


Now = Annotated[datetime, Depends(_now)]
