"""The route class of every service: which scope it needs, what a body may be, and how a handler is called.

FastAPI documents every handler, and calls those that return a model. A handler annotated `-> Response` is called
without FastAPI's dependency solver: its signature is compiled once, when the route is made. The figures are in
docs/decisions/0010-compiled-handlers.md.
"""

import inspect
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterable, Sequence
from itertools import chain
from operator import itemgetter
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

import orjson
from fastapi import Request, Response, params
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.types import Message, Receive

from service_common.errors import ServiceError
from service_common.tokens.scopes import Needed, Scope

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
Source = Callable[..., Awaitable[Any]]
Pick = Callable[[list[Any]], Iterable[Any]]
Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])

NEEDED = "needed"
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
MAX_BODY = 1024 * 1024
LARGE_BODY = 16 * 1024
MAX_MEMBERS = 100  # of one object; no request has as many
MAX_ITEMS = 1000  # of an array; a field says how many it takes, and pydantic stops there


class BodyTooLarge(ServiceError):
    status, code, title = 413, "content_too_large", "Content Too Large"

    def __init__(self, limit: int) -> None:
        super().__init__(f"The body is larger than {limit} bytes.", headers={"Connection": "close"})


class UnsupportedMediaType(ServiceError):
    status, code, title = 415, "unsupported_media_type", "Unsupported Media Type"


def needs(scope: Scope) -> Callable[[Endpoint], Endpoint]:
    """States the scope of an endpoint, below the decorator of its route; the dependency `Caller` checks it."""

    def stated(endpoint: Endpoint) -> Endpoint:
        setattr(endpoint, NEEDED, Needed(scope))
        return endpoint

    return stated


class Route(APIRoute):
    """Use it as `route_class` of an `APIRouter`, and put the router's routes into those of the application.

    A service whose handlers are documented by FastAPI may lower `max_body`, in bytes. Raises TypeError for an endpoint
    without a scope.
    """

    max_body = MAX_BODY

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        if not hasattr(endpoint, NEEDED):
            raise TypeError(f"{endpoint.__qualname__} ({path}) states no scope: @needs(Scope.…)")
        self.needed: Needed = getattr(endpoint, NEEDED)
        super().__init__(path, endpoint, **options)

    @property
    def is_direct(self) -> bool:
        return get_type_hints(self.endpoint).get("return") is Response

    def get_route_handler(self) -> Handler:
        if self.is_direct:
            return _compiled(self.endpoint, self.param_convertors)
        handle = super().get_route_handler()
        return self._with_checked_body(handle) if self.body_field else handle

    def _with_checked_body(self, handle: Handler) -> Handler:
        accepted = FORM if self.body_field and isinstance(self.body_field.field_info, params.Form) else JSON

        async def checked(request: Request) -> Response:
            if media_type(request, accepted) != accepted:
                raise UnsupportedMediaType(f"The body must be {accepted}.")
            return await handle(Request(request.scope, _replayed(await read_body(request, self.max_body))))

        return checked


def _replayed(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def media_type(request: Request, default: str = JSON) -> str:
    """The type of the body, in lower case and without parameters."""
    return request.headers.get("content-type", default).partition(";")[0].strip().lower()


async def read_body(request: Request, limit: int = MAX_BODY) -> bytes:
    """The body, also kept in `request.state.body`. Raises: BodyTooLarge."""
    if int(request.headers.get("content-length", 0)) > limit:
        raise BodyTooLarge(limit)
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > limit:
            raise BodyTooLarge(limit)
    request.state.body = whole = bytes(body)
    return whole


def _compiled(endpoint: Callable[..., Awaitable[Response]], path: Collection[str]) -> Handler:
    """Calls `endpoint`, and before it, in the order of the parameters, each source that it or a dependency names."""
    plan = _Plan(path)
    pick_last = plan.arguments(endpoint)
    steps = plan.steps

    async def handle(request: Request) -> Response:
        values: list[Any] = [request]
        for source, pick in steps:
            values.append(await source(*pick(values)))
        return await endpoint(*pick_last(values))

    return handle


class _Plan:
    """The sources that have to be called, each with what picks its arguments from the values so far.

    Value 0 is the request, value n what step n gave. A dependency that several parameters name is called once.
    """

    def __init__(self, path: Collection[str]) -> None:
        self.steps: list[tuple[Source, Pick]] = []
        self._path = path
        self._known: dict[Source, int] = {}

    def arguments(self, function: Callable[..., Any]) -> Pick:
        hints = get_type_hints(function, include_extras=True)
        indexes = [self._index(name, hints[name]) for name in inspect.signature(function).parameters]
        if len(indexes) > 1:
            return itemgetter(*indexes)
        return itemgetter(slice(indexes[0], indexes[0] + 1) if indexes else slice(0))

    def _index(self, name: str, hint: Any) -> int:
        plain, *extras = get_args(hint) if get_origin(hint) is Annotated else (hint,)
        if plain is Request:
            return 0
        for extra in extras:
            if isinstance(extra, params.Depends) and extra.dependency:
                return self._dependency(extra.dependency)
        return self._add(_source(name, plain, extras, self._path), itemgetter(slice(1)))

    def _dependency(self, function: Source) -> int:
        if function not in self._known:
            self._known[function] = self._add(function, self.arguments(function))
        return self._known[function]

    def _add(self, source: Source, pick: Pick) -> int:
        self.steps.append((source, pick))
        return len(self.steps)


def _source(name: str, hint: Any, extras: Sequence[Any], path: Collection[str]) -> Source:
    if name in path:
        return _path_parameter(name)
    if any(isinstance(extra, params.Query) for extra in extras):
        return _query(hint)
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return _body(hint)
    raise TypeError(f"no rule says where the parameter {name} comes from: see {__name__}")


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
            raise _invalid(error, "query", frozenset()) from error

    return read


def _body(model: type[BaseModel]) -> Source:
    validator = model.__pydantic_validator__
    tags = frozenset(_union_tags(model.model_json_schema()))

    async def read(request: Request) -> Any:
        kind = media_type(request)
        if kind != JSON and not (kind.startswith("application/") and kind.endswith("+json")):
            raise UnsupportedMediaType("The body must be JSON: Content-Type: application/json.")
        body = await read_body(request)
        if len(body) > LARGE_BODY:
            _check_members(body)
        try:
            return validator.validate_json(body)
        except ValidationError as error:
            raise _invalid(error, "body", tags) from error

    return read


def _check_members(body: bytes) -> None:
    """Refuse a body with an object of so many members that naming each unknown one would block the event loop."""
    try:
        values = [orjson.loads(body)]
    except orjson.JSONDecodeError:
        return  # pydantic says what is wrong
    while values:
        objects = [value for value in values if type(value) is dict]
        for members in map(len, objects):
            if members > MAX_MEMBERS:
                message = f"An object has {members} members, the most are {MAX_MEMBERS}"
                raise RequestValidationError([{"type": "too_long", "loc": ("body",), "msg": message}])
        arrays = [value for value in values if type(value) is list and len(value) <= MAX_ITEMS]
        values = [*chain.from_iterable(arrays), *chain.from_iterable(one.values() for one in objects)]


def _union_tags(schema: Any) -> set[str]:
    """The tags of the discriminated unions in a JSON schema: pydantic puts them into the place of an error."""
    if isinstance(schema, list):
        return set().union(*map(_union_tags, schema))
    if not isinstance(schema, dict):
        return set()
    return _union_tags(list(schema.values())) | set(schema.get("discriminator", {}).get("mapping", ()))


def _invalid(error: ValidationError, source: str, tags: frozenset[str]) -> RequestValidationError:
    found = error.errors(include_url=False, include_context=False, include_input=False)
    places = [[part for part in one["loc"] if part not in tags] for one in found]
    return RequestValidationError([one | {"loc": (source, *place)} for one, place in zip(found, places, strict=True)])
