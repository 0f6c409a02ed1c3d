"""Periodic work, in every instance: rotate old keys, delete expired rows, publish unconfirmed deletions again."""

from auth_service.repository import (
    allowances,
    api_tokens,
    audit,
    erasures,
    failures,
    invitations,
    mail_tokens,
    passkeys,
    pending_logins,
    revocations,
    sessions,
)
from auth_service.service.context import Context, announce_deleted
from service_common import mail


async def tidy(context: Context) -> None:
    await context.keyring.maintain()
    await sessions.delete_dead(context.pool)
    await api_tokens.delete_expired(context.pool)
    await revocations.delete_dead(context.pool)
    await failures.delete_old(context.pool)
    await allowances.delete_unused(context.pool)
    await mail_tokens.delete_expired(context.pool)
    await pending_logins.delete_expired(context.pool)
    await passkeys.delete_spent(context.pool)
    await invitations.delete_expired(context.pool)
    await audit.delete_old(context.pool)


async def announce_erasures(context: Context) -> None:
    """Publish again the deletions that are due because a service has not confirmed them; their mails are deleted."""
    async with context.pool.acquire() as connection, connection.transaction():
        due = await erasures.due(connection)
        for user_id, sequence in due:
            await announce_deleted(connection, user_id, sequence)
    if due:
        context.wake()
    for user_id, _ in due:
        await mail.forget(context.settings, user_id)
