"""What the endpoints share."""

import re
from collections.abc import Awaitable, Callable

import asyncpg
from fastapi import APIRouter, Request, Response

from service_common.database import Connection
from service_common.errors import FieldError
from service_common.tokens.verifier import Claims
from todos_service.errors import InvalidFields, TodoNotFound
from todos_service.fast_route import FastRoute
from todos_service.service import idempotency
from todos_service.service.idempotency import Kept
from todos_service.service.todos import Owner

UUID_FORM = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
KEY_FORM = re.compile(r"[\x21-\x7e]{1,255}")


def router() -> APIRouter:
    return APIRouter(route_class=FastRoute, prefix="/api")


def owner_of(claims: Claims) -> Owner:
    return Owner(claims.user_id, claims.time_zone)


def pool_of(request: Request) -> asyncpg.Pool:
    pool: asyncpg.Pool = request.app.state.pool
    return pool


def known_form(todo_id: str) -> str:
    """Something that is no id at all is no todo either."""
    if not UUID_FORM.fullmatch(todo_id):
        raise TodoNotFound
    return todo_id.lower()


async def answer_once(request: Request, caller: Claims, run: Callable[[Connection], Awaitable[Kept]]) -> Response:
    """The answer of `run`; with an Idempotency-Key, the one it gave the first time. The relay is woken in between."""
    pool, key = pool_of(request), request.headers.get("idempotency-key")
    replayed = False
    if key is None:
        async with pool.acquire() as db:
            kept = await run(db)
    else:
        if not KEY_FORM.fullmatch(key):
            raise InvalidFields([FieldError("header Idempotency-Key", "1 to 255 visible ASCII characters")])
        asked = idempotency.fingerprint(str(request.url.path), request.url.query, request.state.body)
        hours = request.app.state.settings.idempotency_hours
        kept, replayed = await idempotency.once(pool, owner_of(caller), key, asked, hours, run)
    request.app.state.wake()
    again = {"Idempotency-Replayed": "true"} if replayed else {}
    return Response(kept.body.encode(), kept.status, {**kept.headers, **again}, "application/json")
