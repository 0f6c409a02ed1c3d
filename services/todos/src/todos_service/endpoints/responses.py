"""Headers of the API: entity tags, conditions, page links; and answers made of JSON that is text already."""

import re
import zlib
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl, quote, urlencode

from fastapi import Request, Response

from todos_service.service.todos import ANY_VERSION, Answer, Condition

TAG = re.compile(r'(?:W/)?"([^"]*)"|([^\s",]+)')  # a proxy that compresses weakens tags; a version stays a version
PRIVATE = {"Cache-Control": "private, no-cache"}
NUMBER = re.compile(r"[0-9]{1,18}")


def sequence_header(sequence: int) -> dict[str, str]:
    return {"Todo-Sequence": str(sequence), **PRIVATE}


def todo_headers(answer: Answer) -> dict[str, str]:
    return {"ETag": f'"{answer.version}"', **sequence_header(answer.sequence)}


def todo_response(answer: Answer, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(answer.document.encode(), status, todo_headers(answer) | dict(headers or {}), "application/json")


def json_array(documents: Sequence[str]) -> bytes:
    return f"[{','.join(documents)}]".encode()


def condition(request: Request) -> Condition:
    """What `If-Match` asks for; a tag that is no version of ours matches nothing."""
    header = request.headers.get("if-match")
    if header is None or header.strip() == "*":
        return ANY_VERSION
    tags = [quoted or bare for quoted, bare in TAG.findall(header)]
    return Condition(frozenset(int(tag) for tag in tags if NUMBER.fullmatch(tag)))


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
