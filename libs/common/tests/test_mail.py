import datetime as dt
import ssl
import uuid
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import ValidationError

from service_common import mail
from service_common.mail import folder
from service_common.settings import MailSettings
from service_testing.mail_server import mail_server

SENDER = "Todobus <todobus@example.org>"
TEMPLATE = """Hello {{ name }}

Hello {{ name }},

this is for you:

{{ link }}

{% for line in lines %}
{{ line }}
{% endfor %}
"""
VALUES = {"name": "Ann <b>", "link": "https://todo.example/reset#token=a&b", "lines": ["first", "second"]}


@pytest.fixture
def templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> mail.Templates:
    package = f"mails_of_{uuid.uuid4().hex}"
    texts = tmp_path / package / "mails"
    texts.mkdir(parents=True)
    (tmp_path / package / "__init__.py").touch()
    (texts / "greeting.txt").write_text(TEMPLATE)
    monkeypatch.syspath_prepend(tmp_path)
    return mail.Templates(package)


@pytest.fixture
def message(templates: mail.Templates) -> EmailMessage:
    return templates.message("greeting", SENDER, "ann@example.com", uuid.uuid4(), **VALUES)


def settings(**values: object) -> MailSettings:
    return MailSettings.model_validate(values)


def part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body is not None
    return "\n".join(body.get_content().splitlines())


class TestMessage:
    def test_has_the_same_words_as_text_and_as_html(self, message: EmailMessage):
        read = message_from_bytes(message.as_bytes(), EmailMessage, policy=policy.default)
        assert (read["Subject"], read["To"], read["From"]) == ("Hello Ann <b>", "ann@example.com", SENDER)
        assert part(read, "plain").split("\n\n")[1:] == ["this is for you:", VALUES["link"], "first\nsecond"]
        html = part(read, "html")
        assert "Hello Ann &lt;b&gt;," in html
        assert '<a href="https://todo.example/reset#token=a&amp;b" rel="noreferrer"' in html

    def test_has_one_id_however_often_it_is_made(self, templates: mail.Templates):
        identity = uuid.uuid4()
        made = [templates.message("greeting", SENDER, "a@b.example", identity, **VALUES) for _ in range(2)]
        assert {one["Message-ID"] for one in made} == {f"<{identity}@example.org>"}

    def test_puts_no_line_break_into_a_header(self, templates: mail.Templates):
        values = VALUES | {"name": "Ann\nBcc: all@example.com"}
        message = templates.message("greeting", SENDER, "ann@example.com", uuid.uuid4(), **values)
        assert (message["Subject"], message["Bcc"]) == ("Hello Ann Bcc: all@example.com", None)
        with pytest.raises(ValueError, match="linefeed"):
            templates.message("greeting", SENDER, "a@b.example\nBcc: all@example.com", uuid.uuid4(), **VALUES)


class TestMailServer:
    async def test_takes_a_message(self, message: EmailMessage):
        async with mail_server() as server:
            assert await mail.send(settings(smtp_url=server.url), message) == "kept"
        [sent] = server.to("ann@example.com")
        assert part(sent, "plain") == part(message, "plain")

    async def test_takes_addresses_of_any_script(self, templates: mail.Templates):
        message = templates.message("greeting", SENDER, "änn@exämple.com", uuid.uuid4(), **VALUES)
        async with mail_server() as server:
            await mail.send(settings(smtp_url=server.url), message)
        assert len(server.to("änn@exämple.com")) == 1

    @pytest.mark.parametrize(
        ("answer", "error"),
        [("550 no such user", mail.MailRefusedError), ("451 try later", mail.MailUndeliveredError)],
    )
    async def test_says_what_it_refuses_for_good(self, message: EmailMessage, answer: str, error: type[Exception]):
        async with mail_server() as server:
            server.answer = answer
            with pytest.raises(mail.MailUndeliveredError, match=answer[4:]) as raised:
                await mail.send(settings(smtp_url=server.url), message)
        assert type(raised.value) is error

    async def test_that_does_not_answer_is_an_error(self, message: EmailMessage):
        async with mail_server() as server:
            pass
        with pytest.raises(mail.MailUndeliveredError):
            await mail.send(settings(smtp_url=server.url), message)


class TestPasswords:
    def url(self, port: int, host: str = "localhost") -> str:
        return f"smtp://ann:p%40ss@{host}:{port}"

    async def test_go_over_tls(self, message: EmailMessage, tls: ssl.SSLContext):
        async with mail_server(tls, logins=True) as server:
            await mail.send(settings(smtp_url=self.url(server.port)), message)
        assert server.logins == [("ann", "p@ss")]

    @pytest.mark.usefixtures("tls")
    async def test_do_not_go_without_tls_to_another_machine(
        self, message: EmailMessage, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr("service_common.mail.smtp._is_here", lambda host: False)
        async with mail_server(logins=True) as server:
            with pytest.raises(mail.MailUndeliveredError):
                await mail.send(settings(smtp_url=self.url(server.port)), message)
        assert server.logins == []

    async def test_do_not_go_to_a_server_of_another_name(self, message: EmailMessage, tls: ssl.SSLContext):
        async with mail_server(tls, logins=True) as server:
            with pytest.raises(mail.MailUndeliveredError, match="certificate"):
                await mail.send(settings(smtp_url=self.url(server.port, "127.0.0.1")), message)
        assert server.logins == []


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """The certificate of `localhost`, which this process trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "localhost.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(path)
    return context


class TestFolder:
    async def test_holds_a_file_for_each_message(self, message: EmailMessage, tmp_path: Path):
        target = tmp_path / "mail"
        said = await mail.send(settings(mail_folder=target), message)
        [path] = folder.newest_first(target)
        assert said == f"written to {path}"
        assert path.read_bytes() == message.as_bytes()
        assert (target.stat().st_mode & 0o777, path.stat().st_mode & 0o777) == (0o700, 0o600)

    async def test_keeps_the_newest(self, message: EmailMessage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(folder, "KEPT", 3)
        written = [await mail.send(settings(mail_folder=tmp_path), message) for _ in range(5)]
        kept = [f"written to {path}" for path in folder.newest_first(tmp_path)]
        assert kept == written[:1:-1]

    async def test_forgets_one_account(self, message: EmailMessage, tmp_path: Path):
        gone, here, options = uuid.uuid4(), uuid.uuid4(), settings(mail_folder=tmp_path / "mail")
        await mail.forget(options, gone)
        written = [await mail.send(options, message, account) for account in (gone, here, None, gone)]
        await mail.forget(options, gone)
        assert [f"written to {path}" for path in folder.newest_first(tmp_path / "mail")] == written[2:0:-1]

    async def test_that_cannot_be_written_is_an_error(self, message: EmailMessage, tmp_path: Path):
        (tmp_path / "file").touch()
        with pytest.raises(mail.MailUndeliveredError, match="cannot write"):
            await mail.send(settings(mail_folder=tmp_path / "file" / "mail"), message)


class TestSettings:
    async def test_without_a_way_out_nothing_is_sent(self, message: EmailMessage):
        assert not mail.is_set_up(settings())
        with pytest.raises(mail.MailUndeliveredError, match="neither"):
            await mail.send(settings(), message)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"smtp_url": "mail.example.org:25"},
            {"smtp_url": "http://mail"},
            {"mail_from": "Todobus"},
            {"public_url": "x"},
        ],
    )
    def test_say_what_is_wrong(self, wrong: dict[str, str]):
        with pytest.raises(ValidationError, match=next(iter(wrong))):
            settings(**wrong)

    def test_show_no_password(self):
        assert "secret" not in repr(settings(smtp_url="smtp://ann:secret@mail.example.org"))
