"""Settings come from the environment (`TODOBUS_*`) or from files of the same names in /run/secrets."""

import base64
import binascii
import sys
from email.utils import parseaddr
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import AnyHttpUrl, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

SECRETS = Path("/run/secrets")
KEY_BYTES = 32


class Settings(BaseSettings):
    """Where settings come from."""

    model_config = SettingsConfigDict(
        env_prefix="TODOBUS_",
        secrets_dir=SECRETS if SECRETS.is_dir() else None,
        extra="ignore",
        frozen=True,
        str_strip_whitespace=True,
    )

    @classmethod
    def load(cls) -> Self:
        """The settings of this process; a missing or wrong one ends it with one line that names it."""
        try:
            return cls()
        except ValidationError as error:
            wrong = "; ".join(f"TODOBUS_{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors())
            sys.exit(f"settings: {wrong}")


def read_key(path: Path, name: str) -> bytes:
    """The key that a file holds; one that does not hold 32 bytes in base64url ends the process, naming the setting."""
    try:
        text = path.read_text("ascii").strip()
        key = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (OSError, binascii.Error, UnicodeError) as error:
        raise SystemExit(f"settings: {name}: {error}") from error
    if len(key) != KEY_BYTES:
        raise SystemExit(f"settings: {name}: not 32 bytes in base64url")
    return key


class MigrationSettings(Settings):
    """What `migrate` needs."""

    database_url: str


class BusSettings(Settings):
    """What a program needs that only reads the bus."""

    nats_url: str
    """One address of NATS or several, separated by commas."""
    nats_user: str
    """The user of this process on the bus."""
    nats_password: str
    """The password of that user."""
    nats_replicas: int = 1
    """Copies of each stream: 1, or 3 in a cluster of three nodes."""

    @property
    def nats_servers(self) -> list[str]:
        return [server.strip() for server in self.nats_url.split(",")]


class ServiceSettings(BusSettings):
    """What each process needs, wherever it runs; a service adds its own fields in its `settings.py`."""

    host: str = "127.0.0.1"
    """The address on which requests are answered."""
    port: int
    """The port for requests."""
    admin_host: str = "127.0.0.1"
    """The address for health checks and metrics."""
    admin_port: int
    """The port for health checks and metrics."""
    instance: str = "1"
    """Tells instances of a service apart in traces and in NATS's list of connections."""
    jwks_url: str
    """Where the public keys of auth are fetched that verify tokens."""
    token_issuer: str = "todobus"  # noqa: S105 - a public name
    """The claim `iss` of every token."""
    token_audience: str = "todobus"  # noqa: S105 - a public name
    """The claim `aud` of every token."""
    log_format: Literal["json", "console"] = "json"
    """`json`: an object per line; `console`: coloured text."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """The least severe level that is logged: `debug`, `info`, `warning` or `error`."""
    access_log_sample: int = 100
    """One answer in this many is logged, besides errors and slow ones; 0: only those."""
    otlp_endpoint: str = ""
    """Where spans are sent, such as http://collector:4318; empty: none are recorded."""
    trace_ratio: float = 0.01
    """The share of requests that are traced, from 0 to 1."""


class DatabaseSettings(ServiceSettings):
    """Settings of a service that owns a database."""

    database_url: str
    """The address of the database, with user and password."""
    database_pool_size: int = 10
    """The most connections that one process holds in its pool."""


class MailSettings(Settings):
    """What a process needs that sends mail."""

    smtp_url: SecretStr = SecretStr("")
    """The mail server: `smtp://user:password@host:587` (STARTTLS, required where there is a password) or `smtps://…`."""
    mail_folder: Path | None = None
    """Without a mail server: the folder where each message becomes an `.eml` file. With neither, no mail is sent."""
    mail_from: str = "Todobus <todobus@localhost>"
    """The sender of mail: an address, or a name and an address in angle brackets."""
    public_url: str = "http://localhost:8080"
    """Where users reach the system: every link in a mail begins with it."""

    @field_validator("smtp_url")
    @classmethod
    def _names_a_server(cls, url: SecretStr) -> SecretStr:
        server = urlsplit(url.get_secret_value())
        if url.get_secret_value() and not (server.scheme in {"smtp", "smtps"} and server.hostname):
            raise ValueError("is not of the form smtp://host:port or smtps://host:port")
        return url

    @field_validator("mail_from")
    @classmethod
    def _holds_an_address(cls, sender: str) -> str:
        if "@" not in parseaddr(sender)[1]:
            raise ValueError("holds no e-mail address")
        return sender

    @field_validator("public_url")
    @classmethod
    def _is_an_origin(cls, url: str) -> str:
        return str(AnyHttpUrl(url)).rstrip("/")
