"""A route that FastAPI documents and that is called without FastAPI's dependency solver.

The signature of an endpoint says what it needs, as everywhere in FastAPI: the verified claims of the caller, path
parameters, a model of the query, a model of the JSON body, or the request itself. Here that is read off once, when the
route is made; a request then costs the validation of its body and nothing else.
"""

import inspect
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.params import Query
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError

from service_common.errors import ServiceError
from service_common.tokens.verifier import Claims, InvalidToken

Source = Callable[[Request], Awaitable[Any]]


UNION_MEMBERS = frozenset({"create", "update", "complete", "reopen", "delete", "restore", "purge"})
MAX_BODY = 1024 * 1024


class BodyTooLarge(ServiceError):
    status, code, title = 413, "content_too_large", "Content Too Large"

    def __init__(self, limit: int) -> None:
        super().__init__(f"The body is larger than {limit} bytes.", headers={"Connection": "close"})


class UnsupportedMediaType(ServiceError):
    status, code, title = 415, "unsupported_media_type", "Unsupported Media Type"


class FastRoute(APIRoute):
    """Endpoints take what `_source` knows, and return a `Response`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        hints = get_type_hints(self.endpoint, include_extras=True)
        sources = {
            name: _source(name, hints[name], path=name in self.param_convertors)
            for name in inspect.signature(self.endpoint).parameters
        }
        endpoint: Callable[..., Awaitable[Response]] = self.endpoint

        async def handle(request: Request) -> Response:
            return await endpoint(**{name: await source(request) for name, source in sources.items()})

        return handle


def _source(name: str, hint: Any, *, path: bool) -> Source:
    """Where an argument comes from."""
    plain = get_args(hint)[0] if get_origin(hint) is Annotated else hint
    if path:
        return _path_parameter(name)
    if plain is Request:
        return _request
    if plain is Claims:
        return _caller
    if any(isinstance(extra, Query) for extra in get_args(hint)[1:]):
        return _query(plain)
    if isinstance(plain, type) and issubclass(plain, BaseModel):
        return _body(plain)
    raise TypeError(f"the parameter {name} comes from nowhere")


async def _request(request: Request) -> Request:
    return request


async def _caller(request: Request) -> Claims:
    given = [value for name, value in request.scope["headers"] if name == b"authorization"]
    if len(given) > 1:
        raise InvalidToken
    claims: Claims = await request.app.state.verifier.authenticate(given[0].decode("latin-1") if given else None)
    return claims


def _path_parameter(name: str) -> Source:
    async def read(request: Request) -> Any:
        return request.path_params[name]

    return read


def _query(model: type[BaseModel]) -> Source:
    lists = {name for name, field in model.model_fields.items() if get_origin(field.annotation) is list}
    default = model()

    async def read(request: Request) -> BaseModel:
        if not request.scope["query_string"]:
            return default
        given: dict[str, Any] = {}
        for name, value in request.query_params.multi_items():
            if name in lists:
                given.setdefault(name, []).append(value)
            else:
                given[name] = value
        try:
            return model.model_validate(given)
        except ValidationError as error:
            raise _invalid(error, "query") from error

    return read


def _body(model: type[BaseModel]) -> Source:
    validator = model.__pydantic_validator__

    async def read(request: Request) -> Any:
        _require_json(request)
        try:
            return validator.validate_json(await read_body(request))
        except ValidationError as error:
            raise _invalid(error, "body") from error

    return read


async def read_body(request: Request, limit: int = MAX_BODY) -> bytes:
    """The body, read once and kept in `request.state.body`; what is larger is refused before it is read."""
    if int(request.headers.get("content-length", 0)) > limit:
        raise BodyTooLarge(limit)
    parts = []
    size = 0
    async for part in request.stream():
        parts.append(part)
        size += len(part)
        if size > limit:
            raise BodyTooLarge(limit)
    body = b"".join(parts)
    request.state.body = body
    return body


def _require_json(request: Request) -> None:
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise UnsupportedMediaType("The body must be JSON: Content-Type: application/json.")


def _invalid(error: ValidationError, source: str) -> RequestValidationError:
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return RequestValidationError([{**one, "loc": (source, *_place(one["loc"]))} for one in found])


def _place(location: Sequence[Any]) -> Sequence[Any]:
    """Where in the body, without the member of a union that was tried there."""
    return [part for part in location if part not in UNION_MEMBERS]
