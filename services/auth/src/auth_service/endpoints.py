"""The routes of the auth service."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import JSONResponse

from auth_service import schemas
from auth_service.dependencies import COOKIE, Caller, Context, TypedRoute, clear_cookie, refuse_cross_site, set_cookie
from auth_service.errors import InvalidGrant
from auth_service.service import accounts, sessions
from auth_service.service.context import identity
from auth_service.service.sessions import Grant
from service_common.http import errors

Claims = errors.Caller
router = APIRouter(route_class=TypedRoute)


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems that an endpoint's documentation names."""
    return {status: {"description": HTTPStatus(status).phrase} for status in statuses}


@router.get("/.well-known/jwks.json", tags=["keys"])
async def jwks(context: Context) -> JSONResponse:
    """The public keys that access tokens are signed with."""
    return JSONResponse(context.keyring.jwks(), headers={"Cache-Control": "public, max-age=300"})


@router.post("/api/auth/register", status_code=201, responses=refusals(400, 409, 413, 415, 422, 503), tags=["auth"])
async def register(body: schemas.Registration, context: Context, client: Caller) -> schemas.User:
    user = await accounts.register(context, body.email, body.password, body.shown_name, body.time_zone, client)
    return schemas.User.of(user)


@router.post(
    "/api/auth/login",
    response_model_exclude_none=True,
    responses=refusals(400, 401, 403, 413, 415, 422, 429, 503),
    tags=["auth"],
)
async def login(
    body: schemas.Credentials, request: Request, response: Response, context: Context, client: Caller
) -> schemas.Tokens:
    if body.refresh == "cookie":
        refuse_cross_site(request)
    grant = await sessions.login(context, body.email, body.password, client)
    return _tokens(grant, request, response, cookie=body.refresh == "cookie")


@router.post(
    "/api/auth/token",
    response_model_exclude_none=True,
    responses=refusals(400, 401, 413, 415, 422, 429, 503),
    tags=["auth"],
)
async def token(
    username: Annotated[str, Form(max_length=4096)],
    password: Annotated[str, Form(max_length=4096)],
    request: Request,
    response: Response,
    context: Context,
    client: Caller,
) -> schemas.Tokens:
    """Log in with an OAuth2 password form: what the documentation's Authorize button sends."""
    grant = await sessions.login(context, username, password, client)
    return _tokens(grant, request, response, cookie=False)


@router.post(
    "/api/auth/refresh",
    response_model_exclude_none=True,
    response_model=schemas.Tokens,
    responses=refusals(400, 401, 403, 413, 415, 422),
    tags=["auth"],
)
async def refresh(
    request: Request,
    response: Response,
    context: Context,
    client: Caller,
    body: schemas.RefreshRequest | None = None,
) -> schemas.Tokens | Response:
    """Rotate a refresh token, given in the body or as the cookie."""
    if body and body.refresh_token is not None:
        return _tokens(await sessions.refresh(context, body.refresh_token, client), request, response, cookie=False)
    refuse_cross_site(request)
    try:
        grant = await sessions.refresh(context, request.cookies.get(COOKIE, ""), client)
    except InvalidGrant as error:
        refused = errors.answer(error)
        clear_cookie(request, refused)
        return refused
    return _tokens(grant, request, response, cookie=True)


@router.post("/api/auth/logout", status_code=204, tags=["auth"])
async def logout(claims: Claims, request: Request, response: Response, context: Context, client: Caller) -> None:
    """End this session, everywhere, before the answer."""
    await sessions.logout(context, claims, client)
    clear_cookie(request, response)


@router.post("/api/auth/logout-all", status_code=204, tags=["auth"])
async def logout_all(claims: Claims, request: Request, response: Response, context: Context, client: Caller) -> None:
    """End every session of the user, this one too."""
    await sessions.end_all(context, claims, client)
    clear_cookie(request, response)


@router.get("/api/auth/sessions", tags=["auth"])
async def list_sessions(claims: Claims, context: Context) -> list[schemas.Session]:
    found = await sessions.listed(context, claims)
    return [schemas.Session.of(session, claims.session_id) for session in found]


@router.delete("/api/auth/sessions/{session_id}", status_code=204, responses=refusals(404), tags=["auth"])
async def end_session(session_id: str, claims: Claims, context: Context, client: Caller) -> None:
    await sessions.end(context, claims, identity(session_id), client)


@router.post(
    "/api/auth/password", status_code=204, responses=refusals(400, 403, 413, 415, 422, 429, 503), tags=["auth"]
)
async def change_password(body: schemas.PasswordChange, claims: Claims, context: Context, client: Caller) -> None:
    """Change the password; every other session ends."""
    await accounts.change_password(context, claims, body.current_password, body.new_password, client)


@router.get("/api/users/me", tags=["users"])
async def me(claims: Claims, context: Context) -> schemas.User:
    return schemas.User.of(await sessions.caller(context, claims))


@router.patch("/api/users/me", responses=refusals(400, 413, 415, 422), tags=["users"])
async def update_me(body: schemas.ProfileChange, claims: Claims, context: Context) -> schemas.User:
    return schemas.User.of(await accounts.update_profile(context, claims, body.given))


@router.delete("/api/users/me", status_code=204, responses=refusals(400, 403, 413, 415, 422, 429, 503), tags=["users"])
async def delete_me(
    body: schemas.Deletion, claims: Claims, request: Request, response: Response, context: Context, client: Caller
) -> None:
    """Delete the account, and within seconds everything of it in every service."""
    await accounts.delete(context, claims, body.password, client)
    clear_cookie(request, response)


def _tokens(grant: Grant, request: Request, response: Response, *, cookie: bool) -> schemas.Tokens:
    response.headers["Cache-Control"] = "no-store"
    if cookie:
        set_cookie(request, response, grant.refresh_token)
    token = None if cookie else grant.refresh_token
    return schemas.Tokens(access_token=grant.access_token, refresh_token=token, user=schemas.User.of(grant.user))
