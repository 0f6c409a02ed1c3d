"""E-mail: messages from templates, and the two ways out: a mail server, or a folder where none is set.

A service has its templates in a folder `mails`, and calls `send(settings, message)` from background work: a request
never waits for a mail server.
"""

from email.message import EmailMessage

from service_common.mail import folder, smtp
from service_common.mail.errors import MailRefusedError, MailUndeliveredError
from service_common.mail.message import Templates
from service_common.settings import MailSettings

__all__ = ["MailRefusedError", "MailUndeliveredError", "Templates", "is_set_up", "send"]


def is_set_up(settings: MailSettings) -> bool:
    return bool(settings.smtp_url.get_secret_value() or settings.mail_folder)


async def send(settings: MailSettings, message: EmailMessage) -> str:
    """What the mail server answered, or where the message is. Takes at most some 30 seconds.

    Raises: MailRefusedError, which another try does not change; MailUndeliveredError, also where no way out is set.
    """
    if url := settings.smtp_url.get_secret_value():
        return await smtp.send(url, message)
    if settings.mail_folder:
        return await folder.write(settings.mail_folder, message)
    raise MailUndeliveredError("neither TODOBUS_SMTP_URL nor TODOBUS_MAIL_FOLDER is set")
