"""Settings come from the environment (`TODOBUS_*`) or from files of the same names in /run/secrets."""

import sys
from pathlib import Path
from typing import Literal, Self

from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

SECRETS = Path("/run/secrets")


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


class MigrationSettings(Settings):
    """What `migrate` needs."""

    database_url: str


class BusSettings(Settings):
    """What a program needs that only reads the bus."""

    nats_url: str
    nats_user: str
    nats_password: str
    nats_replicas: int = 1

    @property
    def nats_servers(self) -> list[str]:
        return [server.strip() for server in self.nats_url.split(",")]


class ServiceSettings(BusSettings):
    """What each process needs, wherever it runs; a service adds its own fields in its `settings.py`."""

    host: str = "127.0.0.1"
    port: int
    admin_host: str = "127.0.0.1"
    admin_port: int
    instance: str = "1"
    jwks_url: str
    token_issuer: str = "todobus"  # noqa: S105 - a public name
    token_audience: str = "todobus"  # noqa: S105 - a public name
    log_format: Literal["json", "console"] = "json"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    access_log_sample: int = 100
    """One of so many answers is logged, besides all errors and slow ones; 0: none."""
    otlp_endpoint: str = ""
    """Where spans go, such as http://collector:4318; without it none are recorded."""
    trace_ratio: float = 0.01


class DatabaseSettings(ServiceSettings):
    """Settings of a service that owns a database."""

    database_url: str
    database_pool_size: int = 10
