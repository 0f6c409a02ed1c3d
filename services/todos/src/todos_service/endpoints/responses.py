"""Headers of the API: entity tags and page links; and answers made of JSON that is text already."""

import zlib
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl, quote, urlencode

from fastapi import Request, Response

from service_common.http.routes import JSON
from todos_service.repository.idempotency import StoredResponse
from todos_service.service.calls import Answer

IF_MATCH = ("If-Match", "Only write when the todo is at this version (its ETag); otherwise the answer is 412.")
IF_NONE_MATCH = ("If-None-Match", "Answer 304 when this ETag still holds.")
IDEMPOTENCY_KEY = ("Idempotency-Key", "The same key again within 24 hours gives the same answer again.")
PRIVATE = {"Cache-Control": "private, no-cache"}


def written_headers(sequence: int, command_id: str) -> dict[str, str]:
    return {"Todo-Sequence": str(sequence), "Command-Id": command_id, **PRIVATE}


def todo_headers(answer: Answer) -> dict[str, str]:
    command = {"Command-Id": answer.command_id} if answer.command_id else {}
    return {"ETag": f'"{answer.version}"', "Todo-Sequence": str(answer.sequence), **command, **PRIVATE}


def todo_response(answer: Answer, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(answer.document.encode(), status, todo_headers(answer) | dict(headers or {}), JSON)


def read(request: Request, answer: Answer) -> Response:
    """What a GET of one answers: 304 where the client has it."""
    if not_modified(request, f'"{answer.version}"'):
        return Response(status_code=304, headers=todo_headers(answer))
    return todo_response(answer)


def stored(answer: Answer, status: int = 200, headers: Mapping[str, str] | None = None) -> StoredResponse:
    return StoredResponse(status, todo_headers(answer) | dict(headers or {}), answer.document)


def deleted(answer: Answer) -> StoredResponse:
    return StoredResponse(204, written_headers(answer.sequence, answer.command_id), "")


def whole_list(request: Request, sequence: int, documents: Sequence[str]) -> Response:
    """A list that has no pages."""
    headers = {"ETag": list_tag(request, sequence), "Todo-Sequence": str(sequence), **PRIVATE}
    if not_modified(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(json_array(documents), 200, headers, JSON)


def json_array(documents: Sequence[str]) -> bytes:
    return f"[{','.join(documents)}]".encode()


def not_modified(request: Request, tag: str) -> bool:
    """Whether `If-None-Match` names this tag; the comparison is weak."""
    header = request.headers.get("if-none-match")
    if header is None:
        return False
    opaque = tag.removeprefix("W/")
    return header.strip() == "*" or opaque in (part.strip().removeprefix("W/") for part in header.split(","))


def list_tag(request: Request, sequence: int, *moments: str) -> str:
    """A weak tag: the user's sequence, and what was asked (`moments`: what else the answer depends on)."""
    query: bytes = request.scope["query_string"]
    return f'W/"{sequence}-{zlib.crc32(query + "|".join(moments).encode()):08x}"'


def next_link(request: Request, name: str, value: str) -> str:
    """A `Link` to the next page: this request with one parameter set."""
    query = request.scope["query_string"].decode()
    if f"{name}=" in query:
        query = urlencode([pair for pair in parse_qsl(query, keep_blank_values=True) if pair[0] != name])
    return f'<{request.scope["path"]}?{query}{"&" if query else ""}{name}={quote(value)}>; rel="next"'
