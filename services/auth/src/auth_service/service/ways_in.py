"""What lets the owner of an account log in."""

from auth_service.domain import User
from auth_service.errors import LastWayIn
from auth_service.repository import identities, passkeys
from service_common.database import Connection


async def require_way_in(connection: Connection, user: User) -> None:
    """After one was taken from a locked user, in the same transaction. Raises: LastWayIn, if none is left."""
    if user.password_hash:
        return
    if not await identities.listed(connection, user.id) and not await passkeys.listed(connection, user.id):
        raise LastWayIn
