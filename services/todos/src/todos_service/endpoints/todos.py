"""One todo: create, read, change, delete."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Query, Request, Response

from service_common.database import Connection
from service_common.http.dependencies import Pool
from service_common.http.openapi import NOT_MODIFIED, extra, problems
from service_common.http.routes import JSON, Route, needs
from service_common.tokens.scopes import Scope
from todos_service import examples
from todos_service.dependencies import Condition, Imports, Owner, Reads, Shared, TodoId, Write
from todos_service.endpoints import responses
from todos_service.endpoints.idempotency import AnswerOnce
from todos_service.endpoints.responses import IDEMPOTENCY_KEY, IF_MATCH, IF_NONE_MATCH
from todos_service.repository.idempotency import StoredResponse
from todos_service.schemas import (
    DeleteQuery,
    MoveTodo,
    NewTodo,
    QuickAdd,
    QuickPreview,
    QuickTodo,
    Restored,
    RestoreRequest,
    Todo,
    TodoChanges,
    TodoQuery,
)
from todos_service.service import calls, history, quick, todos
from todos_service.service.store import Store, at_once

router = APIRouter(route_class=Route, prefix="/api", responses=problems(401))
WRITE = problems(400, 403, 404, 412, 413, 415, 422, 429)


@router.post(
    "/todos",
    status_code=201,
    response_model=Todo,
    responses=problems(400, 403, 409, 413, 415, 422, 429),
    openapi_extra=extra(IDEMPOTENCY_KEY, sent=examples.NEW_TODO, got=examples.TODO, status=201),
)
@needs(Scope.TODOS_WRITE)
async def create_todo(owner: Owner, todo: NewTodo, store: Shared, answer_once: AnswerOnce) -> Response:
    """Create a todo; a client may choose its id."""
    todo_id, given = str(todo.id) if todo.id else None, todo.given()
    create = partial(_create, owner=owner, todo_id=todo_id, given=given)
    return await answer_once(lambda db: create(at_once(db)), lambda: create(store))


async def _create(store: Store, owner: calls.Owner, todo_id: str | None, given: Mapping[str, Any]) -> StoredResponse:
    made = await todos.create(store, owner, todo_id, given)
    return responses.stored(made, 201, {"Location": f"/api/todos/{made.id}"})


@router.post(
    "/todos/quick",
    status_code=201,
    response_model=Todo,
    responses={200: {"model": QuickPreview}, **problems(400, 403, 409, 413, 415, 422, 429)},
    openapi_extra=extra(IDEMPOTENCY_KEY, sent=examples.QUICK, got=examples.TODO, status=201),
)
@needs(Scope.TODOS_WRITE)
async def quick_add(owner: Owner, line: QuickAdd, store: Shared, pool: Pool, answer_once: AnswerOnce) -> Response:
    """Create a todo from one line; with `preview`, say what the line says (200)."""
    given, parts = await quick.read(pool, owner, line.text)
    if line.preview:
        shown = todos.new_content(owner, given).as_json()
        todo = {name: shown[name] for name in QuickTodo.model_fields}
        body = orjson.dumps({"todo": todo, "parts": [part._asdict() for part in parts]})
        return Response(body, 200, responses.PRIVATE, JSON)
    create = partial(_create, owner=owner, todo_id=None, given=given)
    return await answer_once(lambda db: create(at_once(db)), lambda: create(store))


@router.get(
    "/todos/{todo_id}",
    response_model=Todo,
    responses=problems(404, 422) | NOT_MODIFIED,
    openapi_extra=extra(IF_NONE_MATCH, got=examples.TODO),
)
@needs(Scope.TODOS_READ)
async def get_todo(
    request: Request, owner: Owner, pool: Pool, reads: Reads, query: Annotated[TodoQuery, Query()], todo_id: TodoId
) -> Response:
    """The todo as it is, or with `as_of` as it was at a number of the sequence or at an instant."""
    async with reads.turn(owner.user_id):
        if query.as_of is not None:
            then = await history.moment(pool, owner, query.as_of)
            answer = await history.todo(pool, owner, todo_id, then)
        else:
            answer = await todos.get(pool, owner, todo_id)
    return responses.read(request, answer)


@router.post(
    "/todos/restore",
    response_model=Restored,
    responses=problems(400, 403, 413, 415, 422, 429),
    openapi_extra=extra(IDEMPOTENCY_KEY, sent=examples.RESTORE, got=examples.RESTORED_ALL),
)
@needs(Scope.TODOS_WRITE)
async def restore_all(owner: Owner, asked: RestoreRequest, imports: Imports, answer_once: AnswerOnce) -> Response:
    """Bring everything back to a number of the sequence or to an instant, as one command, which can be undone."""

    async def run(db: Connection) -> StoredResponse:
        done = await history.restore(db, owner, asked.as_of, dry_run=asked.dry_run)
        body = Restored(
            command_id=UUID(done.command_id) if done.command_id else None,
            dry_run=asked.dry_run,
            as_of=done.as_of,
            sequence=done.sequence,
            changes=dict(done.verbs),
            kept=done.kept,
        )
        headers = responses.written_headers(done.sequence, owner.command.id)
        return StoredResponse(200, headers, body.model_dump_json())

    async with imports.turn(owner.user_id):
        return await answer_once(run)


@router.put(
    "/todos/{todo_id}",
    response_model=Todo,
    responses=WRITE,
    openapi_extra=extra(IF_MATCH, sent=examples.PUT, got=examples.RENAMED),
)
@needs(Scope.TODOS_WRITE)
async def put_todo(write: Write, changes: TodoChanges, todo_id: TodoId) -> Response:
    """Change the fields given, as PATCH does: what GET gave can be sent back."""
    return responses.todo_response(await write(todos.update, todo_id, changes.given()))


@router.patch(
    "/todos/{todo_id}",
    response_model=Todo,
    responses=WRITE,
    openapi_extra=extra(IF_MATCH, sent=examples.PATCH, got=examples.PATCHED),
)
@needs(Scope.TODOS_WRITE)
async def patch_todo(write: Write, changes: TodoChanges, todo_id: TodoId) -> Response:
    """Change the fields given; null clears one. Where nothing changes, version and sequence stay."""
    return responses.todo_response(await write(todos.update, todo_id, changes.given()))


@router.post(
    "/todos/{todo_id}/complete",
    response_model=Todo,
    responses=WRITE,
    openapi_extra=extra(IF_MATCH, got=examples.COMPLETED),
)
@needs(Scope.TODOS_WRITE)
async def complete_todo(write: Write, todo_id: TodoId) -> Response:
    return responses.todo_response(await write(todos.update, todo_id, {"completed": True}))


@router.post(
    "/todos/{todo_id}/reopen",
    response_model=Todo,
    responses=WRITE,
    openapi_extra=extra(IF_MATCH, got=examples.REOPENED),
)
@needs(Scope.TODOS_WRITE)
async def reopen_todo(write: Write, todo_id: TodoId) -> Response:
    return responses.todo_response(await write(todos.update, todo_id, {"completed": False}))


@router.post(
    "/todos/{todo_id}/move",
    response_model=Todo,
    responses=WRITE,
    openapi_extra=extra(IF_MATCH, sent=examples.MOVE_TODO, got=examples.MOVED),
)
@needs(Scope.TODOS_WRITE)
async def move_todo(write: Write, move: MoveTodo, todo_id: TodoId) -> Response:
    """Put it into a project, below a todo, before or after one; its subtasks go along. Others keep their positions."""
    return responses.todo_response(await write(todos.move, todo_id, move.given(), move.neighbour()))


@router.post(
    "/todos/{todo_id}/skip",
    response_model=Todo,
    responses=WRITE,
    openapi_extra=extra(IF_MATCH, got=examples.SKIPPED),
)
@needs(Scope.TODOS_WRITE)
async def skip_todo(
    owner: Owner, store: Shared, condition: Condition, answer_once: AnswerOnce, todo_id: TodoId
) -> Response:
    """Move a recurring todo on to its next occurrence; once for an `Idempotency-Key`."""

    async def run(store: Store) -> StoredResponse:
        return responses.stored(await todos.skip(store, owner, todo_id, condition))

    return await answer_once(lambda db: run(at_once(db)), lambda: run(store))


@router.delete("/todos/{todo_id}", status_code=204, responses=WRITE, openapi_extra=extra(IF_MATCH))
@needs(Scope.TODOS_WRITE)
async def delete_todo(write: Write, query: Annotated[DeleteQuery, Query()], todo_id: TodoId) -> Response:
    """To the trash, with its subtasks; with `permanent` for good, also from the trash."""
    answer = await write(todos.purge if query.permanent else todos.delete, todo_id)
    return Response(status_code=204, headers={"Todo-Sequence": str(answer.sequence), "Command-Id": answer.command_id})


@router.post(
    "/todos/{todo_id}/restore",
    response_model=Todo,
    responses=WRITE,
    openapi_extra=extra(IF_MATCH, got=examples.RESTORED),
)
@needs(Scope.TODOS_WRITE)
async def restore_todo(write: Write, todo_id: TodoId) -> Response:
    """Out of the trash, with the subtasks that went there with it."""
    return responses.todo_response(await write(todos.restore, todo_id))
