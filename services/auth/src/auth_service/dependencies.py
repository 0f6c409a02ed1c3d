"""What an endpoint needs of its request."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.params import Form
from fastapi.routing import APIRoute

from auth_service.domain import ABSOLUTE_DAYS, Client
from auth_service.errors import CrossSite, UnsupportedMediaType
from auth_service.service.context import Context as ServiceContext

COOKIE = "refresh_token"
PATH = "/api/auth"
USER_AGENT_LENGTH = 256
TRUSTED_SITES = ("same-origin", "none")


def _context(request: Request) -> ServiceContext:
    context: ServiceContext = request.app.state.context
    return context


def _client(request: Request) -> Client:
    """The address is the gateway's word: it replaces whatever a client claims, and nobody else reaches this service."""
    forwarded = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    address = forwarded or (request.client.host if request.client else "")
    agent = "".join(filter(str.isprintable, request.headers.get("user-agent", "")))
    return Client(address[:64], agent[:USER_AGENT_LENGTH])


Context = Annotated[ServiceContext, Depends(_context)]
Caller = Annotated[Client, Depends(_client)]


class TypedRoute(APIRoute):
    """Takes JSON, or a form where the endpoint is one; what says that it is something else is a 415."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        form = self.body_field is not None and isinstance(self.body_field.field_info, Form)
        accepted = "application/x-www-form-urlencoded" if form else "application/json"

        async def checked(request: Request) -> Response:
            given = request.headers.get("content-type", accepted).partition(";")[0].strip().lower()
            if given != accepted and self.body_field:
                raise UnsupportedMediaType(f"The body must be {accepted}.")
            return await handle(request)

        return checked


def refuse_cross_site(request: Request) -> None:
    """Another site's page must neither use the refresh cookie nor plant one (RFC 9110 origins, Fetch Metadata)."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if (site and site not in TRUSTED_SITES) or (origin and origin != _own_origin(request)):
        raise CrossSite


def _own_origin(request: Request) -> str:
    host = request.headers.get("x-forwarded-host") or request.headers.get("host", "")
    return f"{_scheme(request)}://{host}"


def _scheme(request: Request) -> str:
    return request.headers.get("x-forwarded-proto") or request.url.scheme


def set_cookie(request: Request, response: Response, token: str) -> None:
    secure = _scheme(request) == "https"
    response.set_cookie(
        COOKIE, token, max_age=ABSOLUTE_DAYS * 86_400, path=PATH, secure=secure, httponly=True, samesite="strict"
    )


def clear_cookie(request: Request, response: Response) -> None:
    secure = _scheme(request) == "https"
    response.delete_cookie(COOKIE, path=PATH, secure=secure, httponly=True, samesite="strict")
