"""What a device wrote while it was offline, and what happened meanwhile."""

import json
from typing import Any

from fastapi import APIRouter, Response
from pydantic import ValidationError

from service_common.errors import FieldError
from service_common.http.dependencies import Pool
from service_common.http.errors import pointer
from service_common.http.openapi import extra, problems
from service_common.http.routes import JSON, Route, needs
from service_common.problems import MAX_ERRORS
from service_common.tokens.scopes import Scope
from todos_service import examples
from todos_service.dependencies import Imports, Owner, Reads, Settings, Wake
from todos_service.endpoints import responses
from todos_service.errors import InvalidFields
from todos_service.schemas import NewTodo, SyncAnswer, SyncCommand, SyncRequest, TodoChanges
from todos_service.service import sync, todos
from todos_service.service.sync import Write

PAGE = 500
router = APIRouter(route_class=Route, prefix="/api", responses=problems(401))


@router.post(
    "/sync",
    response_model=SyncAnswer,
    responses=problems(400, 403, 413, 415, 422, 429),
    openapi_extra=extra(sent=examples.SYNC, got=examples.SYNCED),
)
@needs(Scope.TODOS_WRITE)
async def sync_todos(
    owner: Owner,
    asked: SyncRequest,
    pool: Pool,
    settings: Settings,
    imports: Imports,
    reads: Reads,
    wake: Wake,
) -> Response:
    """Up to 500 writes, each its own and each done once; fields that others wrote since go to the newest write."""
    results = list[str]()
    if asked.commands:
        async with imports.turn(owner.user_id), pool.acquire() as db:
            results = await sync.run(db, owner, list(map(_write, asked.commands)), settings.idempotency_hours)
        wake()
    async with reads.turn(owner.user_id, PAGE):
        sequence, found, more = await todos.changes(pool, owner, asked.since, PAGE)
    rest = f'"sequence":{sequence},"has_more":{"true" if more else "false"}'
    body = f'{{"results":[{",".join(results)}],"changes":[{",".join(found)}],{rest}}}'
    return Response(body.encode(), 200, {"Todo-Sequence": str(sequence), **responses.PRIVATE}, JSON)


def _write(one: SyncCommand) -> Write:
    text = json.dumps(one.model_dump(mode="json"), sort_keys=True).encode()  # numbers may have any length
    return Write(str(one.id), one.op, str(one.todo_id), _given(one), one.base_version or 0, text)


def _given(one: SyncCommand) -> dict[str, Any] | InvalidFields:
    """The fields that it sets, or what is wrong with them."""
    try:
        if one.op == "create":
            return NewTodo.model_validate(one.set).given()
        return TodoChanges.model_validate(one.set).given() if one.op == "update" else {}
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)[:MAX_ERRORS]
        return InvalidFields([FieldError(pointer(("body", "set", *wrong["loc"])), wrong["msg"]) for wrong in found])
