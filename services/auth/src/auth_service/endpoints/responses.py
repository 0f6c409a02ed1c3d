"""Answers with tokens, and the refresh cookie."""

from fastapi import Request, Response

from auth_service import schemas
from auth_service.domain import ABSOLUTE_DAYS
from auth_service.errors import CrossSite
from auth_service.service.sessions import Grant

COOKIE = "refresh_token"
PATH = "/api/auth"
TRUSTED_SITES = ("same-origin", "none")


def tokens(grant: Grant, request: Request, response: Response, *, cookie: bool) -> schemas.Tokens:
    response.headers["Cache-Control"] = "no-store"
    if cookie:
        _set_cookie(request, response, grant.refresh_token)
    token = None if cookie else grant.refresh_token
    return schemas.Tokens(access_token=grant.access_token, refresh_token=token, user=schemas.User.of(grant.user))


def refuse_cross_site(request: Request) -> None:
    """A page of another site must neither use the refresh cookie nor set one (Origin, Fetch Metadata).

    Raises: CrossSite.
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if (site and site not in TRUSTED_SITES) or (origin and origin != _own_origin(request)):
        raise CrossSite


def _own_origin(request: Request) -> str:
    host = request.headers.get("x-forwarded-host") or request.headers.get("host", "")
    return f"{_scheme(request)}://{host}"


def _scheme(request: Request) -> str:
    return request.headers.get("x-forwarded-proto") or request.url.scheme


def _set_cookie(request: Request, response: Response, token: str) -> None:
    secure = _scheme(request) == "https"
    response.set_cookie(
        COOKIE, token, max_age=ABSOLUTE_DAYS * 86_400, path=PATH, secure=secure, httponly=True, samesite="strict"
    )


def clear_cookie(request: Request, response: Response) -> None:
    secure = _scheme(request) == "https"
    response.delete_cookie(COOKIE, path=PATH, secure=secure, httponly=True, samesite="strict")
