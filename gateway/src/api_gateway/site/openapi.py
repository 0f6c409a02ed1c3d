"""One OpenAPI document of all public routes, merged from what the services say of themselves."""

import copy
import re
from collections.abc import Mapping
from typing import Any

from api_gateway.routes import ROUTES, Route, RouteTable
from service_common.problems import PROBLEM_SCHEMA, STATUSES
from service_common.tokens.scopes import GRANTABLE, Scope, security

Document = dict[str, Any]
DESCRIPTION = """Todos on NATS JetStream: every change is an event, live numbers are projections.

Log in with `POST /api/auth/login`, send the access token as `Authorization: Bearer …`. A log-in has every scope.
Errors are problem details (RFC 9457); every answer carries `X-Request-Id`."""
SCHEMES = {
    "bearer": {
        "type": "oauth2",
        "description": "The e-mail address is the user name. A log-in has every scope, whichever are ticked.",
        "flows": {
            "password": {
                "tokenUrl": "/api/auth/token",
                "scopes": {str(scope): text for scope, text in GRANTABLE.items()},
            }
        },
    },
    "api_token": {
        "type": "http",
        "scheme": "bearer",
        "description": "An API token, `tdb_…`, has the scopes that it was made with.",
    },
}
PROBLEM_CONTENT = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
OF_THE_FRAMEWORK = {"Problem", "HTTPValidationError", "ValidationError"}
METHODS = {"get", "put", "post", "delete", "options", "head", "patch"}


def merge(documents: Mapping[str, Document], routes: tuple[Route, ...] = ROUTES) -> Document:
    """`documents` by service; only what `routes` lets through to that service is taken over."""
    merged: Document = {
        "openapi": "3.1.0",
        "info": {"title": "Todobus", "version": "1.0.0", "description": DESCRIPTION},
        "servers": [{"url": "/"}],
        "tags": [],
        "paths": {},
        "components": {"schemas": {"Problem": PROBLEM_SCHEMA}, "securitySchemes": SCHEMES},
    }
    table = RouteTable(routes)
    for service, document in sorted(documents.items()):
        _add(merged, service, _renamed(document, service, merged["components"]["schemas"]), table)
    merged["paths"] |= OWN_PATHS
    merged["paths"] = dict(sorted(merged["paths"].items()))
    return merged


def _add(merged: Document, service: str, document: Document, table: RouteTable) -> None:
    for path, item in document.get("paths", {}).items():
        route = table.find(path.encode())
        if route and route.target == service:
            merged["paths"][path] = {name: _operation(path, name, one, service, route) for name, one in item.items()}
    schemas = document.get("components", {}).get("schemas", {})
    merged["components"]["schemas"] |= {name: one for name, one in schemas.items() if name not in OF_THE_FRAMEWORK}
    merged["tags"].append({"name": service})


def _operation(path: str, method: str, operation: Any, service: str, route: Route) -> Any:
    if method not in METHODS:
        return operation
    stated = [one for one in operation.get("security", ()) if one.keys() <= SCHEMES.keys()]
    tokens: Document = {} if route.public else {"security": stated or [{"bearer": []}]}
    kept = {key: value for key, value in operation.items() if key != "security"}
    identity = operation.get("operationId", f"{method}{path}").removesuffix(re.sub(r"\W", "_", f"{path}_{method}"))
    named = {"tags": [service], "operationId": identity, "responses": _responses(operation, route)}
    return kept | tokens | named


def _responses(operation: Document, route: Route) -> Document:
    """What the service declares, with its errors as problem details, and what the gateway itself may say."""
    declared = operation.get("responses", {})
    own = () if route.path.startswith("/.well-known") else ("429",) if route.public else ("401", "429")
    problems = {status for status in declared if status.startswith(("4", "5"))}.union(own)
    return {status: one for status, one in declared.items() if status not in problems} | {
        status: {"description": STATUSES[int(status)], "content": PROBLEM_CONTENT} for status in sorted(problems)
    }


def _renamed(document: Document, service: str, taken: Mapping[str, Any]) -> Document:
    """The document with its schemas renamed where another service has a different one of the same name."""
    schemas = document.get("components", {}).get("schemas", {})
    different = {name for name in schemas if taken.get(name, schemas[name]) != schemas[name]} - OF_THE_FRAMEWORK
    names = {name: f"{service.capitalize()}{name}" for name in different}
    if not names:
        return copy.deepcopy(document)
    renamed: Document = _replace(
        document, {f"#/components/schemas/{old}": f"#/components/schemas/{new}" for old, new in names.items()}
    )
    renamed["components"]["schemas"] = {
        names.get(name, name): schema for name, schema in renamed["components"]["schemas"].items()
    }
    return renamed


def _replace(value: Any, references: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _replace(one, references) for key, one in value.items()}
    if isinstance(value, list):
        return [_replace(one, references) for one in value]
    return references.get(value, value) if isinstance(value, str) else value


def _plain(summary: str, tag: str, content: Document, **more: Any) -> Document:
    return {
        "get": {
            "summary": summary,
            "tags": [tag],
            "responses": {"200": {"description": "OK", "content": content}},
            **more,
        }
    }


_JSON = {"application/json": {"schema": {"type": "object"}}}
_EVENT = """id: 17
event: todo.created.v1
data: {…, "sequence": 17, "subject": "01939d5a-3c11-7f2a-9a55-2b6f0a5d7c10"}

"""
OWN_PATHS = {
    "/healthz": _plain("The gateway is alive", "gateway", _JSON, operationId="healthz"),
    "/readyz": _plain(
        "Every dependency is usable, or 503 with the state of each", "gateway", _JSON, operationId="readyz"
    ),
    "/api/events/stream": _plain(
        "The user's own events, live",
        "events",
        {"text/event-stream": {"schema": {"type": "string"}, "example": _EVENT}},
        operationId="stream_events",
        description="Server-sent events: `id` is the sequence, `event` the type, `data` the event. "
        "Resume with `Last-Event-ID` or `since`; the stream ends with `event: revoked` when the session does.",
        security=security(Scope.EVENTS_READ),
        parameters=[
            {"name": "since", "in": "query", "schema": {"type": "integer", "minimum": 0}},
            {"name": "Last-Event-ID", "in": "header", "schema": {"type": "integer", "minimum": 0}},
        ],
    ),
}
