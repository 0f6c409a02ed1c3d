"""The HTTP API: parse a request, call one function of `service`, shape the answer."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Response

from service_common.http.openapi import extra
from service_common.http.routes import Route, needs
from service_common.moments import Moment
from service_common.tokens.scopes import Scope
from stats_service import examples
from stats_service.dependencies import Histories, MinSequence, Now, Preferences, Projector, Statistics, User
from stats_service.domain import ONE_DAY
from stats_service.errors import WrongSpan
from stats_service.schemas import DayAnswer, Summary

DEFAULT_DAYS = 30
MAX_DAYS = 400
EARLIEST, LATEST = date(1970, 1, 2), date(9999, 1, 1)

router = APIRouter(route_class=Route, prefix="/api/stats")


@router.get("", summary="Progress of the user", openapi_extra=extra(got=examples.SUMMARY))
@needs(Scope.STATS_READ)
async def get_stats(
    user: User,
    preferences: Preferences,
    statistics: Statistics,
    projector: Projector,
    reached: MinSequence,
    now: Now,
    response: Response,
    histories: Histories,
    as_of: Moment | None = None,
) -> Summary:
    """Progress as it is, or with `as_of` as it was at a number of the sequence or at an instant."""
    response.headers["Cache-Control"] = "no-store"
    if as_of is not None:
        head = await histories.prepare(user)
        return Summary(**await statistics.summary_at(user, preferences, as_of, head, now))
    answer = Summary(**await statistics.summary(user, preferences, now))
    answer.stale = answer.stale or answer.as_of_sequence < reached or not projector.bus.connected
    return answer


@router.get("/daily", summary="What was created and completed on each day", openapi_extra=extra(got=[examples.DAY]))
@needs(Scope.STATS_READ)
async def get_daily(
    user: User,
    preferences: Preferences,
    statistics: Statistics,
    _: MinSequence,
    now: Now,
    response: Response,
    first: Annotated[date | None, Query(alias="from", description="By default 30 days up to `to`")] = None,
    last: Annotated[date | None, Query(alias="to", description="By default today")] = None,
) -> list[DayAnswer]:
    last = last or await statistics.today(preferences, now)
    first = first or max(EARLIEST + DEFAULT_DAYS * ONE_DAY, last) - (DEFAULT_DAYS - 1) * ONE_DAY
    _check_span(first, last)
    response.headers["Cache-Control"] = "no-store"
    return [DayAnswer(**day._asdict()) for day in await statistics.daily(user, preferences, first, last)]


def _check_span(first: date, last: date) -> None:
    if not EARLIEST <= first <= last <= LATEST or (last - first).days >= MAX_DAYS:
        raise WrongSpan(f"Needed: {EARLIEST} <= from <= to <= {LATEST}, and at most {MAX_DAYS} days.")
