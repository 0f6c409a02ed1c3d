"""Messages to a mail server: a connection each."""

from email.message import EmailMessage
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

import aiosmtplib

from service_common.mail.errors import MailRefusedError, MailUndeliveredError

SECONDS = 10  # for each step
IMPLICIT_TLS = "smtps"
PORTS = {"smtp": 587, IMPLICIT_TLS: 465}
REFUSALS = (aiosmtplib.SMTPSenderRefused, aiosmtplib.SMTPRecipientRefused, aiosmtplib.SMTPDataError)
PERMANENT = 500


async def send(url: str, message: EmailMessage) -> str:
    """What the server answered. A password goes only over TLS, or to this machine.

    Raises: MailRefusedError, MailUndeliveredError.
    """
    server = urlsplit(url)
    use_tls = server.scheme == IMPLICIT_TLS
    needs_tls = bool(server.password) and not use_tls and not _is_here(server.hostname or "")
    try:
        _, answer = await aiosmtplib.send(
            message,
            hostname=server.hostname,
            port=server.port or PORTS[server.scheme],
            username=unquote(server.username) if server.username else None,
            password=unquote(server.password) if server.password else None,
            use_tls=use_tls,
            start_tls=needs_tls or None,  # None: where the server offers it
            timeout=SECONDS,
        )
    except aiosmtplib.SMTPRecipientsRefused as error:
        raise _failure(error.recipients[0]) from error
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        raise _failure(error) from error
    return answer


def _failure(error: Exception) -> MailUndeliveredError:
    is_final = isinstance(error, REFUSALS) and error.code >= PERMANENT
    return (MailRefusedError if is_final else MailUndeliveredError)(str(error) or repr(error))


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
