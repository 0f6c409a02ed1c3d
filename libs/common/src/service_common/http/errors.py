"""Errors of a FastAPI service leave as problem details."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Match

from service_common.database import TRANSIENT
from service_common.errors import FieldError, ServiceError, Unavailable
from service_common.problems import MAX_ERRORS, MEDIA_TYPE, STATUSES, problem
from service_common.telemetry.http_requests import CLIENT_CLOSED_REQUEST

log = structlog.get_logger()

MAX_NAME = 200  # characters of a member's name that a pointer repeats


def answer(error: ServiceError) -> Response:
    body = problem(
        error.status, error.code, error.title, error.detail, error.errors[:MAX_ERRORS], extensions=error.extensions
    )
    return Response(body, error.status, headers=error.headers, media_type=MEDIA_TYPE)


def install_errors(app: FastAPI) -> None:
    """Every error of `app` leaves as problem details: no stack, no SQL, no library's own error page."""
    app.add_exception_handler(ServiceError, _service_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_exception)
    app.add_exception_handler(ClientDisconnect, _client_gone)
    for transient in TRANSIENT:
        app.add_exception_handler(transient, _unreachable)
    app.add_exception_handler(Exception, _unexpected)


async def _service_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, ServiceError)  # noqa: S101 - registered for this class only
    return answer(error)


async def _validation_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class only
    found = error.errors()
    if any(one["type"] == "json_invalid" for one in found):
        return _plain(400, "malformed_json", "The body is not valid JSON.")
    errors = [FieldError(pointer(one["loc"]), one["msg"]) for one in found[:MAX_ERRORS]]
    body = problem(422, "invalid_request", "Unprocessable Content", sentence(errors, len(found)), errors)
    return Response(body, 422, media_type=MEDIA_TYPE)


async def _http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class only
    code = STATUSES[error.status_code].lower().replace(" ", "_")
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED and (methods := _methods(request)):
        headers["Allow"] = ", ".join(sorted(methods))
    return _plain(error.status_code, code, error.detail, headers)


def _methods(request: Request) -> set[str]:
    """What all routes of a path take together: the router names only those of the first."""
    found = [route for route in request.app.routes if route.matches(request.scope)[0] is not Match.NONE]
    return {method for route in found for method in getattr(route, "methods", None) or ()}


async def _client_gone(_: Request, __: Exception) -> Response:
    """Nobody reads it; uvicorn would log the exception as a defect."""
    return Response(status_code=CLIENT_CLOSED_REQUEST)


async def _unreachable(_: Request, error: Exception) -> Response:
    log.warning("a dependency is unavailable", error=repr(error))
    return answer(Unavailable("A part this service needs is away; try again soon.", headers={"Retry-After": "1"}))


async def _unexpected(_: Request, error: Exception) -> Response:
    log.error("unexpected error", exc_info=error)
    return _plain(500, "internal_error", "Something went wrong here. The request id finds it in the log.")


def _plain(status: int, code: str, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    body = problem(status, code, STATUSES[status], detail)
    return Response(body, status, headers=headers, media_type=MEDIA_TYPE)


def pointer(location: Sequence[Any]) -> str:
    """Where in a request: ("body", "tags", 0) → `/tags/0`, ("query", "limit") → `?limit`."""
    source, *path = location
    if source == "body":
        return "".join(f"/{str(part)[:MAX_NAME].replace('~', '~0').replace('/', '~1')}" for part in path)
    prefix = "?" if source == "query" else f"{source} "
    return prefix + ".".join(str(part) for part in path)


def sentence(errors: Sequence[FieldError], found: int) -> str:
    """The errors in one line, with how many of those `found` it leaves out."""
    named = "; ".join(f"{error.pointer or 'body'}: {error.detail}" for error in errors)
    return f"{named}; and {found - len(errors)} more" if found > len(errors) else named
