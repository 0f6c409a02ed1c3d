"""E-mail: messages from templates, and the two ways out: a mail server, or a folder where none is set.

A service has its templates in a folder `mails`, and calls `deliver` from background work: a request never waits for a
mail server.
"""

import uuid
from collections.abc import Awaitable, Callable
from email.message import EmailMessage

import structlog
from prometheus_client import Counter

from service_common.mail import folder, smtp
from service_common.mail.errors import MailRefusedError, MailUndeliveredError
from service_common.mail.message import Templates
from service_common.settings import MailSettings

__all__ = ["MailRefusedError", "MailUndeliveredError", "Templates", "deliver", "forget", "is_set_up", "send"]

log = structlog.get_logger("mail")


def is_set_up(settings: MailSettings) -> bool:
    return bool(settings.smtp_url.get_secret_value() or settings.mail_folder)


async def send(settings: MailSettings, message: EmailMessage, account: uuid.UUID | None = None) -> str:
    """What the mail server answered, or where the message is. Takes at most some 30 seconds.

    Raises: MailRefusedError, which another try does not change; MailUndeliveredError, also where no way out is set.
    """
    if url := settings.smtp_url.get_secret_value():
        return await smtp.send(url, message)
    if settings.mail_folder:
        return await folder.write(settings.mail_folder, message, account)
    raise MailUndeliveredError("neither TODOBUS_SMTP_URL nor TODOBUS_MAIL_FOLDER is set")


async def forget(settings: MailSettings, account: uuid.UUID) -> None:
    """Delete what is in the folder for an account that is deleted. Raises: OSError."""
    if settings.mail_folder:
        await folder.forget(settings.mail_folder, account)


async def deliver(
    settings: MailSettings,
    account: uuid.UUID | None,
    compose: Callable[[], Awaitable[EmailMessage | None]],
    sent: Counter,
    kind: str,
    *,
    last_try: bool,
) -> bool:
    """Whether a message is done with: it was sent or refused, or `compose` found nobody to send it to.

    Each try is counted by its `result`; where no way out is set there is none.
    """
    try:
        if is_set_up(settings) and (message := await compose()):
            await send(settings, message, account)
            sent.labels("sent").inc()
    except (MailRefusedError, ValueError) as error:
        sent.labels("refused").inc()
        log.warning("mail refused", kind=kind, error=repr(error))
    except MailUndeliveredError as error:
        sent.labels("failed").inc()
        log.warning("mail not sent yet", kind=kind, last_try=last_try, error=repr(error))
        return False
    return True
