"""Export and import."""

import csv
from collections.abc import AsyncIterator
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import ValidationError

from service_common.database import Connection
from service_common.errors import BadRequest
from service_common.http.dependencies import Pool
from service_common.http.errors import pointer
from service_common.http.openapi import extra, problems
from service_common.http.routes import JSON, Route, UnsupportedMediaType, media_type, read_body
from todos_service import examples
from todos_service.dependencies import Owner
from todos_service.endpoints import responses, spreadsheet
from todos_service.endpoints.idempotency import AnswerOnce
from todos_service.endpoints.responses import IDEMPOTENCY_KEY
from todos_service.errors import InvalidFields
from todos_service.repository.idempotency import StoredResponse
from todos_service.schemas import ExportQuery, ImportQuery, ImportReport, ImportRow, Todo
from todos_service.service import importing, todos
from todos_service.service.importing import Row

MAX_IMPORT = 64 * 1024 * 1024
CSV = "text/csv"
ARRAY = {"type": "array", "items": {"type": "object"}}
router = APIRouter(route_class=Route, prefix="/api", responses=problems(401))


@router.get(
    "/export",
    response_model=list[Todo],
    responses={200: {"content": {CSV: {"schema": {"type": "string"}}}}, **problems(422)},
)
async def export_todos(owner: Owner, pool: Pool, query: Annotated[ExportQuery, Query()]) -> Response:
    """All todos that are not in the trash, streamed; an import takes what this gives."""
    pages = todos.export(pool, owner)
    form = {"json": (_json(pages), JSON), "csv": (_csv(pages), f"{CSV}; charset=utf-8")}
    content, kind = form[query.format]
    disposition = {"Content-Disposition": f'attachment; filename="todos.{query.format}"', "Cache-Control": "no-store"}
    return StreamingResponse(content, 200, disposition, kind)


async def _json(pages: AsyncIterator[list[str]]) -> AsyncIterator[bytes]:
    before = "[\n"
    async for page in pages:
        yield (before + ",\n".join(page)).encode()
        before = ",\n"
    yield b"[]\n" if before == "[\n" else b"\n]\n"


async def _csv(pages: AsyncIterator[list[str]]) -> AsyncIterator[bytes]:
    yield spreadsheet.header().encode()
    async for page in pages:
        yield "".join(spreadsheet.line(orjson.loads(document)) for document in page).encode()


@router.post(
    "/import",
    response_model=ImportReport,
    responses=problems(400, 409, 413, 415, 422),
    openapi_extra={
        **extra(IDEMPOTENCY_KEY),
        "requestBody": {
            "required": True,
            "content": {
                JSON: {"schema": ARRAY, "example": examples.IMPORT},
                CSV: {"schema": {"type": "string"}},
            },
        },
    },
)
async def import_todos(
    request: Request, owner: Owner, query: Annotated[ImportQuery, Query()], answer_once: AnswerOnce
) -> Response:
    """Create a todo per row of a JSON array or a CSV file; each row is reported, wrong ones are left out.

    A row whose id is there already, or that was imported before, is a duplicate and changes nothing.
    """
    body = await read_body(request, MAX_IMPORT)
    rows = [_row(number, given, owner) for number, given in enumerate(_given(request, body), start=1)]

    async def run(db: Connection) -> StoredResponse:
        await importing.run(db, owner, rows, dry_run=query.dry_run)
        sequence = await todos.sequence(db, owner)
        return StoredResponse(
            200, responses.sequence_header(sequence), importing.report(rows, dry_run=query.dry_run).decode()
        )

    return await answer_once(run)


def _given(request: Request, body: bytes) -> list[Any]:
    kind = media_type(request)
    try:
        if kind == CSV:
            return list(spreadsheet.read(body.decode()))
        if kind != JSON:
            raise UnsupportedMediaType("The body must be JSON or CSV: Content-Type: application/json or text/csv.")
        given = orjson.loads(body)
    except csv.Error as error:
        raise BadRequest(f"The body is not valid CSV: {error}.", code="malformed_csv") from error
    except ValueError as error:
        raise BadRequest("The body is not valid JSON, or not UTF-8.", code="malformed_json") from error
    if not isinstance(given, list):
        raise BadRequest("The body must be a JSON array of todos.", code="malformed_json")
    return given


def _row(number: int, given: Any, owner: Owner) -> Row:
    row = Row(number)
    try:
        todo = ImportRow.model_validate(given)
        row.content = todos.new_content(owner, todo.given())
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_context=False, include_input=False)
        row.error = "; ".join(f"{pointer(('body', *one['loc'])) or 'row'}: {one['msg']}" for one in wrong)
    except InvalidFields as error:
        row.error = error.detail
    else:
        row.todo_id = str(todo.id) if todo.id else None
        row.created_at = todo.created_at.isoformat() if todo.created_at else None
        row.completed_at = todo.completed_at.isoformat() if todo.completed_at else None
    return row
