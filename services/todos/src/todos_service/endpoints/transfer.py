"""Export and import."""

import asyncio
import csv
import io
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from typing import Annotated, Any, TextIO

import orjson
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import ValidationError

from service_common.database import Connection
from service_common.errors import BadRequest, FieldError
from service_common.http.dependencies import Pool
from service_common.http.errors import pointer, sentence
from service_common.http.openapi import extra, problems
from service_common.http.routes import (
    JSON,
    MAX_MEMBERS,
    Route,
    UnsupportedMediaType,
    media_type,
    needs,
    read_body,
)
from service_common.problems import MAX_ERRORS
from service_common.tokens.scopes import Scope
from todos_service import examples
from todos_service.dependencies import Imports, Owner, Reads
from todos_service.endpoints import json_rows, responses, spreadsheet
from todos_service.endpoints.idempotency import AnswerOnce
from todos_service.endpoints.responses import IDEMPOTENCY_KEY
from todos_service.errors import InvalidFields, TooManyRows
from todos_service.repository.idempotency import StoredResponse
from todos_service.schemas import ExportQuery, ImportQuery, ImportReport, ImportRow, NewFilter, NewProject, Todo
from todos_service.service import calls, entities, importing, todos
from todos_service.service.importing import AnyRow, EntityRow, Ids, InvalidRow, Row

ENTITIES: dict[str, type[NewProject | NewFilter]] = {"project": NewProject, "filter": NewFilter}
MAX_IMPORT = 32 * 1024 * 1024
MAX_ROWS = 100_000
CSV_ROWS = 100  # made in one turn of the event loop
SLICE = 500
SLICE_BYTES = 256 * 1024
SLICE_SECONDS = 0.002
CSV = "text/csv"
ARRAY = {"type": "array", "items": {"type": "object"}}
router = APIRouter(route_class=Route, prefix="/api", responses=problems(401))


@router.get(
    "/export",
    response_model=list[Todo],
    responses={200: {"content": {CSV: {"schema": {"type": "string"}}}}, **problems(422)},
)
@needs(Scope.TODOS_READ)
async def export_todos(owner: Owner, pool: Pool, reads: Reads, query: Annotated[ExportQuery, Query()]) -> Response:
    """All todos that are not in the trash, streamed in their order; an import takes what this gives.

    In JSON, what is no todo comes first: `{"project": {…}}` and `{"filter": {…}}`. In CSV, a row names its project.
    """
    async with reads.turn(owner.user_id):
        projects, filters = [(await entities.every(pool, owner, kind))[1] for kind in importing.KINDS]
    pages = todos.export(pool, owner, reads)
    names = {one["id"]: one["name"] for one in map(orjson.loads, projects)}
    first = [f'{{"project":{one}}}' for one in projects] + [f'{{"filter":{one}}}' for one in filters]
    form = {"json": (_json(first, pages), JSON), "csv": (_csv(names, pages), f"{CSV}; charset=utf-8")}
    content, kind = form[query.format]
    disposition = {"Content-Disposition": f'attachment; filename="todos.{query.format}"', "Cache-Control": "no-store"}
    return StreamingResponse(content, 200, disposition, kind)


async def _json(first: list[str], pages: AsyncIterator[list[str]]) -> AsyncIterator[bytes]:
    before = "[\n"
    if first:
        yield (before + ",\n".join(first)).encode()
        before = ",\n"
    async for page in pages:
        yield (before + ",\n".join(page)).encode()
        before = ",\n"
    yield b"[]\n" if before == "[\n" else b"\n]\n"


async def _csv(names: Mapping[str, str], pages: AsyncIterator[list[str]]) -> AsyncIterator[bytes]:
    yield spreadsheet.header().encode()
    async for page in pages:
        for start in range(0, len(page), CSV_ROWS):
            rows = map(orjson.loads, page[start : start + CSV_ROWS])
            named = (row | {"project": names.get(row["project_id"])} for row in rows)
            yield "".join(map(spreadsheet.line, named)).encode()
            await asyncio.sleep(0)


@router.post(
    "/import",
    response_model=ImportReport,
    responses=problems(400, 403, 409, 413, 415, 422, 429),
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
@needs(Scope.TODOS_WRITE)
async def import_todos(
    request: Request,
    owner: Owner,
    query: Annotated[ImportQuery, Query()],
    answer_once: AnswerOnce,
    imports: Imports,
) -> Response:
    """Create a todo per row of a JSON array or a CSV file; each row is reported, wrong ones are left out.

    A row whose id is there already, or that was imported before, is a duplicate and changes nothing. The body has up to
    32 MiB and 100,000 rows. The report names every row, of invalid ones the first 100.
    """
    async with imports.turn(owner.user_id):
        given = _given(request, await read_body(request, MAX_IMPORT))

        async def run(db: Connection) -> StoredResponse:
            report = await importing.run(db, owner, _slices(given, owner), dry_run=query.dry_run)
            sequence = await todos.sequence(db, owner)
            return StoredResponse(
                200, responses.written_headers(sequence, owner.command.id), report.json(dry_run=query.dry_run)
            )

        return await answer_once(run)


def _given(request: Request, body: bytes) -> Iterator[Any]:
    """The rows one by one, None for a blank line. Raises: BadRequest, UnsupportedMediaType."""
    kind = media_type(request)
    if kind not in {CSV, JSON}:
        raise UnsupportedMediaType("The body must be JSON or CSV: Content-Type: application/json or text/csv.")
    encoding, read = ("utf-8-sig", spreadsheet.read) if kind == CSV else ("utf-8", json_rows.read)
    return _read(read, io.TextIOWrapper(io.BytesIO(body), encoding, newline=""))


def _read(read: Callable[[TextIO], Iterator[Any]], text: TextIO) -> Iterator[Any]:
    try:
        yield from read(text)
    except csv.Error as error:
        raise BadRequest(f"The body is not valid CSV: {error}.", code="malformed_csv") from error
    except (ValueError, RecursionError) as error:
        raise BadRequest("The body is not valid JSON, or not UTF-8.", code="malformed_json") from error


async def _slices(given: Iterator[Any], owner: calls.Owner) -> AsyncIterator[Sequence[AnyRow]]:
    """The rows, some at a time; the event loop turns each SLICE_SECONDS. Raises: TooManyRows."""
    ids, rows, number, size, began = Ids(owner), list[AnyRow](), 0, 0, time.perf_counter()
    for line, one in enumerate(given, start=1):
        if line > MAX_ROWS:
            raise TooManyRows(MAX_ROWS)
        if one is not None:
            number += 1
            rows.append(row := _row(number, one, owner, ids))
            size += row.content.size if isinstance(row, Row) else 0
        if len(rows) == SLICE or size > SLICE_BYTES:
            yield rows
            rows, size = [], 0
        if time.perf_counter() - began > SLICE_SECONDS:
            await asyncio.sleep(0)
            began = time.perf_counter()
    yield rows


def _row(number: int, given: Any, owner: calls.Owner, ids: Ids) -> AnyRow:
    if isinstance(given, dict) and len(given) > MAX_MEMBERS:
        return InvalidRow(number, f"row: more than {MAX_MEMBERS} fields")
    try:
        if isinstance(given, dict) and len(given) == 1 and (kind := next(iter(given))) in ENTITIES:
            one = ENTITIES[kind].model_validate(given[kind])
            return EntityRow(number, kind, str(one.id or ids.of_entity(kind, one.name)), one.given())
        todo = ImportRow.model_validate(given)
        content = todos.new_content(owner, todo.given())
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        wrong = [FieldError(pointer(("body", *one["loc"])) or "row", one["msg"]) for one in found[:MAX_ERRORS]]
        return InvalidRow(number, sentence(wrong, len(found)))
    except InvalidFields as error:
        return InvalidRow(number, error.detail)
    created_at = todo.created_at.isoformat() if todo.created_at else None
    completed_at = todo.completed_at.isoformat() if todo.completed_at else None
    return Row(number, content, created_at, completed_at, str(todo.id or ids.of(content, created_at)), todo.project)
