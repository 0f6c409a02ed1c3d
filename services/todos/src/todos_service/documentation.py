"""What OpenAPI says about answers that FastAPI does not see: problems, headers, and JSON passed through as text."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from service_common.problems import PROBLEM_SCHEMA

IF_MATCH = ("If-Match", "Only write when the todo is at this version (its ETag); otherwise the answer is 412.")
IF_NONE_MATCH = ("If-None-Match", "Answer 304 when this ETag still holds.")
IDEMPOTENCY_KEY = ("Idempotency-Key", "The same key again within 24 hours gives the same answer again.")


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Responses of these statuses, and of 401, which every route has."""
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in (401, *statuses)
    }


NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "The ETag still holds."}}


def headers(*parameters: tuple[str, str]) -> dict[str, Any]:
    """Request headers, which endpoints read themselves."""
    return {
        "parameters": [
            {"name": name, "in": "header", "required": False, "description": text, "schema": {"type": "string"}}
            for name, text in parameters
        ]
    }


def operation_id(route: APIRoute) -> str:
    return route.name


def openapi(app: FastAPI) -> Callable[[], dict[str, Any]]:
    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
            components = made.setdefault("components", {})
            components.setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
            components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
            made["security"] = [{"bearer": []}]
            app.openapi_schema = made
        return app.openapi_schema

    return document
