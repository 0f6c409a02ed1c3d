"""Settings of the gateway: addresses of the services, limits and origins of clients."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Literal

from service_common.settings import ServiceSettings

Network = IPv4Network | IPv6Network


class Settings(ServiceSettings):
    auth_upstreams: str
    """Addresses of auth, separated by commas; a name may resolve to several."""
    todos_upstreams: str
    """Addresses of todos."""
    stats_upstreams: str
    """Addresses of stats."""
    web_root: Path | None = None
    """The folder of the built web app; empty: the gateway serves none."""
    rate_limits: Literal["on", "off"] = "on"
    """`off` for measurements and tests."""
    user_rate_per_minute: int = 600
    """Requests of one user per minute, on average."""
    user_burst: int = 100
    """Requests of one user at once."""
    address_rate_per_minute: int = 60
    """Requests without a token from one address per minute, on average."""
    address_burst: int = 60
    """Requests without a token from one address at once."""
    trusted_proxies: str = ""
    """Networks of proxies whose `X-Forwarded-For` is believed, separated by commas."""
    allowed_origins: str = ""
    """Other origins whose pages may call the API, separated by commas."""

    @property
    def upstreams(self) -> dict[str, list[str]]:
        """The addresses of each service's instances, as `host:port` or names that resolve to several."""
        return {
            "auth": _listed(self.auth_upstreams),
            "todos": _listed(self.todos_upstreams),
            "stats": _listed(self.stats_upstreams),
        }

    @property
    def trusted_networks(self) -> tuple[Network, ...]:
        return tuple(ip_network(network) for network in _listed(self.trusted_proxies))

    @property
    def origins(self) -> frozenset[bytes]:
        return frozenset(origin.encode() for origin in _listed(self.allowed_origins))


def _listed(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]
