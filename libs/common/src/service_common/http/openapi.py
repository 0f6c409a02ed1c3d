"""The API document: what FastAPI does not see of a handler, which is problems, headers read by hand, and examples."""

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from service_common.http.routes import JSON, Route
from service_common.problems import MEDIA_TYPE, PROBLEM_SCHEMA, STATUSES
from service_common.tokens.scopes import Scope, security

Extra = dict[str, Any]
Responses = dict[int | str, dict[str, Any]]
HTTP_BEARER = {"type": "http", "scheme": "bearer"}
NOT_MODIFIED: Responses = {304: {"description": "The ETag still holds."}}


def problems(*statuses: int) -> Responses:
    """Responses of these statuses, all of them problem details."""
    return {
        status: {
            "description": STATUSES[status],
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in statuses
    }


def extra(*headers: tuple[str, str], sent: Any = None, got: Any = None, status: int = 200, kind: str = JSON) -> Extra:
    """For `openapi_extra`: request headers (name, description) that an endpoint reads itself, and examples.

    `sent` is a body of media type `kind`; `got` is the JSON answered with `status`.
    """
    made: Extra = {}
    if headers:
        made["parameters"] = [_header(*header) for header in headers]
    if sent is not None:
        made["requestBody"] = _example(kind, sent)
    if got is not None:
        made["responses"] = {str(status): _example(JSON, got)}
    return made


def _header(name: str, description: str) -> Extra:
    return {"name": name, "in": "header", "required": False, "description": description, "schema": {"type": "string"}}


def _example(kind: str, example: Any) -> Extra:
    return {"content": {kind: {"example": example}}}


def _put_examples(made: Extra, given: Extra) -> None:
    """FastAPI leaves out what is null, also in examples."""
    for name, value in given.items():
        if name == "example":
            made[name] = value
        elif isinstance(value, dict):
            _put_examples(made[name], value)


def _put_scope(operation: Extra, scope: Scope) -> None:
    operation["security"] = security(scope)
    if scope is not Scope.NONE:
        operation["responses"].setdefault("403", problems(403)[403])


def openapi(app: FastAPI) -> Callable[[], dict[str, Any]]:
    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
            for route in app.routes:
                if isinstance(route, Route):
                    for method in route.methods or ():
                        operation = made["paths"][route.path][method.lower()]
                        _put_examples(operation, route.openapi_extra or {})
                        _put_scope(operation, route.needed.scope)
            components = made.setdefault("components", {})
            components.setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
            components["securitySchemes"] = {"bearer": HTTP_BEARER, "api_token": HTTP_BEARER}
            app.openapi_schema = made
        return app.openapi_schema

    return document
