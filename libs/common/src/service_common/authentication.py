"""Token verification of a process: auth's keys and the revocations behind one verifier."""

from service_common.revocations import Revocations
from service_common.settings import ServiceSettings
from service_common.tokens.keys import FetchedKeys, KeySource
from service_common.tokens.verifier import Verifier
from todobus_events.bus import Bus


class Authentication:
    """The verifier of a process, with auth's public keys and the revoked sessions.

    Make it before the bus starts: it reads the revocations at each (re)connection. `check` is for readiness.
    """

    def __init__(self, settings: ServiceSettings, bus: Bus, keys: KeySource | None = None) -> None:
        self._supervisor = bus.supervisor
        self.keys = keys or FetchedKeys(settings.jwks_url)
        self.revocations = Revocations(bus)
        self.verifier = Verifier(self.keys, settings.token_issuer, settings.token_audience, self.revocations.revoked)

    async def start(self) -> None:
        await self.keys.start(self._supervisor)

    async def stop(self) -> None:
        await self.keys.stop()
        await self.revocations.stop()

    async def check(self) -> None:
        """Fails unless keys are loaded and the revocations are known."""
        await self.keys.check()
        await self.revocations.check()
