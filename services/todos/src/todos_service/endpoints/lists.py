"""Lists: todos, changes, and the history of one todo."""

import zlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from service_common.http.dependencies import Pool
from service_common.http.openapi import NOT_MODIFIED, extra, problems
from service_common.http.routes import JSON, Route, needs
from service_common.tokens.scopes import Scope
from todos_service import examples
from todos_service.dependencies import Lists, Owner, Reads, Searches, TodoId
from todos_service.endpoints import paging, responses
from todos_service.endpoints.responses import IF_NONE_MATCH
from todos_service.schemas import Change, Changes, ChangesQuery, ListQuery, Todo
from todos_service.service import entities, history, todos
from todos_service.service.limits import MANY_ROWS

router = APIRouter(route_class=Route, prefix="/api", responses=problems(401))


@router.get(
    "/todos",
    response_model=list[Todo],
    responses=problems(400, 422, 429) | NOT_MODIFIED,
    openapi_extra=extra(IF_NONE_MATCH, got=[examples.TODO]),
)
@needs(Scope.TODOS_READ)
async def list_todos(
    request: Request,
    owner: Owner,
    pool: Pool,
    lists: Lists,
    query: Annotated[ListQuery, Query()],
    reads: Reads,
    searches: Searches,
) -> Response:
    """The caller's todos, newest first, in pages: the `Link` header leads to the next one."""
    if query.filter:
        async with reads.turn(owner.user_id):
            saved = await entities.query(pool, owner, str(query.filter))
        query = ListQuery.model_validate(saved | query.model_dump(mode="json", exclude_unset=True))
    if query.as_of is not None:
        return await _list_then(request, owner, pool, query, reads, searches)
    shape, values = paging.shape_of(query, owner.time_zone, datetime.now(UTC))
    moment = str(values.get("day_begin", ""))
    asked = "if-none-match" in request.headers and query.status_filter != "overdue"
    if asked:
        async with reads.turn(owner.user_id):
            sequence = await todos.sequence(pool, owner)
        if responses.not_modified(request, tag := responses.list_tag(request, sequence, moment)):
            return Response(status_code=304, headers={"ETag": tag, "Todo-Sequence": str(sequence), **responses.PRIVATE})
    async with reads.turn(owner.user_id, query.limit):
        sequence, documents, more = await todos.page(pool, lists, owner, shape, values, query.limit, searches)
    by_content = query.status_filter == "overdue"  # time alone changes this list
    return _page(request, query.sort, sequence, documents, more=more, mark=None if by_content else moment)


async def _list_then(
    request: Request, owner: Owner, pool: Pool, query: ListQuery, reads: Reads, searches: Searches
) -> Response:
    """The list as it was."""
    async with reads.turn(owner.user_id):
        then = await history.moment(pool, owner, query.as_of or 0)
    shape, values = paging.shape_of(query, owner.time_zone, then.instant)
    async with reads.turn(owner.user_id, MANY_ROWS + 1):
        documents, more = await history.page(pool, owner, then, shape, values, query.limit, searches)
    return _page(request, query.sort, then.number, documents, more=more, mark=None)


def _page(
    request: Request, sort: str, sequence: int, documents: Sequence[str], *, more: bool, mark: str | None
) -> Response:
    """Todos at a number of the sequence; `mark` is what else they depend on, for the tag: None is their content."""
    body = responses.json_array(documents)
    tag = responses.list_tag(request, sequence, str(zlib.crc32(body)) if mark is None else mark)
    headers = {"ETag": tag, "Todo-Sequence": str(sequence), **responses.PRIVATE}
    if responses.not_modified(request, tag):
        return Response(status_code=304, headers=headers)
    if more:
        cursor = paging.cursor_after(documents[-1], sort)
        headers |= {"X-Next-Cursor": cursor, "Link": responses.next_link(request, "cursor", cursor)}
    return Response(body, 200, headers, JSON)


@router.get(
    "/todos/{todo_id}/history",
    response_model=list[Change],
    responses=problems(404, 422),
    openapi_extra=extra(got=[examples.CHANGE]),
)
@needs(Scope.TODOS_READ)
async def get_history(
    request: Request,
    owner: Owner,
    pool: Pool,
    query: Annotated[ChangesQuery, Query()],
    reads: Reads,
    todo_id: TodoId,
) -> Response:
    """The changes of a todo, oldest first; also of one in the trash or gone for good."""
    async with reads.turn(owner.user_id, query.limit):
        found, more = await todos.history(pool, owner, todo_id, query.since, query.limit)
    link = {"Link": responses.next_link(request, "since", str(more))} if more else {}
    return Response(responses.json_array(found), 200, responses.PRIVATE | link, JSON)


@router.get("/changes", response_model=Changes, responses=problems(422), openapi_extra=extra(got=examples.CHANGES))
@needs(Scope.TODOS_READ)
async def get_changes(owner: Owner, pool: Pool, query: Annotated[ChangesQuery, Query()], reads: Reads) -> Response:
    """What happened after number `since`, in order: what a client needs to catch up."""
    async with reads.turn(owner.user_id, query.limit):
        sequence, found, more = await todos.changes(pool, owner, query.since, query.limit)
    body = f'{{"changes":[{",".join(found)}],"sequence":{sequence},"has_more":{"true" if more else "false"}}}'
    return Response(body.encode(), 200, {"Todo-Sequence": str(sequence), **responses.PRIVATE}, JSON)
