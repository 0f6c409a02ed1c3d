"""Settings of the gateway: addresses of the services, limits and origins of clients."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Literal

from service_common.settings import ServiceSettings

Network = IPv4Network | IPv6Network


class Settings(ServiceSettings):
    auth_upstreams: str
    todos_upstreams: str
    stats_upstreams: str
    web_root: Path | None = None
    rate_limits: Literal["on", "off"] = "on"
    user_rate_per_minute: int = 600
    user_burst: int = 100
    address_rate_per_minute: int = 60
    address_burst: int = 60
    trusted_proxies: str = ""
    allowed_origins: str = ""

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
