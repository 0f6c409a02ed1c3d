"""Background work: what requests have left in the table of mails is sent."""

import asyncio

import orjson
import structlog
from prometheus_client import Counter

from auth_service.repository import mails as rows
from auth_service.repository.mails import Mail
from auth_service.service import mails, registration
from auth_service.service.context import Context
from service_common import mail

log = structlog.get_logger("mail")
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
    try:
        if mail.is_set_up(context.settings) and (message := await mails.message(context, one, values)):
            await mail.send(context.settings, message)
            SENT.labels("sent").inc()
    except (mail.MailRefusedError, ValueError) as error:
        SENT.labels("refused").inc()
        log.warning("mail refused", kind=one.kind, error=repr(error))
    except mail.MailUndeliveredError as error:
        SENT.labels("failed").inc()
        log.warning("mail not sent yet", kind=one.kind, last_try=one.is_old, error=repr(error))
        if not one.is_old:
            return None
    return await rows.delete(context.pool, one.id)
