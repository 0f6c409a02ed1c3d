"""What a user does with a mailbox: get back in, show that an address is theirs, change it."""

from datetime import UTC, datetime

from auth_service.derived_keys import digest
from auth_service.domain import Client, User, email_key, is_address
from auth_service.errors import InvalidMailToken, RefusedEmail, RefusedPassword, TooManyMails, TooManyTokens
from auth_service.passwords import Share
from auth_service.repository import allowances, audit, failures, mail_tokens, passkeys, users
from auth_service.repository.mail_tokens import MailToken
from auth_service.service import mails
from auth_service.service.context import Context, announce, limit_network, revoke, use_allowance
from auth_service.service.endings import end_access
from auth_service.service.sessions import confirmed, lock_confirmed, user_of
from service_common.database import Connection
from service_common.tokens.verifier import Claims

MAILS_OF_NETWORK, TOKENS_OF_NETWORK = 60, 120  # in an hour


async def forgot_password(context: Context, email: str, client: Client) -> None:
    """Ask for a mail with a link, if the address has an account: that is found out after the answer.

    More mails than an account may have in an hour are left out in silence. Raises: TooManyMails, for the network.
    """
    await limit_network(context, client, MAILS_OF_NETWORK, TooManyMails)
    account = context.secrets.account(email_key(email)).hex()
    if not await allowances.use(context.pool, mails.RESET, account, mails.OF_ACCOUNT):
        await mails.put_for_address(context, context.pool, email, mails.RESET)


async def reset_password(context: Context, token: str, new: str, client: Client) -> None:
    """Set another password: every session and API token of the user ends, and the address counts as verified.

    Raises: Busy, InvalidMailToken, RefusedPassword, TooManyTokens.
    """
    await _count_try(context, client)
    async with context.passwords.place(Share.OTHER):
        if not await mail_tokens.exists(context.pool, digest(token), [mails.RESET]):
            raise InvalidMailToken
        hashed = await context.passwords.hash(Share.OTHER, new)
    async with context.pool.acquire() as connection, connection.transaction():
        user, _ = await _take(connection, token, [mails.RESET])
        if is_address(new, user.email):
            raise RefusedPassword("is your e-mail address")
        await users.set_password(connection, user.id, hashed)
        if not user.email_verified:
            await passkeys.delete_all(connection, user.id)  # of whoever used the address before its owner came
        await _verified(connection, user)
        gone = await end_access(connection, user)
        await failures.delete_account(connection, context.secrets.account(email_key(user.email)))
        await mails.put_for(context, connection, user, "password_reset")
        await audit.record(connection, user.audit_id, "password_reset", ip=client.ip)
    context.wake()
    await revoke(context, gone)


async def verify_email(context: Context, token: str, client: Client) -> None:
    """An address is the user's: the one of the account, or the one that it is to have from now on.

    Raises: InvalidMailToken, also when the new address got an account meanwhile; TooManyTokens.
    """
    await _count_try(context, client)
    async with context.pool.acquire() as connection, connection.transaction():
        user, used = await _take(connection, token, [mails.VERIFY, mails.CHANGE])
        if used.purpose == mails.VERIFY:
            await _verified(connection, user)
            await audit.record(connection, user.audit_id, "email_verified", ip=client.ip)
        else:
            await _change(connection, user, used.email)
            await audit.record(connection, user.audit_id, "email_changed", ip=client.ip)
    context.wake()


async def resend_verification(context: Context, claims: Claims) -> None:
    """Without an unverified address nothing is sent. Raises: InvalidToken, TooManyMails."""
    user = await user_of(context.pool, claims)
    if not user.email_verified:
        await use_allowance(context, str(user.id), mails.OF_ACCOUNT, TooManyMails)
        await mails.put_for(context, context.pool, user, mails.VERIFY)


async def ask_for_email(context: Context, claims: Claims, email: str, password: str, client: Client) -> None:
    """Send a link to the address that the account is to have, and tell the present one.

    Raises: Busy, InvalidToken, ReauthenticationRequired, RefusedEmail, TooManyAttempts, TooManyMails, WrongPassword.
    """
    user = await user_of(context.pool, claims)
    if email_key(email) == email_key(user.email):
        raise RefusedEmail("is the account's address")
    await use_allowance(context, str(user.id), mails.OF_ACCOUNT, TooManyMails)
    async with (
        confirmed(context, claims, user, password, client),
        context.pool.acquire() as connection,
        connection.transaction(),
    ):
        await lock_confirmed(connection, user)
        await mails.put_for(context, connection, user, mails.CHANGE, to=email)
        await mails.put_for(context, connection, user, "email_changing", to=user.email, new=email)
        await audit.record(connection, user.audit_id, "email_change_asked", ip=client.ip)


async def _count_try(context: Context, client: Client) -> None:
    await limit_network(context, client, TOKENS_OF_NETWORK, TooManyTokens)


async def _take(connection: Connection, token: str, purposes: list[str]) -> tuple[User, MailToken]:
    """The user, locked, and what the token was for. Raises: InvalidMailToken."""
    used = await mail_tokens.take(connection, digest(token), purposes)
    user = await users.lock(connection, used.user_id) if used else None
    if used is None or user is None or user.disabled:
        raise InvalidMailToken
    if used.purpose != mails.CHANGE and email_key(used.email) != email_key(user.email):
        raise InvalidMailToken
    return user, used


async def _verified(connection: Connection, user: User) -> None:
    if not user.email_verified:
        changed = await users.verify_email(connection, user.id)
        await _announce(connection, changed, {"email_verified": False})


async def _change(connection: Connection, user: User, email: str) -> None:
    changed = await users.change_email(connection, user.id, email, email_key(email))
    if changed is None:
        raise InvalidMailToken
    before = {"email": user.email, "email_verified": user.email_verified}
    await _announce(connection, changed, {name: old for name, old in before.items() if getattr(changed, name) != old})


async def _announce(connection: Connection, user: User, previous: dict[str, object]) -> None:
    await announce(connection, user, "updated", datetime.now(UTC), changed=sorted(previous), previous=previous)
