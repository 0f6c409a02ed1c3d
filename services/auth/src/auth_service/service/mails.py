"""Mail: requests leave it in a table, and background work sends it.

So no request waits for a mail server, or shows by its time whether an address has an account: accounts are looked up,
and tokens made, when the mail goes out. What is stored is sealed, and no token is in it.
"""

import asyncio
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import orjson
import structlog
from prometheus_client import Counter

from auth_service.derived_keys import digest, new_token
from auth_service.domain import RESET_HOURS, VERIFY_HOURS, User, email_key
from auth_service.repository import mail_tokens, mails, users
from auth_service.repository.mails import Mail
from auth_service.service.context import Context
from service_common import mail
from service_common.database import Executor

log = structlog.get_logger("mail")
SENT = Counter("auth_mails_total", "Tries to send a mail", ["result"])
TEMPLATES = mail.Templates("auth_service")
AT_ONCE = 8
RESET, VERIFY, CHANGE = "reset", "verify", "change_email"
LINKS = {
    RESET: ("/reset-password", RESET_HOURS),
    VERIFY: ("/verify-email", VERIFY_HOURS),
    CHANGE: ("/verify-email", VERIFY_HOURS),
}


async def put_for(context: Context, db: Executor, user: User, kind: str, **values: Any) -> None:
    """Mail for a user. It goes to the address that the user then has, or to `values["to"]`."""
    sealed = context.secrets.mails.close(kind, orjson.dumps(values))
    await mails.put(db, user.id.bytes, kind, sealed, user.id)


async def put_for_address(context: Context, db: Executor, email: str, kind: str) -> None:
    """Mail for the account of an address, if there is one."""
    key = email_key(email)
    sealed = context.secrets.mails.close(kind, orjson.dumps({"account": key}))
    await mails.put(db, context.secrets.account(key), kind, sealed)


async def deliver(context: Context) -> None:
    """Send what is due, until nothing is."""
    while due := await mails.claim(context.pool, AT_ONCE):
        await asyncio.gather(*(_deliver(context, one) for one in due))


async def _deliver(context: Context, one: Mail) -> None:
    """A mail is tried for a day; one that has nobody to go to any more is dropped."""
    try:
        if mail.is_set_up(context.settings) and (message := await _message(context, one)):
            await mail.send(context.settings, message)
            SENT.labels("sent").inc()
    except (mail.MailRefusedError, ValueError) as error:
        SENT.labels("refused").inc()
        log.warning("mail refused", kind=one.kind, error=repr(error))
    except mail.MailUndeliveredError as error:
        SENT.labels("failed").inc()
        log.warning("mail not sent yet", kind=one.kind, last_try=one.is_old, error=repr(error))
        if not one.is_old:
            return
    await mails.delete(context.pool, one.id)


async def _message(context: Context, one: Mail) -> EmailMessage | None:
    values = orjson.loads(context.secrets.mails.open(one.kind, one.sealed))
    if one.user_id:
        user = await users.with_id(context.pool, one.user_id)
    else:
        user = await users.with_email(context.pool, values["account"])
    if user is None or (one.kind == VERIFY and user.email_verified):
        return None
    to, kind = values.get("to", user.email), one.kind
    if kind == CHANGE and await users.with_email(context.pool, email_key(to)):
        kind = "taken"
    if kind in LINKS:
        values |= await _link(context, user, kind, to)
    shown = {"name": user.display_name, "email": user.email, "public_url": context.settings.public_url}
    return TEMPLATES.message(kind, context.settings.mail_from, to, one.id, **shown | values)


async def _link(context: Context, user: User, purpose: str, email: str) -> dict[str, Any]:
    """A link with a new token, behind the # so that it is in no log and no Referer."""
    path, hours = LINKS[purpose]
    token = new_token()
    await mail_tokens.put(context.pool, user.id, purpose, digest(token), email, timedelta(hours=hours))
    return {"link": f"{context.settings.public_url}{path}#token={token}", "hours": hours}
