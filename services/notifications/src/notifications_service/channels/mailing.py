"""The e-mail channel: what waits for a user is one message."""

import asyncio
from collections.abc import Sequence
from itertools import groupby
from uuid import UUID

import asyncpg
import structlog
from prometheus_client import Counter

from notifications_service.channels import wording
from notifications_service.domain import Channel
from notifications_service.repository import notices, preferences
from notifications_service.repository.notices import Notice
from service_common import mail
from service_common.mail import Templates
from service_common.settings import MailSettings

log = structlog.get_logger("mail")
SENT = Counter("notifications_mails_total", "Tries to send a mail", ["result"])
CHANNEL: Channel = "email"
MOST, AT_ONCE = 200, 8
TEMPLATES = Templates("notifications_service")


async def deliver(pool: asyncpg.Pool, settings: MailSettings) -> None:
    """Send what is due, until nothing is."""
    places = asyncio.Semaphore(AT_ONCE)
    while due := await notices.claim(pool, CHANNEL, MOST):
        due = sorted(due, key=_message)
        await asyncio.gather(
            *(_deliver(pool, settings, places, list(found)) for _, found in groupby(due, key=_message))
        )


def _message(notice: Notice) -> tuple[UUID, str]:
    return notice.user_id, notice.kind


async def _deliver(
    pool: asyncpg.Pool, settings: MailSettings, places: asyncio.Semaphore, found: Sequence[Notice]
) -> None:
    """A message is tried for a day; one that has nobody to go to any more is dropped."""
    first = found[0]
    async with places:
        try:
            await _send(pool, settings, found)
        except (mail.MailRefusedError, ValueError) as error:
            SENT.labels("refused").inc()
            log.warning("mail refused", kind=first.kind, error=repr(error))
        except mail.MailUndeliveredError as error:
            SENT.labels("failed").inc()
            log.warning("mail not sent yet", kind=first.kind, last_try=first.is_old, error=repr(error))
            found = [one for one in found if one.is_old]
    await notices.delete(pool, first.user_id, CHANNEL, [one.id for one in found])


async def _send(pool: asyncpg.Pool, settings: MailSettings, found: Sequence[Notice]) -> None:
    """Raises: MailUndeliveredError, ValueError."""
    first = found[0]
    address = await preferences.address(pool, first.user_id)
    if address is None or not mail.is_set_up(settings):
        return
    told = await wording.of(pool, first.user_id, found)
    if told is None:
        return
    values = told | {"public_url": settings.public_url}
    await mail.send(
        settings, TEMPLATES.message(wording.NAMES[first.kind], settings.mail_from, address, first.id, **values)
    )
    SENT.labels("sent").inc()
