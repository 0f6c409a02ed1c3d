"""The e-mail channel."""

from collections.abc import Sequence
from email.message import EmailMessage
from functools import partial

import asyncpg
from prometheus_client import Counter

from notifications_service.channels import wording
from notifications_service.repository import preferences
from notifications_service.repository.notices import Notice
from service_common import mail
from service_common.mail import Templates
from service_common.settings import MailSettings

SENT = Counter("notifications_mails_total", "Tries to send a mail", ["result"])
TEMPLATES = Templates("notifications_service")


class Mailing:
    def __init__(self, pool: asyncpg.Pool, settings: MailSettings) -> None:
        self._pool, self._settings = pool, settings

    async def send(self, found: Sequence[Notice]) -> bool:
        """Whether it is done with, also because there is nobody to send it to any more."""
        first, compose = found[0], partial(self._message, found)
        return await mail.deliver(self._settings, first.user_id, compose, SENT, first.kind, last_try=first.is_old)

    async def _message(self, found: Sequence[Notice]) -> EmailMessage | None:
        first, settings = found[0], self._settings
        address = await preferences.address(self._pool, first.user_id)
        told = await wording.of(self._pool, first.user_id, found) if address else None
        if address is None or told is None:
            return None
        values = told | {"public_url": settings.public_url}
        return TEMPLATES.message(wording.NAMES[first.kind], settings.mail_from, address, first.id, **values)
