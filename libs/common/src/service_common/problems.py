"""Problem details (RFC 9457): the one shape of every error answer."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

import orjson

from service_common.errors import FieldError
from service_common.telemetry.context import request_id

MAX_ERRORS = 20  # wrong fields that an answer names
STATUSES = {status.value: status.phrase for status in HTTPStatus} | {
    413: "Request Entity Too Large",
    414: "Request-URI Too Long",
    416: "Requested Range Not Satisfiable",
    422: "Unprocessable Entity",
}
"""The phrase of each status; Python 3.13 has other ones for these four."""
MEDIA_TYPE = "application/problem+json"
PROBLEM_SCHEMA = {
    "type": "object",
    "description": "Problem details (RFC 9457).",
    "required": ["type", "title", "status", "detail", "code", "request_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "description": "What went wrong, for programs."},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
                "required": ["pointer", "detail"],
            },
            "maxItems": MAX_ERRORS,
        },
        "quota": {
            "type": "object",
            "description": "Which limit of the user's account is reached (403 quota_exceeded, 429).",
            "properties": {"name": {"type": "string"}, "limit": {"type": "integer"}},
            "required": ["name", "limit"],
        },
    },
}


def problem(
    status: int,
    code: str,
    title: str,
    detail: str,
    errors: Sequence[FieldError] = (),
    identity: str | None = None,
    extensions: Mapping[str, Any] = MappingProxyType({}),
) -> bytes:
    """The body of an error answer; `identity` is the request's id, by default the current one."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": identity or request_id.get(),
        **extensions,
    }
    if errors:
        body["errors"] = [{"pointer": error.pointer, "detail": error.detail} for error in errors]
    return orjson.dumps(body)
