"""Export and import."""

import csv
from collections.abc import AsyncIterator
from typing import Annotated, Any

import orjson
from fastapi import Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import ValidationError

from service_common.database import Connection
from service_common.errors import BadRequest
from service_common.http.errors import Caller, pointer
from todos_service.documentation import IDEMPOTENCY_KEY, headers, problems
from todos_service.endpoints import common, responses, spreadsheet
from todos_service.endpoints.common import answer_once, owner_of, pool_of
from todos_service.errors import InvalidFields
from todos_service.fast_route import UnsupportedMediaType, read_body
from todos_service.schemas import ExportQuery, ImportQuery, ImportReport, ImportRow, Todo
from todos_service.service import importing, todos
from todos_service.service.idempotency import Kept
from todos_service.service.importing import Row
from todos_service.service.todos import Owner

MAX_IMPORT = 64 * 1024 * 1024
router = common.router()


@router.get(
    "/export",
    response_model=list[Todo],
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}, **problems(422)},
)
async def export_todos(request: Request, caller: Caller, query: Annotated[ExportQuery, Query()]) -> Response:
    """All todos that are not in the trash, streamed; an import takes what this gives."""
    pages = todos.export(pool_of(request), owner_of(caller))
    form = {"json": (_json(pages), "application/json"), "csv": (_csv(pages), "text/csv; charset=utf-8")}
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
        **headers(IDEMPOTENCY_KEY),
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": {"type": "array", "items": {"type": "object"}}},
                "text/csv": {"schema": {"type": "string"}},
            },
        },
    },
)
async def import_todos(request: Request, caller: Caller, query: Annotated[ImportQuery, Query()]) -> Response:
    """Create a todo per row of a JSON array or a CSV file; each row is reported, wrong ones are left out.

    A row whose id is there already, or that was imported before, is a duplicate and changes nothing.
    """
    body = await read_body(request, MAX_IMPORT)
    owner = owner_of(caller)
    rows = [_row(number, given, owner) for number, given in enumerate(_given(request, body), start=1)]

    async def run(db: Connection) -> Kept:
        await importing.run(db, owner, rows, dry_run=query.dry_run)
        sequence = await todos.sequence(db, owner)
        return Kept(200, responses.sequence_header(sequence), importing.report(rows, dry_run=query.dry_run).decode())

    return await answer_once(request, caller, run)


def _given(request: Request, body: bytes) -> list[Any]:
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    try:
        if kind == "text/csv":
            return list(spreadsheet.read(body.decode()))
        if kind != "application/json":
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
