"""What lets the owner of an account log in."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from auth_service.domain import Client, User
from auth_service.errors import LastWayIn
from auth_service.repository import audit, identities, passkeys
from auth_service.service import mails
from auth_service.service.context import Context
from auth_service.service.reauthentication import require_recent
from auth_service.service.sessions import lock_caller
from service_common.database import Connection
from service_common.errors import NotFound
from service_common.tokens.verifier import Claims

Delete = Callable[[Connection, UUID, UUID], Awaitable[bool]]


async def remove(
    context: Context, claims: Claims, way_id: UUID | None, delete: Delete, event: str, client: Client
) -> None:
    """Take one from the caller, who is told by the mail `event`, which the audit log has too.

    Raises: InvalidToken, LastWayIn, NotFound, ReauthenticationRequired.
    """
    await require_recent(context.pool, claims)
    async with context.pool.acquire() as connection, connection.transaction():
        user = await lock_caller(connection, claims)
        if way_id is None or not await delete(connection, user.id, way_id):
            raise NotFound
        await _require_another(connection, user)
        await mails.put_for(context, connection, user, event)
        await audit.record(connection, user.audit_id, event, ip=client.ip)


async def _require_another(connection: Connection, user: User) -> None:
    if user.password_hash:
        return
    if not await identities.listed(connection, user.id) and not await passkeys.listed(connection, user.id):
        raise LastWayIn
