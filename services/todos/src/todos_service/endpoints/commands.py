"""Commands: what requests did, and undoing it."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Query, Request, Response

from service_common.database import Connection
from service_common.http.dependencies import Pool
from service_common.http.openapi import extra, problems
from service_common.http.routes import JSON, Route, needs
from service_common.tokens.scopes import Scope
from todos_service import examples
from todos_service.dependencies import CommandId, Imports, Owner, Reads
from todos_service.endpoints import responses
from todos_service.endpoints.idempotency import AnswerOnce
from todos_service.endpoints.responses import IDEMPOTENCY_KEY
from todos_service.repository.idempotency import StoredResponse
from todos_service.schemas import CommandsQuery, ListedCommand, UndoQuery, UndoRequest
from todos_service.schemas import Undone as UndoneAnswer
from todos_service.service import commands, todos, undo
from todos_service.service.undo import Undone

PAGE = 500

router = APIRouter(route_class=Route, prefix="/api", responses=problems(401))


@router.get(
    "/commands",
    response_model=list[ListedCommand],
    responses=problems(422),
    openapi_extra=extra(got=[examples.COMMAND]),
)
@needs(Scope.TODOS_READ)
async def list_commands(
    request: Request, owner: Owner, pool: Pool, query: Annotated[CommandsQuery, Query()], reads: Reads
) -> Response:
    """What was done, by whom, newest first: each request that changed anything."""
    async with reads.turn(owner.user_id, query.limit):
        found, more = await commands.newest(pool, owner.user_id, query.since, query.before, query.limit)
    link = {"Link": responses.next_link(request, "before", str(more))} if more else {}
    return Response(orjson.dumps(found), 200, responses.PRIVATE | link, JSON)


@router.post(
    "/commands/undo",
    response_model=UndoneAnswer,
    responses=problems(400, 403, 409, 413, 415, 422, 429),
    openapi_extra=extra(IDEMPOTENCY_KEY, sent=examples.UNDO, got=examples.UNDONE),
)
@needs(Scope.TODOS_WRITE)
async def undo_all_of(
    owner: Owner, asked: UndoRequest, query: Annotated[UndoQuery, Query()], imports: Imports, answer_once: AnswerOnce
) -> Response:
    """Undo what one session or API token has done since, as one command."""

    async def run(db: Connection) -> StoredResponse:
        actor_id = str(asked.actor_id)
        return await _answer(db, owner, await undo.undo_all_of(db, owner, actor_id, asked.since, force=query.force))

    async with imports.turn(owner.user_id):
        return await answer_once(run)


@router.post(
    "/commands/{command_id}/undo",
    response_model=UndoneAnswer,
    responses=problems(403, 404, 409, 422, 429),
    openapi_extra=extra(IDEMPOTENCY_KEY, got=examples.UNDONE),
)
@needs(Scope.TODOS_WRITE)
async def undo_command(
    owner: Owner, query: Annotated[UndoQuery, Query()], imports: Imports, answer_once: AnswerOnce, command_id: CommandId
) -> Response:
    """Undo a command, by a command that can be undone as well. What others have changed since is named (409)."""

    async def run(db: Connection) -> StoredResponse:
        return await _answer(db, owner, await undo.undo(db, owner, command_id, force=query.force))

    async with imports.turn(owner.user_id):
        return await answer_once(run)


async def _answer(db: Connection, owner: Owner, undone: Undone) -> StoredResponse:
    last, found = undone.since + undone.count, list[str]()
    if undone.count:
        _, found, _ = await todos.changes(db, owner, undone.since, min(undone.count, PAGE))
    more = "true" if len(found) < undone.count else "false"
    body = f'{{"command_id":"{undone.command_id}","changes":[{",".join(found)}],"sequence":{last},"has_more":{more}}}'
    return StoredResponse(200, responses.written_headers(last, undone.command_id), body)
