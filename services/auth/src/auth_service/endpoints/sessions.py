"""Sessions: log in, refresh, log out, list."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from auth_service import examples, schemas
from auth_service.dependencies import Client, Context
from auth_service.endpoints.responses import (
    SECOND_FACTOR,
    clear_cookie,
    given_cookie,
    refuse_cross_site,
    tokens,
    tokens_or_pending,
)
from auth_service.endpoints.routes import Route
from auth_service.errors import InvalidGrant
from auth_service.service import sessions
from auth_service.service.context import identity
from service_common.http import errors
from service_common.http.dependencies import Caller, Pool
from service_common.http.openapi import extra, problems
from service_common.http.routes import FORM, needs
from service_common.tokens.scopes import Scope

router = APIRouter(route_class=Route, prefix="/api/auth")


@router.post(
    "/login",
    response_model_exclude_none=True,
    response_model=schemas.Tokens,
    responses=problems(400, 401, 403, 413, 415, 422, 429, 503) | SECOND_FACTOR,
    openapi_extra=extra(sent=examples.CREDENTIALS, got=examples.TOKENS),
)
@needs(Scope.NONE)
async def login(
    body: schemas.Credentials, request: Request, response: Response, context: Context, client: Client
) -> schemas.Tokens | Response:
    if body.refresh == "cookie":
        refuse_cross_site(request)
    got = await sessions.login(context, body.email, body.password, client)
    return tokens_or_pending(got, request, response, cookie=body.refresh == "cookie")


@router.post(
    "/token",
    response_model_exclude_none=True,
    response_model=schemas.Tokens,
    responses=problems(400, 401, 403, 413, 415, 422, 429, 503) | SECOND_FACTOR,
    openapi_extra=extra(sent=examples.PASSWORD_FORM, kind=FORM, got=examples.TOKENS),
)
@needs(Scope.NONE)
async def token(
    username: Annotated[str, Form(max_length=4096)],
    password: Annotated[str, Form(max_length=4096)],
    request: Request,
    response: Response,
    context: Context,
    client: Client,
) -> schemas.Tokens | Response:
    """Log in with an OAuth2 password form: what the documentation's Authorize button sends."""
    got = await sessions.login(context, username, password, client)
    return tokens_or_pending(got, request, response, cookie=False)


@router.post(
    "/refresh",
    response_model_exclude_none=True,
    response_model=schemas.Tokens,
    responses=problems(400, 401, 403, 413, 415, 422),
    openapi_extra=extra(sent=examples.REFRESH, got=examples.TOKENS),
)
@needs(Scope.NONE)
async def refresh(
    request: Request,
    response: Response,
    context: Context,
    client: Client,
    body: schemas.RefreshRequest | None = None,
) -> schemas.Tokens | Response:
    """Rotate a refresh token, given in the body or as the cookie."""
    if body and body.refresh_token is not None:
        return tokens(await sessions.refresh(context, body.refresh_token, client), request, response, cookie=False)
    refuse_cross_site(request)
    try:
        grant = await sessions.refresh(context, given_cookie(request), client)
    except InvalidGrant as error:
        refused = errors.answer(error)
        clear_cookie(request, refused)
        return refused
    return tokens(grant, request, response, cookie=True)


@router.post("/logout", status_code=204)
@needs(Scope.LOGIN)
async def logout(caller: Caller, request: Request, response: Response, context: Context, client: Client) -> None:
    """End this session, everywhere, before the answer."""
    await sessions.logout(context, caller, client)
    clear_cookie(request, response)


@router.post("/logout-all", status_code=204)
@needs(Scope.LOGIN)
async def logout_all(caller: Caller, request: Request, response: Response, context: Context, client: Client) -> None:
    """End every session of the user, this one too."""
    await sessions.end_all(context, caller, client)
    clear_cookie(request, response)


@router.get("/sessions")
@needs(Scope.LOGIN)
async def list_sessions(caller: Caller, pool: Pool) -> list[schemas.Session]:
    found = await sessions.listed(pool, caller)
    return [schemas.Session.of(session, caller.session_id) for session in found]


@router.delete("/sessions/{session_id}", status_code=204, responses=problems(404))
@needs(Scope.LOGIN)
async def end_session(session_id: str, caller: Caller, context: Context, client: Client) -> None:
    await sessions.end(context, caller, identity(session_id), client)
