"""Saved filters: lists that a user has given a name."""

from fastapi import APIRouter, Request, Response

from service_common.database import Connection
from service_common.http.dependencies import Pool
from service_common.http.openapi import NOT_MODIFIED, extra, problems
from service_common.http.routes import Route, needs
from service_common.tokens.scopes import Scope
from todos_service import examples
from todos_service.dependencies import FilterId, Owner, Reads
from todos_service.endpoints import responses
from todos_service.endpoints.idempotency import AnswerOnce, WriteOnce
from todos_service.endpoints.responses import IDEMPOTENCY_KEY, IF_MATCH, IF_NONE_MATCH
from todos_service.repository.idempotency import StoredResponse
from todos_service.schemas import Filter, FilterChanges, Move, NewFilter
from todos_service.service import entities

router = APIRouter(route_class=Route, prefix="/api", responses=problems(401))
WRITE = problems(400, 403, 404, 412, 413, 415, 422, 429)


@router.get(
    "/filters",
    response_model=list[Filter],
    responses=NOT_MODIFIED,
    openapi_extra=extra(IF_NONE_MATCH, got=[examples.FILTER]),
)
@needs(Scope.TODOS_READ)
async def list_filters(request: Request, owner: Owner, pool: Pool, reads: Reads) -> Response:
    """All saved filters, in their order."""
    async with reads.turn(owner.user_id):
        found = await entities.every(pool, owner, "filter")
    return responses.whole_list(request, *found)


@router.post(
    "/filters",
    status_code=201,
    response_model=Filter,
    responses=problems(400, 403, 409, 413, 415, 422, 429),
    openapi_extra=extra(IDEMPOTENCY_KEY, sent=examples.NEW_FILTER, got=examples.FILTER, status=201),
)
@needs(Scope.TODOS_WRITE)
async def create_filter(owner: Owner, saved: NewFilter, answer_once: AnswerOnce) -> Response:
    """Save parameters of a list; `GET /api/todos?filter=<id>` is that list."""

    async def run(db: Connection) -> StoredResponse:
        made = await entities.create(db, owner, "filter", str(saved.id) if saved.id else None, saved.given())
        return responses.stored(made, 201, {"Location": f"/api/filters/{made.id}"})

    return await answer_once(run)


@router.get(
    "/filters/{filter_id}",
    response_model=Filter,
    responses=problems(404) | NOT_MODIFIED,
    openapi_extra=extra(IF_NONE_MATCH, got=examples.FILTER),
)
@needs(Scope.TODOS_READ)
async def get_filter(request: Request, owner: Owner, pool: Pool, reads: Reads, filter_id: FilterId) -> Response:
    async with reads.turn(owner.user_id):
        answer = await entities.get(pool, owner, "filter", filter_id)
    return responses.read(request, answer)


@router.patch(
    "/filters/{filter_id}",
    response_model=Filter,
    responses=WRITE,
    openapi_extra=extra(IF_MATCH, sent=examples.FILTER_PATCH, got=examples.FILTER_PATCHED),
)
@needs(Scope.TODOS_WRITE)
async def patch_filter(write: WriteOnce, changes: FilterChanges, filter_id: FilterId) -> Response:
    """Change the fields given. Where nothing changes, version and sequence stay."""
    return await write(entities.update, "filter", filter_id, changes.given())


@router.post(
    "/filters/{filter_id}/move",
    response_model=Filter,
    responses=WRITE,
    openapi_extra=extra(IF_MATCH, sent=examples.MOVE_FILTER, got=examples.FILTER),
)
@needs(Scope.TODOS_WRITE)
async def move_filter(write: WriteOnce, move: Move, filter_id: FilterId) -> Response:
    """Put it before or after another filter, or at the end."""
    return await write(entities.move, "filter", filter_id, move.neighbour())


@router.delete("/filters/{filter_id}", status_code=204, responses=WRITE, openapi_extra=extra(IF_MATCH))
@needs(Scope.TODOS_WRITE)
async def delete_filter(write: WriteOnce, filter_id: FilterId) -> Response:
    """For good; it has no trash."""
    return await write(entities.delete, "filter", filter_id, shape=responses.deleted)
