"""Settings of the notification service."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from pydantic import field_validator

from service_common.settings import DatabaseSettings, MailSettings, read_key


class Settings(MailSettings, DatabaseSettings):
    notifications_key_file: Path
    """The file with the secret of which those of webhooks and the key of Web Push are made: 32 bytes in base64url."""
    webhook_allow: str = ""
    """Networks inside which webhooks may be delivered although they are not public, separated by commas."""

    @field_validator("webhook_allow")
    @classmethod
    def _are_networks(cls, text: str) -> str:
        _networks(text)
        return text

    @property
    def allowed_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        return _networks(self.webhook_allow)

    def notifications_key(self) -> bytes:
        return read_key(self.notifications_key_file, "TODOBUS_NOTIFICATIONS_KEY_FILE")


def _networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Raises: ValueError."""
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
