"""Administration: accounts and invitations. Nothing here shows a todo."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from auth_service import examples, schemas
from auth_service.dependencies import Client, Context
from auth_service.endpoints.routes import Route
from auth_service.service import administration, endings, reauthentication
from auth_service.service.context import identity
from service_common.errors import NotFound
from service_common.http.dependencies import Caller, Pool
from service_common.http.openapi import extra, problems
from service_common.http.routes import needs
from service_common.tokens.scopes import Scope

router = APIRouter(route_class=Route, prefix="/api/admin")
PAGE = 50


async def _administrator(caller: Caller, pool: Pool, client: Client) -> administration.Administrator:
    return await administration.administrator(pool, caller, client)


Administrator = Annotated[administration.Administrator, Depends(_administrator)]


@router.get("/users", responses=problems(403, 422), openapi_extra=extra(got=[examples.ACCOUNT]))
@needs(Scope.LOGIN)
async def list_users(
    _: Administrator,
    pool: Pool,
    response: Response,
    q: Annotated[str, Query(max_length=320, description="Text in the address or the name.")] = "",
    cursor: Annotated[str, Query(max_length=64, description="The `X-Next-Cursor` of the page before.")] = "",
) -> list[schemas.Account]:
    """Accounts, newest first, 50 a page; while there are more, `X-Next-Cursor` names the next page."""
    accounts = await administration.found(pool, q, identity(cursor), PAGE)
    if len(accounts) == PAGE:
        response.headers["X-Next-Cursor"] = str(accounts[-1].id)
    return [schemas.Account.of(account) for account in accounts]


@router.post("/users/{user_id}/disable", status_code=204, responses=problems(403, 404, 409))
@needs(Scope.LOGIN)
async def disable(user_id: str, by: Administrator, context: Context) -> None:
    """Nobody can log in to the account; who is logged in is out at once."""
    await administration.act(context, by, identity(user_id), "disabled", administration.disable)


@router.post("/users/{user_id}/enable", status_code=204, responses=problems(403, 404, 409))
@needs(Scope.LOGIN)
async def enable(user_id: str, by: Administrator, context: Context) -> None:
    """Let the user log in again."""
    await administration.act(context, by, identity(user_id), "enabled", administration.enable)


@router.post("/users/{user_id}/promote", status_code=204, responses=problems(403, 404, 409))
@needs(Scope.LOGIN)
async def promote(user_id: str, caller: Caller, by: Administrator, context: Context) -> None:
    """Make the user an administrator."""
    await reauthentication.require_recent(context.pool, caller)
    await administration.act(context, by, identity(user_id), "promoted", administration.promote)


@router.post("/users/{user_id}/demote", status_code=204, responses=problems(403, 404, 409))
@needs(Scope.LOGIN)
async def demote(user_id: str, by: Administrator, context: Context) -> None:
    """The user is no administrator any more, at once."""
    await administration.act(context, by, identity(user_id), "demoted", administration.demote)


@router.post("/users/{user_id}/end-sessions", status_code=204, responses=problems(403, 404, 409))
@needs(Scope.LOGIN)
async def end_sessions(user_id: str, by: Administrator, context: Context) -> None:
    """End every session of the user."""
    await administration.act(context, by, identity(user_id), "sessions_ended", endings.end_sessions)


@router.post("/users/{user_id}/reset-link", responses=problems(403, 404), openapi_extra=extra(got=examples.RESET_LINK))
@needs(Scope.LOGIN)
async def reset_link(
    user_id: str, caller: Caller, by: Administrator, context: Context, response: Response
) -> schemas.ResetLink:
    """A link by which the user's password is set, to be handed over: it works once, for an hour."""
    await reauthentication.require_recent(context.pool, caller)
    response.headers["Cache-Control"] = "no-store"
    return schemas.ResetLink(link=await administration.reset_link(context, by, identity(user_id)))


@router.delete("/users/{user_id}", status_code=204, responses=problems(403, 404, 409))
@needs(Scope.LOGIN)
async def delete(user_id: str, caller: Caller, by: Administrator, context: Context) -> None:
    """Delete the account, and within seconds everything of it in every service."""
    await reauthentication.require_recent(context.pool, caller)
    work = administration.deletion(context.secrets)
    await administration.act(context, by, identity(user_id), "deleted", work)


@router.post(
    "/invitations",
    status_code=201,
    responses=problems(400, 403, 413, 415, 422, 429),
    openapi_extra=extra(sent=examples.INVITING, got=examples.INVITATION | {"link": examples.LINK}, status=201),
)
@needs(Scope.LOGIN)
async def invite(
    body: schemas.Inviting, by: Administrator, context: Context, response: Response
) -> schemas.NewInvitation:
    """A link for one registration; it is shown here only, and mailed if it is for an address."""
    invitation, link = await administration.invite(context, by, body.email, body.days)
    response.headers["Cache-Control"] = "no-store"
    return schemas.NewInvitation.of_link(invitation, link)


@router.get("/invitations", responses=problems(403), openapi_extra=extra(got=[examples.INVITATION]))
@needs(Scope.LOGIN)
async def list_invitations(_: Administrator, pool: Pool) -> list[schemas.Invitation]:
    """Those that were not accepted yet, newest first, at most 500."""
    return [schemas.Invitation.of(one) for one in await administration.pending(pool)]


@router.delete("/invitations/{invitation_id}", status_code=204, responses=problems(403, 404))
@needs(Scope.LOGIN)
async def withdraw(invitation_id: str, _: Administrator, pool: Pool) -> None:
    known = identity(invitation_id)
    if known is None:
        raise NotFound
    await administration.withdraw(pool, known)
