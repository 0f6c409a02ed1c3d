"""Background work: what requests have left in the table of mails is sent."""

import asyncio
from functools import partial

import orjson
from prometheus_client import Counter

from auth_service.repository import mails as rows
from auth_service.repository.mails import Mail
from auth_service.service import mails, registration
from auth_service.service.context import Context
from service_common import mail

SENT = Counter("auth_mails_total", "Tries to send a mail", ["result"])
AT_ONCE = 8


async def deliver(context: Context) -> None:
    """Send what is due, until nothing is."""
    while due := await rows.claim(context.pool, AT_ONCE):
        await asyncio.gather(*(_deliver(context, one) for one in due))


async def _deliver(context: Context, one: Mail) -> None:
    """A mail is tried for a day; one that has nobody to go to any more is dropped."""
    values = orjson.loads(context.secrets.mails.open(one.kind, one.sealed))
    if one.kind == mails.REGISTRATION:
        return await registration.complete(context, one.id, values)
    user = await mails.recipient(context, one, values)
    account, compose = user.id if user else None, partial(mails.message, context, one, values, user)
    if await mail.deliver(context.settings, account, compose, SENT, one.kind, last_try=one.is_old) or one.is_old:
        await rows.delete(context.pool, one.id)
    return None
