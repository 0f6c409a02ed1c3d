"""Answers with tokens, and the refresh cookie."""

from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from auth_service import schemas
from auth_service.domain import ABSOLUTE_DAYS
from auth_service.errors import CrossSite
from auth_service.service.sessions import Grant, Pending

COOKIE = "refresh_token"
SECURE_COOKIE = f"__Secure-{COOKIE}"
PATH = "/api/auth"
STRICT: Any = "Strict"  # as RFC 6265bis writes it; Starlette takes any case, its type does not
SECOND_FACTOR: dict[int | str, dict[str, Any]] = {
    202: {"model": schemas.Pending, "description": "The password is right; a code has to follow."}
}
TRUSTED_SITES = ("same-origin", "none")


def tokens(grant: Grant, request: Request, response: Response, *, cookie: bool) -> schemas.Tokens:
    response.headers["Cache-Control"] = "no-store"
    if cookie:
        set_cookie(request, response, grant.refresh_token)
    token = None if cookie else grant.refresh_token
    return schemas.Tokens(access_token=grant.access_token, refresh_token=token, user=schemas.User.of(grant.user))


def tokens_or_pending(
    got: Grant | Pending, request: Request, response: Response, *, cookie: bool
) -> schemas.Tokens | Response:
    """202 where a second factor has to follow: `POST /api/auth/login/mfa`."""
    if isinstance(got, Grant):
        return tokens(got, request, response, cookie=cookie)
    body = schemas.Pending(mfa_token=got.mfa_token)
    return JSONResponse(body.model_dump(), 202, headers={"Cache-Control": "no-store"})


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


def is_secure(request: Request) -> bool:
    return _scheme(request) == "https"


def given_cookie(request: Request) -> str:
    """The refresh token that the browser sent; on https also under the name that it had before."""
    plain = request.cookies.get(COOKIE, "")
    return request.cookies.get(SECURE_COOKIE, plain) if is_secure(request) else plain


def set_cookie(request: Request, response: Response, token: str) -> None:
    secure = is_secure(request)
    response.set_cookie(
        SECURE_COOKIE if secure else COOKIE,
        token,
        max_age=ABSOLUTE_DAYS * 86_400,
        path=PATH,
        secure=secure,
        httponly=True,
        samesite=STRICT,
    )
    if secure and COOKIE in request.cookies:
        _delete_cookie(response, COOKIE, secure=True)


def clear_cookie(request: Request, response: Response) -> None:
    secure = is_secure(request)
    for name in (SECURE_COOKIE, COOKIE) if secure else (COOKIE,):
        _delete_cookie(response, name, secure=secure)


def _delete_cookie(response: Response, name: str, *, secure: bool) -> None:
    response.delete_cookie(name, path=PATH, secure=secure, httponly=True, samesite=STRICT)
