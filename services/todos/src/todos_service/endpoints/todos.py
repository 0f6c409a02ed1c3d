"""One todo: create, read, change, delete."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from service_common.database import Connection
from service_common.http.dependencies import Pool
from service_common.http.openapi import NOT_MODIFIED, extra, problems
from service_common.http.routes import Route
from todos_service import examples
from todos_service.dependencies import IfMatch, Owner, TodoId, Wake
from todos_service.endpoints import responses
from todos_service.endpoints.idempotency import AnswerOnce
from todos_service.endpoints.responses import IDEMPOTENCY_KEY, IF_MATCH, IF_NONE_MATCH
from todos_service.repository.idempotency import StoredResponse
from todos_service.schemas import DeleteQuery, NewTodo, Todo, TodoChanges
from todos_service.service import todos
from todos_service.service.todos import Condition

router = APIRouter(route_class=Route, prefix="/api", responses=problems(401))
WRITE = problems(400, 404, 412, 413, 415, 422)


@router.post(
    "/todos",
    status_code=201,
    response_model=Todo,
    responses=problems(400, 409, 413, 415, 422),
    openapi_extra=extra(IDEMPOTENCY_KEY, sent=examples.NEW_TODO, got=examples.TODO, status=201),
)
async def create_todo(owner: Owner, todo: NewTodo, answer_once: AnswerOnce) -> Response:
    """Create a todo; a client may choose its id."""
    todo_id, given = str(todo.id) if todo.id else None, todo.given()

    async def run(db: Connection) -> StoredResponse:
        made = await todos.create(db, owner, todo_id, given)
        location = {"Location": f"/api/todos/{made.todo_id}"}
        return StoredResponse(201, responses.todo_headers(made) | location, made.document)

    return await answer_once(run)


@router.get(
    "/todos/{todo_id}",
    response_model=Todo,
    responses=problems(404) | NOT_MODIFIED,
    openapi_extra=extra(IF_NONE_MATCH, got=examples.TODO),
)
async def get_todo(request: Request, owner: Owner, pool: Pool, todo_id: TodoId) -> Response:
    answer = await todos.get(pool, owner, todo_id)
    if responses.not_modified(request, f'"{answer.version}"'):
        return Response(status_code=304, headers=responses.todo_headers(answer))
    return responses.todo_response(answer)


@router.put(
    "/todos/{todo_id}",
    response_model=Todo,
    responses=WRITE,
    openapi_extra=extra(IF_MATCH, sent=examples.PUT, got=examples.RENAMED),
)
async def put_todo(
    owner: Owner, pool: Pool, changes: TodoChanges, todo_id: TodoId, condition: IfMatch, wake: Wake
) -> Response:
    """Change the fields given, as PATCH does: what GET gave can be sent back."""
    return await _update(owner, pool, changes, todo_id, condition, wake)


@router.patch(
    "/todos/{todo_id}",
    response_model=Todo,
    responses=WRITE,
    openapi_extra=extra(IF_MATCH, sent=examples.PATCH, got=examples.PATCHED),
)
async def patch_todo(
    owner: Owner, pool: Pool, changes: TodoChanges, todo_id: TodoId, condition: IfMatch, wake: Wake
) -> Response:
    """Change the fields given; null clears one. Where nothing changes, version and sequence stay."""
    return await _update(owner, pool, changes, todo_id, condition, wake)


async def _update(
    owner: Owner, pool: Pool, changes: TodoChanges, todo_id: str, condition: Condition, wake: Wake
) -> Response:
    answer = await todos.update(pool, owner, todo_id, changes.given(), condition)
    wake()
    return responses.todo_response(answer)


@router.post(
    "/todos/{todo_id}/complete",
    response_model=Todo,
    responses=WRITE,
    openapi_extra=extra(IF_MATCH, got=examples.COMPLETED),
)
async def complete_todo(owner: Owner, pool: Pool, todo_id: TodoId, condition: IfMatch, wake: Wake) -> Response:
    return await _update(owner, pool, TodoChanges(completed=True), todo_id, condition, wake)


@router.post(
    "/todos/{todo_id}/reopen",
    response_model=Todo,
    responses=WRITE,
    openapi_extra=extra(IF_MATCH, got=examples.REOPENED),
)
async def reopen_todo(owner: Owner, pool: Pool, todo_id: TodoId, condition: IfMatch, wake: Wake) -> Response:
    return await _update(owner, pool, TodoChanges(completed=False), todo_id, condition, wake)


@router.delete("/todos/{todo_id}", status_code=204, responses=WRITE, openapi_extra=extra(IF_MATCH))
async def delete_todo(
    owner: Owner,
    pool: Pool,
    query: Annotated[DeleteQuery, Query()],
    todo_id: TodoId,
    condition: IfMatch,
    wake: Wake,
) -> Response:
    """To the trash; with `permanent` for good, also from the trash."""
    use_case = todos.purge if query.permanent else todos.delete
    answer = await use_case(pool, owner, todo_id, condition)
    wake()
    return Response(status_code=204, headers={"Todo-Sequence": str(answer.sequence)})


@router.post(
    "/todos/{todo_id}/restore",
    response_model=Todo,
    responses=WRITE,
    openapi_extra=extra(IF_MATCH, got=examples.RESTORED),
)
async def restore_todo(owner: Owner, pool: Pool, todo_id: TodoId, condition: IfMatch, wake: Wake) -> Response:
    """Out of the trash."""
    answer = await todos.restore(pool, owner, todo_id, condition)
    wake()
    return responses.todo_response(answer)
