"""What administrators do with accounts, by the API and by the operator's commands; never with their todos."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from asyncpg import Pool

from auth_service.derived_keys import Secrets, digest, new_token
from auth_service.domain import Account, Client, Invitation, User
from auth_service.errors import AdministratorRequired, OwnAccount, TooManyInvitations
from auth_service.repository import audit, invitations, users
from auth_service.service import accounts, mails
from auth_service.service.context import Context, revoke, use_allowance
from auth_service.service.endings import end_access
from auth_service.service.sessions import user_of
from service_common.database import Connection
from service_common.errors import NotFound
from service_common.revocations import Revocation
from service_common.tokens.verifier import Claims

INVITATIONS_PER_HOUR = 200
OPERATOR = "the operator"
Work = Callable[[Connection, User], Awaitable[list[Revocation]]]


class Administrator(NamedTuple):
    user: User
    client: Client


async def administrator(pool: Pool, claims: Claims, client: Client) -> Administrator:
    """The caller, who is an administrator at this moment. Raises: AdministratorRequired, InvalidToken."""
    user = await user_of(pool, claims)
    if not user.administrator or user.disabled:
        raise AdministratorRequired
    return Administrator(user, client)


async def found(pool: Pool, text: str, after: UUID | None, limit: int) -> list[Account]:
    """Accounts whose address or name has the text in it, newest first, from after an account on."""
    return await users.found(pool, text, after, limit)


async def disable(connection: Connection, user: User) -> list[Revocation]:
    """Nobody gets in any more, and who is in is out."""
    await users.set_disabled(connection, user.id, disabled=True)
    return await end_access(connection, user)


async def enable(connection: Connection, user: User) -> list[Revocation]:
    await users.set_disabled(connection, user.id, disabled=False)
    return []


async def promote(connection: Connection, user: User) -> list[Revocation]:
    await users.set_administrator(connection, user.id, administrator=True)
    return []


async def demote(connection: Connection, user: User) -> list[Revocation]:
    """It counts at once: administrators are looked up at each of their calls."""
    await users.set_administrator(connection, user.id, administrator=False)
    return []


def deletion(secrets: Secrets) -> Work:
    async def delete(connection: Connection, user: User) -> list[Revocation]:
        return await accounts.erase(connection, secrets, user)

    return delete


async def apply(connection: Connection, user: User, event: str, work: Work, by: str, ip: str = "") -> list[Revocation]:
    """Do `work` with a locked user, and write into the audit log who did it. To be revoked after the commit."""
    gone = await work(connection, user)
    await audit.record(connection, user.audit_id, event, ip=ip, detail=f"by {by}")
    return gone


async def act(context: Context, administrator: Administrator, user_id: UUID | None, event: str, work: Work) -> None:
    """`apply` by an administrator. Raises: NotFound; OwnAccount, so that no administrator shuts the last one out."""
    if user_id == administrator.user.id:
        raise OwnAccount
    async with context.pool.acquire() as connection, connection.transaction():
        user = await users.lock(connection, user_id) if user_id else None
        if user is None:
            raise NotFound
        by, ip = f"account {administrator.user.audit_id}", administrator.client.ip
        gone = await apply(connection, user, event, work, by, ip)
    context.wake()
    await revoke(context, gone)


async def reset_link(context: Context, administrator: Administrator, user_id: UUID | None) -> str:
    """A link by which the user's password is set, for a user who gets no mail. Raises: NotFound."""
    user = await users.with_id(context.pool, user_id) if user_id else None
    if user is None:
        raise NotFound
    async with context.pool.acquire() as connection, connection.transaction():
        link = await mails.link(connection, context.settings.public_url, user, mails.RESET, user.email)
        if link is None:
            raise NotFound
        by, ip = f"by account {administrator.user.audit_id}", administrator.client.ip
        await audit.record(connection, user.audit_id, "reset_link_made", ip=ip, detail=by)
    return link


async def invite(
    context: Context, administrator: Administrator, email: str | None, days: int
) -> tuple[Invitation, str]:
    """An invitation and its link, which is mailed too if it is for an address. Raises: TooManyInvitations."""
    admin = administrator.user
    await use_allowance(context, str(admin.id), INVITATIONS_PER_HOUR, TooManyInvitations)
    async with context.pool.acquire() as connection, connection.transaction():
        invitation, link = await new_invitation(connection, context.settings.public_url, email, days)
        if email:
            await mails.put_for_address(context, connection, email, mails.INVITATION, to=email, link=link, days=days)
        await audit.record(connection, admin.audit_id, "invited", ip=administrator.client.ip)
    return invitation, link


async def new_invitation(
    connection: Connection, public_url: str, email: str | None, days: int
) -> tuple[Invitation, str]:
    token = new_token()
    invitation = await invitations.insert(connection, digest(token), email, timedelta(days=days))
    return invitation, f"{public_url}/register#invitation={token}"


async def pending(pool: Pool) -> list[Invitation]:
    return await invitations.valid(pool)


async def withdraw(pool: Pool, invitation_id: UUID) -> None:
    """Raises: NotFound."""
    if not await invitations.delete(pool, invitation_id):
        raise NotFound
