"""Writes with an Idempotency-Key: a repeated request gets the stored response of the first one."""

import re
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import Depends, Request, Response

from service_common.database import Connection
from service_common.errors import FieldError
from service_common.http.dependencies import Pool
from service_common.http.routes import JSON
from todos_service.dependencies import Condition, Owner, Settings, Wake, WriteTurns
from todos_service.endpoints import responses
from todos_service.errors import InvalidFields
from todos_service.repository.idempotency import StoredResponse
from todos_service.service import idempotency
from todos_service.service.calls import Answer

KEY_FORM = re.compile(r"[\x21-\x7e]{1,255}")
Write = Callable[[Connection], Awaitable[StoredResponse]]
WriteWithoutKey = Callable[[], Awaitable[StoredResponse]]


async def _answer_once(
    request: Request, pool: Pool, owner: Owner, settings: Settings, turns: WriteTurns, wake: Wake
) -> Callable[..., Awaitable[Response]]:
    async def answer(write: Write, without_key: WriteWithoutKey | None = None) -> Response:
        if without_key and "idempotency-key" not in request.headers:
            return response(await without_key())
        async with turns.of(owner.user_id):
            stored, replayed = await run(write)
        wake()
        return response(stored, replayed=replayed)

    def response(stored: StoredResponse, *, replayed: bool = False) -> Response:
        again = {"Idempotency-Replayed": "true"} if replayed else {}
        return Response(stored.body.encode(), stored.status, {**stored.headers, **again}, JSON)

    async def run(write: Write) -> tuple[StoredResponse, bool]:
        key = request.headers.get("idempotency-key")
        if key is None:
            async with pool.acquire() as db:
                return await write(db), False
        asked = idempotency.fingerprint(request.url.path, request.url.query, getattr(request.state, "body", b""))
        return await idempotency.once(pool, owner, _checked(key), asked, settings.idempotency_hours, write)

    return answer


AnswerOnce = Annotated[Callable[..., Awaitable[Response]], Depends(_answer_once)]
"""Answers with the response of a write, or the stored one. Raises: InvalidFields, KeyInUse, KeyReused.

It is called with the write, and with another way to do it that serves where the request has no key.
"""


async def _write_once(
    owner: Owner, condition: Condition, answer_once: AnswerOnce
) -> Callable[..., Awaitable[Response]]:
    async def write(
        use_case: Callable[..., Awaitable[Answer]],
        *arguments: Any,
        shape: Callable[[Answer], StoredResponse] = responses.stored,
    ) -> Response:
        async def run(db: Connection) -> StoredResponse:
            return shape(await use_case(db, owner, *arguments, condition))

        return await answer_once(run)

    return write


WriteOnce = Annotated[Callable[..., Awaitable[Response]], Depends(_write_once)]
"""Calls a function of `service.entities` for one entity and answers with what it gives; raises as `AnswerOnce`."""


def _checked(key: str) -> str:
    if not KEY_FORM.fullmatch(key):
        raise InvalidFields([FieldError("header Idempotency-Key", "1 to 255 visible ASCII characters")])
    return key
