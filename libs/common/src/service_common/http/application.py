"""The FastAPI application of a service."""

from collections.abc import Iterable
from typing import Any

from fastapi import FastAPI
from starlette.routing import BaseRoute

from service_common.http.direct import DirectRoutes
from service_common.http.errors import install_errors
from service_common.http.middleware import RequestContext
from service_common.http.openapi import openapi
from service_common.supervision import Lifespan


def create_application(
    title: str, routes: Iterable[BaseRoute], lifespan: Lifespan, *, redirect_slashes: bool = False, **state: Any
) -> FastAPI:
    """`state` is what dependencies read: see `of_app`."""
    app = FastAPI(
        title=title,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=redirect_slashes,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # `service_common.telemetry` records requests
    )
    for name, value in state.items():
        setattr(app.state, name, value)
    app.openapi = openapi(app)  # type: ignore[method-assign]
    app.router.routes.extend(routes)
    app.add_middleware(DirectRoutes, fastapi=app)
    app.add_middleware(RequestContext)
    install_errors(app)
    return app
