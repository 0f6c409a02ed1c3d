"""A message as plain text and as HTML, both from one template."""

import uuid
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from jinja2 import Environment, PackageLoader, StrictUndefined

LINK = ("http://", "https://")
_layout = Environment(loader=PackageLoader("service_common", "mail"), autoescape=True, trim_blocks=True)


class Templates:
    """The mails of a package, `mails/NAME.txt` in Jinja: the subject, an empty line, paragraphs of plain text.

    The HTML part has the same paragraphs; a paragraph that is a web address alone becomes a link.
    """

    def __init__(self, package: str) -> None:
        self._texts = Environment(  # noqa: S701 - plain text: the layout escapes it for HTML
            loader=PackageLoader(package, "mails"), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )

    def message(self, template: str, sender: str, to: str, identity: uuid.UUID, /, **values: object) -> EmailMessage:
        """`identity` makes the Message-ID: mail programs show what is sent twice under one id once.

        Raises: ValueError, for an address that no header can hold.
        """
        subject, _, text = self._texts.get_template(f"{template}.txt").render(values).partition("\n\n")
        subject = " ".join(subject.split())
        paragraphs = [part.strip("\n") for part in text.strip().split("\n\n") if part.strip()]
        message = EmailMessage(policy.SMTP if to.isascii() else policy.SMTPUTF8)
        message["From"], message["To"], message["Subject"] = sender, to, subject
        message["Date"] = format_datetime(datetime.now(UTC))
        message["Message-ID"] = f"<{identity}@{parseaddr(sender)[1].rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content("\n\n".join(paragraphs) + "\n", cte="quoted-printable")
        html = _layout.get_template("layout.html").render(subject=subject, paragraphs=paragraphs, link=LINK)
        message.add_alternative(html, subtype="html", cte="quoted-printable")
        return message
