"""What an endpoint needs of its request."""

from typing import Annotated

from fastapi import Depends, Request, Response

from auth_service.domain import ABSOLUTE_DAYS, Client
from auth_service.errors import CrossSite
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
