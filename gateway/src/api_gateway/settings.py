"""Settings of the gateway: addresses of the services, limits and origins of clients."""

import sys
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationInfo, field_validator

from api_gateway import routes
from service_common.settings import ServiceSettings

Network = IPv4Network | IPv6Network


class Settings(ServiceSettings):
    auth_upstreams: str
    """Addresses of auth, separated by commas; a name may resolve to several."""
    todos_upstreams: str
    """Addresses of todos."""
    stats_upstreams: str
    """Addresses of stats."""
    notifications_upstreams: str
    """Addresses of notifications."""
    added_upstreams: dict[str, str] = Field({})
    """Addresses of services beside the platform's own, by name: a JSON object."""
    added_routes: dict[str, str] = Field({})
    """The name of such a service for each path prefix below `/api/` that it answers: a JSON object."""
    web_root: Path | None = None
    """The folder of the built web app; empty: the gateway serves none."""
    rate_limits: Literal["on", "off"] = "on"
    """`off`, for measurements and tests: no limits of rates, requests in flight and connections per address."""
    user_rate_per_minute: int = 600
    """Requests of one user per minute, on average."""
    user_burst: int = 100
    """Requests of one user at once."""
    address_rate_per_minute: int = 60
    """Requests without a token from one address per minute, on average."""
    address_burst: int = 60
    """Requests without a token from one address at once."""
    user_in_flight: int = 100
    """Requests of one user at once, those that wait for a place at a service included."""
    user_places: int = Field(16, ge=1)
    """Requests of one user that services may be answering at once; further ones wait."""
    address_in_flight: int = 100
    """Requests without a token from one address at once, those that wait for a place at a service included."""
    address_places: int = Field(16, ge=1)
    """Requests without a token from one address that services may be answering at once; further ones wait."""
    user_streams: int = 20
    """Event streams that one user may have open at one gateway."""
    address_streams: int = 200
    """Event streams that one address may have open at one gateway."""
    address_connections: int = 256
    """Connections that one address may have open at one gateway; proxies in `TODOBUS_TRUSTED_PROXIES` may have more."""
    trusted_proxies: str = ""
    """Networks of proxies whose `X-Forwarded-For` is believed, separated by commas."""
    allowed_origins: str = ""
    """Other origins whose pages may call the API, separated by commas."""

    @field_validator("added_routes")
    @classmethod
    def _are_free(cls, added: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        routes.with_added(added)
        if unknown := set(added.values()) - set(info.data.get("added_upstreams", {})):
            raise ValueError(f"TODOBUS_ADDED_UPSTREAMS has no address of {', '.join(sorted(unknown))}")
        return added

    @property
    def limited(self) -> bool:
        return self.rate_limits == "on"

    def limit(self, most: int) -> int:
        """`most`, or no limit while limits are off."""
        return most if self.limited else sys.maxsize

    @property
    def routes(self) -> tuple[routes.Route, ...]:
        return routes.with_added(self.added_routes)

    @property
    def upstreams(self) -> dict[str, list[str]]:
        """The addresses of each service's instances, as `host:port` or names that resolve to several."""
        return {
            "auth": _listed(self.auth_upstreams),
            "todos": _listed(self.todos_upstreams),
            "stats": _listed(self.stats_upstreams),
            "notifications": _listed(self.notifications_upstreams),
            **{service: _listed(addresses) for service, addresses in self.added_upstreams.items()},
        }

    @property
    def trusted_networks(self) -> tuple[Network, ...]:
        return tuple(ip_network(network) for network in _listed(self.trusted_proxies))

    @property
    def origins(self) -> frozenset[bytes]:
        return frozenset(origin.encode() for origin in _listed(self.allowed_origins))


def _listed(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]
