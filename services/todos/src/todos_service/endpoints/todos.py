"""One todo: create, read, change, delete."""

from typing import Annotated

from fastapi import Query, Request, Response

from service_common.database import Connection
from service_common.http.errors import Caller
from service_common.tokens.verifier import Claims
from todos_service.documentation import IDEMPOTENCY_KEY, IF_MATCH, IF_NONE_MATCH, NOT_MODIFIED, headers, problems
from todos_service.endpoints import common, responses
from todos_service.endpoints.common import answer_once, known_form, owner_of, pool_of
from todos_service.schemas import DeleteQuery, NewTodo, Todo, TodoChanges
from todos_service.service import todos
from todos_service.service.idempotency import Kept
from todos_service.service.todos import Answer

router = common.router()
WRITE = problems(400, 404, 412, 413, 415, 422)


@router.post(
    "/todos",
    status_code=201,
    response_model=Todo,
    responses=problems(400, 409, 413, 415, 422),
    openapi_extra=headers(IDEMPOTENCY_KEY),
)
async def create_todo(request: Request, caller: Caller, todo: NewTodo) -> Response:
    """Create a todo; a client may choose its id."""
    owner, todo_id, given = owner_of(caller), str(todo.id) if todo.id else None, todo.given()
    if "idempotency-key" not in request.headers:
        answer = await todos.create(pool_of(request), owner, todo_id, given)
        request.app.state.wake()
        return responses.todo_response(answer, 201, _location(answer))

    async def run(db: Connection) -> Kept:
        made = await todos.create(db, owner, todo_id, given)
        return Kept(201, responses.todo_headers(made) | _location(made), made.document)

    return await answer_once(request, caller, run)


def _location(answer: Answer) -> dict[str, str]:
    return {"Location": f"/api/todos/{answer.todo_id}"}


@router.get(
    "/todos/{todo_id}",
    response_model=Todo,
    responses=problems(404) | NOT_MODIFIED,
    openapi_extra=headers(IF_NONE_MATCH),
)
async def get_todo(request: Request, caller: Caller, todo_id: str) -> Response:
    answer = await todos.get(pool_of(request), owner_of(caller), known_form(todo_id))
    if responses.not_modified(request, f'"{answer.version}"'):
        return Response(status_code=304, headers=responses.todo_headers(answer))
    return responses.todo_response(answer)


@router.put("/todos/{todo_id}", response_model=Todo, responses=WRITE, openapi_extra=headers(IF_MATCH))
async def put_todo(request: Request, caller: Caller, todo_id: str, changes: TodoChanges) -> Response:
    """Change the fields given, as PATCH does: what GET gave can be sent back."""
    return await _update(request, caller, todo_id, changes)


@router.patch("/todos/{todo_id}", response_model=Todo, responses=WRITE, openapi_extra=headers(IF_MATCH))
async def patch_todo(request: Request, caller: Caller, todo_id: str, changes: TodoChanges) -> Response:
    """Change the fields given; null clears one. Where nothing changes, version and sequence stay."""
    return await _update(request, caller, todo_id, changes)


async def _update(request: Request, caller: Claims, todo_id: str, changes: TodoChanges) -> Response:
    wanted = responses.condition(request)
    answer = await todos.update(pool_of(request), owner_of(caller), known_form(todo_id), changes.given(), wanted)
    request.app.state.wake()
    return responses.todo_response(answer)


@router.post("/todos/{todo_id}/complete", response_model=Todo, responses=WRITE, openapi_extra=headers(IF_MATCH))
async def complete_todo(request: Request, caller: Caller, todo_id: str) -> Response:
    return await _update(request, caller, todo_id, TodoChanges(completed=True))


@router.post("/todos/{todo_id}/reopen", response_model=Todo, responses=WRITE, openapi_extra=headers(IF_MATCH))
async def reopen_todo(request: Request, caller: Caller, todo_id: str) -> Response:
    return await _update(request, caller, todo_id, TodoChanges(completed=False))


@router.delete("/todos/{todo_id}", status_code=204, responses=WRITE, openapi_extra=headers(IF_MATCH))
async def delete_todo(
    request: Request, caller: Caller, todo_id: str, query: Annotated[DeleteQuery, Query()]
) -> Response:
    """To the trash; with `permanent` for good, also from the trash."""
    use_case = todos.purge if query.permanent else todos.delete
    answer = await use_case(pool_of(request), owner_of(caller), known_form(todo_id), responses.condition(request))
    request.app.state.wake()
    return Response(status_code=204, headers={"Todo-Sequence": str(answer.sequence)})


@router.post("/todos/{todo_id}/restore", response_model=Todo, responses=WRITE, openapi_extra=headers(IF_MATCH))
async def restore_todo(request: Request, caller: Caller, todo_id: str) -> Response:
    """Out of the trash."""
    answer = await todos.restore(pool_of(request), owner_of(caller), known_form(todo_id), responses.condition(request))
    request.app.state.wake()
    return responses.todo_response(answer)
