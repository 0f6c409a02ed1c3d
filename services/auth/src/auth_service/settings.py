"""Settings of the auth service."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, Field, PositiveInt, SecretStr
from pydantic_settings import SettingsConfigDict

from service_common.settings import DatabaseSettings, MailSettings, MigrationSettings, read_key


class KeySettings(MigrationSettings):
    """What the signing keys need, also where no service runs."""

    key_encryption_key_file: Path
    """The file with the secret that encrypts the signing keys: 32 bytes in base64url."""
    key_lead_seconds: int = 600
    """How long a new signing key is published before it signs: longer than verifiers keep what they fetched."""
    key_age_days: int = 30
    """The age at which a signing key is replaced."""

    def key_encryption_key(self) -> bytes:
        """The secret everything else is derived from; a file that does not hold it ends the process."""
        return read_key(self.key_encryption_key_file, "TODOBUS_KEY_ENCRYPTION_KEY_FILE")


class CommandSettings(MailSettings, KeySettings):
    """What the commands for accounts need."""


class OpenIdProvider(BaseModel):
    """A provider of OpenID Connect; `name` is on its button."""

    issuer: str
    client_id: str
    client_secret: SecretStr = SecretStr("")
    name: str = ""


class Settings(MailSettings, KeySettings, DatabaseSettings):
    """What the service needs."""

    model_config = SettingsConfigDict(env_nested_delimiter="_", env_nested_max_split=2)

    rate_limits: Literal["on", "off"] = "on"
    """`off` for measurements and tests."""
    registrations_per_hour: PositiveInt = 300
    """Tries to register from one address in an hour, while `TODOBUS_RATE_LIMITS` is on."""
    password_changes_per_hour: PositiveInt = 10
    """Tries of a user to change the password in an hour."""
    api_tokens_per_hour: PositiveInt = 60
    """API tokens that a user may make in an hour."""
    api_tokens_per_user: Annotated[int, Field(ge=1, le=1000)] = 50
    """API tokens that a user may have, at most 1000, with those that expired in the last 30 days."""
    registration: Literal["open", "invite", "closed"] = "open"
    """Who may register: all (`open`), who has an invitation (`invite`), or nobody (`closed`)."""
    verify_email: Literal["optional", "required"] = "optional"
    """`required`: an account works once its address is verified, and registering does not tell whether it was taken."""
    sessions_per_user: Annotated[int, Field(ge=1, le=1000)] = 100
    """Sessions of one user, at most 1000: the next log-in ends the oldest."""
    oidc: dict[Annotated[str, Field(pattern="^[a-z0-9]{1,32}$")], OpenIdProvider] = Field({})
    """Providers of OpenID Connect, each as `TODOBUS_OIDC_<ID>_ISSUER`, `_CLIENT_ID`, `_CLIENT_SECRET` and `_NAME`."""
