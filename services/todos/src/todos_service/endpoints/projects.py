"""Projects: the lists that todos are in."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from service_common.database import Connection
from service_common.http.dependencies import Pool
from service_common.http.openapi import NOT_MODIFIED, extra, problems
from service_common.http.routes import Route, needs
from service_common.tokens.scopes import Scope
from todos_service import examples
from todos_service.dependencies import Owner, ProjectId, Reads
from todos_service.endpoints import responses
from todos_service.endpoints.idempotency import AnswerOnce, WriteOnce
from todos_service.endpoints.responses import IDEMPOTENCY_KEY, IF_MATCH, IF_NONE_MATCH
from todos_service.repository.idempotency import StoredResponse
from todos_service.schemas import DeleteQuery, Move, NewProject, Project, ProjectChanges, ProjectsQuery
from todos_service.service import entities, history

router = APIRouter(route_class=Route, prefix="/api", responses=problems(401))
WRITE = problems(400, 403, 404, 412, 413, 415, 422, 429)


@router.get(
    "/projects",
    response_model=list[Project],
    responses=problems(422) | NOT_MODIFIED,
    openapi_extra=extra(IF_NONE_MATCH, got=[examples.PROJECT]),
)
@needs(Scope.TODOS_READ)
async def list_projects(
    request: Request, owner: Owner, pool: Pool, reads: Reads, query: Annotated[ProjectsQuery, Query()]
) -> Response:
    """All projects in their order, also archived ones; with `status_filter=deleted` those in the trash."""
    in_trash = query.status_filter == "deleted"
    async with reads.turn(owner.user_id):
        if query.as_of is not None:
            then = await history.moment(pool, owner, query.as_of)
            found = then.number, await history.projects(pool, owner, then, in_trash=in_trash)
        else:
            found = await entities.every(pool, owner, "project", in_trash=in_trash)
    return responses.whole_list(request, *found)


@router.post(
    "/projects",
    status_code=201,
    response_model=Project,
    responses=problems(400, 403, 409, 413, 415, 422, 429),
    openapi_extra=extra(IDEMPOTENCY_KEY, sent=examples.NEW_PROJECT, got=examples.PROJECT, status=201),
)
@needs(Scope.TODOS_WRITE)
async def create_project(owner: Owner, project: NewProject, answer_once: AnswerOnce) -> Response:
    """Create a project, at the end of the list; a client may choose its id."""

    async def run(db: Connection) -> StoredResponse:
        made = await entities.create(db, owner, "project", str(project.id) if project.id else None, project.given())
        return responses.stored(made, 201, {"Location": f"/api/projects/{made.id}"})

    return await answer_once(run)


@router.get(
    "/projects/{project_id}",
    response_model=Project,
    responses=problems(404) | NOT_MODIFIED,
    openapi_extra=extra(IF_NONE_MATCH, got=examples.PROJECT),
)
@needs(Scope.TODOS_READ)
async def get_project(request: Request, owner: Owner, pool: Pool, reads: Reads, project_id: ProjectId) -> Response:
    async with reads.turn(owner.user_id):
        answer = await entities.get(pool, owner, "project", project_id)
    return responses.read(request, answer)


@router.patch(
    "/projects/{project_id}",
    response_model=Project,
    responses=WRITE,
    openapi_extra=extra(IF_MATCH, sent=examples.PROJECT_PATCH, got=examples.PROJECT_PATCHED),
)
@needs(Scope.TODOS_WRITE)
async def patch_project(write: WriteOnce, changes: ProjectChanges, project_id: ProjectId) -> Response:
    """Change the fields given; null clears one. Where nothing changes, version and sequence stay."""
    return await write(entities.update, "project", project_id, changes.given())


@router.post(
    "/projects/{project_id}/move",
    response_model=Project,
    responses=WRITE,
    openapi_extra=extra(IF_MATCH, sent=examples.MOVE_PROJECT, got=examples.PROJECT),
)
@needs(Scope.TODOS_WRITE)
async def move_project(write: WriteOnce, move: Move, project_id: ProjectId) -> Response:
    """Put it before or after another project, or at the end."""
    return await write(entities.move, "project", project_id, move.neighbour())


@router.delete("/projects/{project_id}", status_code=204, responses=WRITE, openapi_extra=extra(IF_MATCH))
@needs(Scope.TODOS_WRITE)
async def delete_project(write: WriteOnce, query: Annotated[DeleteQuery, Query()], project_id: ProjectId) -> Response:
    """To the trash, with its todos; with `permanent` both for good, also from the trash."""
    if query.permanent:
        return await write(entities.purge, project_id, shape=responses.deleted)
    return await write(entities.delete, "project", project_id, shape=responses.deleted)


@router.post(
    "/projects/{project_id}/restore",
    response_model=Project,
    responses=WRITE,
    openapi_extra=extra(IF_MATCH, got=examples.PROJECT),
)
@needs(Scope.TODOS_WRITE)
async def restore_project(write: WriteOnce, project_id: ProjectId) -> Response:
    """Out of the trash, with the todos that went there with it."""
    return await write(entities.restore, project_id)
