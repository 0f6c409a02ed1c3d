"""The end of everything that lets somebody use an account."""

from auth_service.domain import User
from auth_service.repository import api_tokens, mail_tokens, pending_logins, revocations, sessions
from service_common.database import Connection
from service_common.revocations import Revocation


async def end_sessions(connection: Connection, user: User) -> list[Revocation]:
    """End every session, and every log-in that waits for a code; the user is locked. To be revoked after the commit."""
    await pending_logins.delete(connection, user.id)
    await sessions.delete_all(connection, user.id)
    return [await revocations.insert_all(connection, user.id)]


async def end_access(connection: Connection, user: User) -> list[Revocation]:
    """End API tokens too, and make every link in a mail worthless."""
    await mail_tokens.delete(connection, user.id)
    ended = await revocations.insert(connection, await api_tokens.delete_all(connection, user.id))
    return await end_sessions(connection, user) + ended
