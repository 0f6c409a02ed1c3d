"""The e-mail channel."""

from collections.abc import Sequence

import asyncpg
import structlog
from prometheus_client import Counter

from notifications_service.channels import wording
from notifications_service.repository import preferences
from notifications_service.repository.notices import Notice
from service_common import mail
from service_common.mail import Templates
from service_common.settings import MailSettings

log = structlog.get_logger("mail")
SENT = Counter("notifications_mails_total", "Tries to send a mail", ["result"])
TEMPLATES = Templates("notifications_service")


class Mailing:
    def __init__(self, pool: asyncpg.Pool, settings: MailSettings) -> None:
        self._pool, self._settings = pool, settings

    async def send(self, found: Sequence[Notice]) -> bool:
        """Whether it is done with, also because there is nobody to send it to any more."""
        first = found[0]
        try:
            await self._mail(found)
        except (mail.MailRefusedError, ValueError) as error:
            SENT.labels("refused").inc()
            log.warning("mail refused", kind=first.kind, error=repr(error))
        except mail.MailUndeliveredError as error:
            SENT.labels("failed").inc()
            log.warning("mail not sent yet", kind=first.kind, last_try=first.is_old, error=repr(error))
            return False
        return True

    async def _mail(self, found: Sequence[Notice]) -> None:
        """Raises: MailUndeliveredError, ValueError."""
        first, settings = found[0], self._settings
        address = await preferences.address(self._pool, first.user_id)
        if address is None or not mail.is_set_up(settings):
            return
        if told := await wording.of(self._pool, first.user_id, found):
            values = told | {"public_url": settings.public_url}
            name = wording.NAMES[first.kind]
            await mail.send(settings, TEMPLATES.message(name, settings.mail_from, address, first.id, **values))
            SENT.labels("sent").inc()
