"""Log in by a provider of OpenID Connect."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from auth_service import domain, examples, schemas
from auth_service.dependencies import Client, Context
from auth_service.endpoints.responses import is_secure, set_cookie
from auth_service.endpoints.routes import Route
from auth_service.service import identities
from auth_service.service.context import identity
from auth_service.service.sessions import Grant
from service_common.errors import ServiceError
from service_common.http.dependencies import Caller, Pool
from service_common.http.openapi import Responses, extra, problems
from service_common.http.routes import needs
from service_common.tokens.scopes import Scope

router = APIRouter(route_class=Route, prefix="/api/auth")
PATH = "/api/auth/providers"
COOKIE = "provider_login"
NEXT = r"^/([A-Za-z0-9?#&=_~%+-][!-\[\]-~]*)?$"  # a path of this origin: no second slash, no backslash
FOUND: Responses = {302: {"description": "The browser goes on; where it asked for a page, also after an error."}}


@router.get("/providers", openapi_extra=extra(got=[examples.PROVIDER]))
@needs(Scope.NONE)
async def list_providers(context: Context) -> list[schemas.Provider]:
    """The providers of OpenID Connect by which one can log in."""
    return [schemas.Provider(id=one.id, name=one.name) for one in context.providers.all()]


@router.get(
    "/providers/{provider_id}/start",
    response_class=Response,
    status_code=302,
    responses=FOUND | problems(404, 422, 503),
)
@needs(Scope.NONE)
async def start(
    provider_id: str,
    request: Request,
    context: Context,
    next: Annotated[  # noqa: A002 - the parameter's name
        str, Query(max_length=512, pattern=NEXT, description="The path of the web app to go to once logged in.")
    ] = "/",
) -> RedirectResponse:
    """Send the browser to the provider (code flow with PKCE, state and nonce)."""
    to = identities.provider(context, provider_id)
    try:
        departure = await identities.depart(context, to, next)
    except ServiceError as error:
        return _failed(request, error)
    answer = RedirectResponse(departure.address, 302, {"Cache-Control": "no-store"})
    _set_waiting(request, answer, departure.cookie, domain.PROVIDER_LOGIN_SECONDS)
    return answer


@router.get(
    "/providers/{provider_id}/callback",
    response_class=Response,
    status_code=302,
    responses=FOUND | problems(400, 403, 404, 409, 422, 429, 503),
)
@needs(Scope.NONE)
async def callback(
    provider_id: str,
    request: Request,
    context: Context,
    client: Client,
    state: Annotated[str, Query(max_length=512)] = "",
    code: Annotated[str, Query(max_length=4096)] = "",
    iss: Annotated[str | None, Query(max_length=512)] = None,
) -> RedirectResponse:
    """Where the provider sends the browser back: the refresh cookie is set, or a second factor has to follow."""
    back_from = identities.provider(context, provider_id)
    try:
        cookie = request.cookies.get(_cookie(request), "")
        arrival = await identities.arrive(context, back_from, cookie, state, code, iss, client)
    except ServiceError as error:
        answer = _failed(request, error)
    else:
        answer = _arrived(request, arrival)
    _set_waiting(request, answer, "", 0)
    return answer


@router.get("/identities", openapi_extra=extra(got=[examples.IDENTITY]))
@needs(Scope.LOGIN)
async def list_identities(caller: Caller, pool: Pool, context: Context) -> list[schemas.Identity]:
    """Whom providers may let in to this account."""
    found = await identities.listed(pool, caller)
    return [schemas.Identity.of(one, context.providers.id_of(one.issuer)) for one in found]


@router.delete("/identities/{identity_id}", status_code=204, responses=problems(403, 404, 409))
@needs(Scope.LOGIN)
async def remove_identity(identity_id: str, caller: Caller, context: Context, client: Client) -> None:
    await identities.remove(context, caller, identity(identity_id), client)


def _arrived(request: Request, arrival: identities.Arrival) -> RedirectResponse:
    """The token of a log-in that waits stands behind the #, which no server and no other page sees."""
    if isinstance(arrival.got, Grant):
        answer = RedirectResponse(arrival.path, 302, {"Cache-Control": "no-store"})
        set_cookie(request, answer, arrival.got.refresh_token)
        return answer
    waiting = urlencode({"mfa_token": arrival.got.mfa_token, "next": arrival.path})
    return RedirectResponse(f"/login#{waiting}", 302, {"Cache-Control": "no-store"})


def _failed(request: Request, error: ServiceError) -> RedirectResponse:
    """Who looks at a page is led to one that explains; a program gets the problem. Raises `error`."""
    if "text/html" not in request.headers.get("accept", ""):
        raise error
    return RedirectResponse(f"/login#{urlencode({'error': error.code})}", 302, {"Cache-Control": "no-store"})


def _cookie(request: Request) -> str:
    return f"__Secure-{COOKIE}" if is_secure(request) else COOKIE


def _set_waiting(request: Request, answer: Response, value: str, seconds: int) -> None:
    """Lax: the provider's page leads to the callback."""
    answer.set_cookie(
        _cookie(request),
        value,
        max_age=seconds,
        path=PATH,
        secure=is_secure(request),
        httponly=True,
        samesite="lax",
    )
