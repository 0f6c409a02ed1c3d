"""Reminders: what has fired, and what the user has set."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from notifications_service import examples, schemas
from notifications_service.dependencies import Browsers, User
from notifications_service.service import reminders
from service_common.http.dependencies import Caller, Pool
from service_common.http.openapi import extra, problems
from service_common.http.routes import Route, needs
from service_common.tokens.scopes import Scope

router = APIRouter(route_class=Route, prefix="/api/notifications")


@router.get("", openapi_extra=extra(got=[examples.FIRED]))
@needs(Scope.LOGIN)
async def list_fired(
    user: User, pool: Pool, limit: Annotated[int, Query(ge=1, le=100)] = 50
) -> list[schemas.FiredReminder]:
    """The reminders that have fired, newest first; they are kept for 60 days."""
    return [schemas.FiredReminder.of(one) for one in await reminders.newest(pool, user, limit)]


@router.get("/settings", openapi_extra=extra(got=examples.SETTINGS))
@needs(Scope.LOGIN)
async def get_settings(user: User, pool: Pool) -> schemas.Settings:
    return schemas.Settings.of(await reminders.chosen(pool, user))


@router.patch(
    "/settings",
    responses=problems(400, 413, 415, 422),
    openapi_extra=extra(sent=examples.SETTINGS_CHANGE, got=examples.SETTINGS),
)
@needs(Scope.LOGIN)
async def change_settings(body: schemas.SettingsChange, user: User, pool: Pool) -> schemas.Settings:
    """Change when and where todos are reminded of; reminders that are still to come move."""
    return schemas.Settings.of(await reminders.choose(pool, user, body.preferences()))


@router.post("/test", status_code=202, responses=problems(429), openapi_extra=extra(got=examples.SENT_TEST, status=202))
@needs(Scope.LOGIN)
async def send_test(user: User, pool: Pool, browsers: Browsers) -> schemas.SentTest:
    """Send a test message to wherever reminders are sent, quiet hours or not: five an hour."""
    channels = await reminders.send_test(pool, user)
    reached = len(await browsers.all(user)) if "push" in channels else 0
    return schemas.SentTest(email="email" in channels, browsers=reached)


@router.get("/push", openapi_extra=extra(got=examples.PUSH))
@needs(Scope.LOGIN)
async def get_push(user: User, browsers: Browsers) -> schemas.Push:
    """What a browser subscribes to Web Push with, and those that have."""
    found = [schemas.PushSubscription.of(one) for one in await browsers.all(user)]
    return schemas.Push(public_key=browsers.public_key, subscriptions=found)


@router.post(
    "/push",
    status_code=201,
    responses=problems(400, 413, 415, 422),
    openapi_extra=extra(sent=examples.NEW_PUSH, got=examples.PUSH_SUBSCRIPTION, status=201),
)
@needs(Scope.LOGIN)
async def subscribe(body: schemas.NewPush, user: User, caller: Caller, browsers: Browsers) -> schemas.PushSubscription:
    """Push what the user is told to this browser, until its session ends; of more than ten the oldest is forgotten."""
    session, keys = UUID(caller.session_id), body.keys
    return schemas.PushSubscription.of(await browsers.subscribe(user, body.endpoint, keys.p256dh, keys.auth, session))


@router.delete("/push", status_code=204, responses=problems(422))
@needs(Scope.LOGIN)
async def unsubscribe(user: User, browsers: Browsers, endpoint: Annotated[str, Query(max_length=2000)]) -> None:
    """Push nothing more to the browser of this `endpoint`, whether or not it had subscribed."""
    await browsers.unsubscribe(user, endpoint)
