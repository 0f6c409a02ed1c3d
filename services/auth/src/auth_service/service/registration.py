"""New accounts: open to all, by invitation, or to none; where addresses have to be verified, made after the answer."""

from dataclasses import asdict, dataclass, fields
from typing import Any
from uuid import UUID

from auth_service.derived_keys import digest
from auth_service.domain import Client, User, email_key
from auth_service.errors import (
    EmailTaken,
    InvalidInvitation,
    InvitationRequired,
    RegistrationClosed,
    TooManyRegistrations,
)
from auth_service.passwords import Share
from auth_service.repository import audit, invitations, users
from auth_service.repository import mails as mail_rows
from auth_service.service import mails
from auth_service.service.context import Context, announce, limit_network
from service_common.database import Connection


@dataclass(frozen=True, slots=True)
class NewAccount:
    email: str
    password_hash: str
    display_name: str
    time_zone: str
    invitation: str | None
    ip: str


async def register(
    context: Context,
    email: str,
    password: str,
    display_name: str,
    time_zone: str,
    invitation: str | None,
    client: Client,
) -> User | None:
    """A new account; None where addresses have to be verified: then nothing tells whether this one is taken.

    Raises: Busy, EmailTaken, InvalidInvitation, InvitationRequired, RegistrationClosed, TooManyRegistrations.
    """
    async with context.passwords.place(Share.OTHER):
        await limit_network(context, client, context.settings.registrations_per_hour, TooManyRegistrations)
        await _admit(context, invitation)
        hashed = await context.passwords.hash(Share.OTHER, password)
    new = NewAccount(email, hashed, display_name, time_zone, invitation, client.ip)
    if context.settings.verify_email == "required":
        await mails.put_for_address(context, context.pool, email, mails.REGISTRATION, **asdict(new))
        return None
    async with context.pool.acquire() as connection, connection.transaction():
        user = await _create(context, connection, new)
    context.wake()
    return user


async def register_verified(
    context: Context, connection: Connection, email: str, display_name: str, client: Client
) -> User:
    """A new account without a password, for somebody whose address a provider has verified.

    Raises: EmailTaken, InvitationRequired, RegistrationClosed, TooManyRegistrations.
    """
    await _admit(context, None)
    await limit_network(context, client, context.settings.registrations_per_hour, TooManyRegistrations)
    new = NewAccount(email, "", display_name, "UTC", None, client.ip)
    return await _create(context, connection, new, email_verified=True)


async def complete(context: Context, mail_id: UUID, values: dict[str, Any]) -> None:
    """Make the account that was asked for with `register`, or tell the owner of the address that there is one."""
    new = NewAccount(**{field.name: values[field.name] for field in fields(NewAccount)})
    try:
        async with context.pool.acquire() as connection, connection.transaction():
            await _create(context, connection, new)
            await mail_rows.delete(connection, mail_id)
    except (EmailTaken, InvalidInvitation) as error:
        if isinstance(error, EmailTaken):
            await mails.put_for_address(context, context.pool, new.email, mails.TAKEN)
        await mail_rows.delete(context.pool, mail_id)
    context.wake()


async def _admit(context: Context, invitation: str | None) -> None:
    mode = context.settings.registration
    if mode == "closed":
        raise RegistrationClosed
    if mode == "invite" and invitation is None:
        raise InvitationRequired
    if invitation is not None and not await invitations.exists(context.pool, digest(invitation)):
        raise InvalidInvitation


async def _create(context: Context, connection: Connection, new: NewAccount, *, email_verified: bool = False) -> User:
    """Raises: EmailTaken, InvalidInvitation."""
    key = email_key(new.email)
    if new.invitation is not None:
        invited = await invitations.take(connection, digest(new.invitation))
        if invited is None or (invited.email is not None and email_key(invited.email) != key):
            raise InvalidInvitation
    user = await users.insert(
        connection,
        new.email,
        key,
        new.password_hash,
        new.display_name,
        new.time_zone,
        email_verified=email_verified,
    )
    if user is None:
        raise EmailTaken
    await announce(connection, user, "registered", user.created_at)
    if not email_verified:
        await mails.put_for(context, connection, user, mails.VERIFY)
    await audit.record(connection, user.audit_id, "registered", ip=new.ip)
    return user
