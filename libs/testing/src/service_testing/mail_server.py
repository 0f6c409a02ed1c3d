"""A mail server that keeps what it is given."""

import asyncio
import ssl
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

OK = "250 kept"


class MailServer:
    """`answer` is what it says to each recipient; `messages` are those that it took, `logins` the passwords given.

    `refused` counts the recipients it refused.
    """

    def __init__(self) -> None:
        self.port = 0
        self.answer = OK
        self.refused = 0
        self.messages: list[EmailMessage] = []
        self.logins: list[tuple[str, str]] = []

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def to(self, address: str) -> list[EmailMessage]:
        return [message for message in self.messages if message["To"] == address]

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.answer == OK:
            envelope.rcpt_tos.append(address)
        else:
            self.refused += 1
        return self.answer

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        self.messages.append(message_from_bytes(content, EmailMessage, policy=policy.default))  # type: ignore[arg-type]
        return self.answer

    def log_in(self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: Any) -> AuthResult:
        if isinstance(given, LoginPassword):
            self.logins.append((given.login.decode(), given.password.decode()))
        return AuthResult(success=True)


@asynccontextmanager
async def mail_server(tls: ssl.SSLContext | None = None, *, logins: bool = False) -> AsyncIterator[MailServer]:
    """Listens on a port of its own; with `tls` it offers STARTTLS, and with `logins` wants a user and password."""
    server = MailServer()
    loop = asyncio.get_running_loop()
    connections: list[SMTP] = []

    def protocol() -> SMTP:
        with warnings.catch_warnings(action="ignore"):  # it advises against passwords without TLS
            made = SMTP(
                server,
                hostname="mail.test",
                enable_SMTPUTF8=True,
                tls_context=tls,
                authenticator=server.log_in if logins else None,
                auth_required=logins,
                auth_require_tls=False,
                loop=loop,
            )
        connections.append(made)
        return made

    listening = await loop.create_server(protocol, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        for connection in connections:
            if connection.transport and not connection.transport.is_closing():
                connection.transport.close()
        await listening.wait_closed()
