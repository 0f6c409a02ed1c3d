"""The HTTP API: take a request apart, call one function of `service`, shape the answer. JSON passes through as text."""

import re
import zlib
from datetime import UTC, datetime
from typing import Annotated

import asyncpg
from fastapi import APIRouter, Query, Request, Response

from service_common.authentication import Caller
from service_common.tokens import Claims
from todos_service import http, paging, service
from todos_service.documentation import IF_MATCH, IF_NONE_MATCH, headers, problems
from todos_service.errors import TodoNotFound
from todos_service.fast_route import FastRoute
from todos_service.schemas import Change, Changes, ChangesQuery, DeleteQuery, ListQuery, NewTodo, Todo, TodoChanges
from todos_service.service import Owner

router = APIRouter(route_class=FastRoute, prefix="/api")
UUID_FORM = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
WRITE = problems(404, 412, 422) | problems(400, 415)
NO_STORE = {"Cache-Control": "private, no-cache"}


def _owner(claims: Claims) -> Owner:
    return Owner(claims.user_id, claims.time_zone)


def _pool(request: Request) -> asyncpg.Pool:
    pool: asyncpg.Pool = request.app.state.pool
    return pool


def _known_form(todo_id: str) -> str:
    """Something that is no id at all is no todo either."""
    if not UUID_FORM.fullmatch(todo_id):
        raise TodoNotFound
    return todo_id


@router.get("/todos", response_model=list[Todo], responses=problems(400, 422), openapi_extra=headers(IF_NONE_MATCH))
async def list_todos(request: Request, caller: Caller, query: Annotated[ListQuery, Query()]) -> Response:
    """The caller's todos, newest first, in pages: the `Link` header leads to the next one."""
    owner, pool = _owner(caller), _pool(request)
    shape, values = paging.shape_of(query, owner.time_zone, datetime.now(UTC))
    moment = str(values.get("day_begin", ""))
    asked = "if-none-match" in request.headers and query.status_filter != "overdue"
    if asked:
        sequence = await service.sequence(pool, owner)
        if http.not_modified(request, tag := http.list_tag(request, sequence, moment)):
            return Response(status_code=304, headers={"ETag": tag, "Todo-Sequence": str(sequence), **NO_STORE})
    sequence, documents, more = await service.page(pool, owner, shape, values, query.limit)
    body = http.json_array(documents)
    if query.status_filter == "overdue":  # time alone changes this list: its content is part of the tag
        moment = str(zlib.crc32(body))
    tag = http.list_tag(request, sequence, moment)
    found = {"ETag": tag, "Todo-Sequence": str(sequence), **NO_STORE}
    if http.not_modified(request, tag):
        return Response(status_code=304, headers=found)
    if more:
        cursor = paging.cursor_after(documents[-1], query.sort)
        found |= {"X-Next-Cursor": cursor, "Link": http.next_link(request, cursor=cursor)}
    return Response(body, 200, found, "application/json")


@router.post("/todos", status_code=201, response_model=Todo, responses=problems(400, 409, 415, 422))
async def create_todo(request: Request, caller: Caller, todo: NewTodo) -> Response:
    """Create a todo; a client may choose its id."""
    todo_id = str(todo.id) if todo.id else None
    answer = await service.create(_pool(request), _owner(caller), todo_id, todo.given())
    request.app.state.wake()
    return http.todo_response(answer, 201, {"Location": f"/api/todos/{answer.todo_id}"})


@router.get("/todos/{todo_id}", response_model=Todo, responses=problems(404), openapi_extra=headers(IF_NONE_MATCH))
async def get_todo(request: Request, caller: Caller, todo_id: str) -> Response:
    answer = await service.get(_pool(request), _owner(caller), _known_form(todo_id))
    if http.not_modified(request, f'"{answer.version}"'):
        return Response(status_code=304, headers=http.todo_headers(answer))
    return http.todo_response(answer)


@router.put("/todos/{todo_id}", response_model=Todo, responses=WRITE, openapi_extra=headers(IF_MATCH))
async def put_todo(request: Request, caller: Caller, todo_id: str, changes: TodoChanges) -> Response:
    """Change the fields given, as PATCH does: what GET gave can be sent back."""
    return await _update(request, caller, todo_id, changes)


@router.patch("/todos/{todo_id}", response_model=Todo, responses=WRITE, openapi_extra=headers(IF_MATCH))
async def patch_todo(request: Request, caller: Caller, todo_id: str, changes: TodoChanges) -> Response:
    """Change the fields given; null clears one. Where nothing changes, version and sequence stay."""
    return await _update(request, caller, todo_id, changes)


async def _update(request: Request, caller: Claims, todo_id: str, changes: TodoChanges) -> Response:
    wanted = http.condition(request)
    answer = await service.update(_pool(request), _owner(caller), _known_form(todo_id), changes.given(), wanted)
    request.app.state.wake()
    return http.todo_response(answer)


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
    use_case = service.purge if query.permanent else service.delete
    answer = await use_case(_pool(request), _owner(caller), _known_form(todo_id), http.condition(request))
    request.app.state.wake()
    return Response(status_code=204, headers={"Todo-Sequence": str(answer.sequence)})


@router.post("/todos/{todo_id}/restore", response_model=Todo, responses=WRITE, openapi_extra=headers(IF_MATCH))
async def restore_todo(request: Request, caller: Caller, todo_id: str) -> Response:
    """Out of the trash."""
    answer = await service.restore(_pool(request), _owner(caller), _known_form(todo_id), http.condition(request))
    request.app.state.wake()
    return http.todo_response(answer)


@router.get("/todos/{todo_id}/history", response_model=list[Change], responses=problems(404, 422))
async def get_history(
    request: Request, caller: Caller, todo_id: str, query: Annotated[ChangesQuery, Query()]
) -> Response:
    """The changes of a todo, oldest first; also of one in the trash or gone for good."""
    owner = _owner(caller)
    found, more = await service.history(_pool(request), owner, _known_form(todo_id), query.since, query.limit)
    link = {"Link": http.next_link(request, since=str(more))} if more else {}
    return Response(http.json_array(found), 200, NO_STORE | link, "application/json")


@router.get("/changes", response_model=Changes, responses=problems(422))
async def get_changes(request: Request, caller: Caller, query: Annotated[ChangesQuery, Query()]) -> Response:
    """What happened after number `since`, in order: what a client needs to catch up."""
    sequence, found, more = await service.changes(_pool(request), _owner(caller), query.since, query.limit)
    body = f'{{"changes":[{",".join(found)}],"sequence":{sequence},"has_more":{"true" if more else "false"}}}'
    return Response(body.encode(), 200, {"Todo-Sequence": str(sequence), **NO_STORE}, "application/json")
