"""One request to the outside: at a checked address, 10 s in all, no redirect followed, 1 KB of the answer read."""

import asyncio
import ssl
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import httpcore
import httpx

from notifications_service.delivery.addresses import Network, PinnedBackend, RefusedAddressError, Resolver
from notifications_service.delivery.signing import Secrets
from notifications_service.domain import Outcome, Webhook

SECONDS = 10.0
RESPONSE_BYTES = 1024
KEPT_CONNECTIONS = 32
HEADERS = {"content-type": "application/json", "user-agent": "Todobus-Webhooks/1", "accept-encoding": "identity"}


class Sender:
    """Never raises: whatever the other side does is an outcome. Nothing is decompressed."""

    def __init__(self, secrets: Secrets, allowed: Sequence[Network] = (), seconds: float = SECONDS) -> None:
        self.resolver = Resolver(allowed)
        self._secrets, self._seconds = secrets, seconds
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=True),
            max_connections=None,  # the callers are limited
            max_keepalive_connections=KEPT_CONNECTIONS,
            keepalive_expiry=30,
            network_backend=PinnedBackend(self.resolver),
        )

    async def start(self) -> None:
        """Connections are made as they are needed."""

    async def stop(self) -> None:
        await self._pool.aclose()
        self.resolver.close()

    async def deliver(self, webhook: Webhook, event_id: str, body: bytes) -> Outcome:
        now = datetime.now(UTC)
        signed = self._secrets.headers(webhook.id, webhook.generations(now), event_id, now, body)
        return await self.post(webhook.url, HEADERS | signed, body)

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Outcome:
        started, target = time.monotonic(), httpx.URL(url)
        status, response, error = None, "", ""
        try:
            async with asyncio.timeout(self._seconds):
                status, response = await self._exchange(target, headers, body)
        except TimeoutError:
            error = f"no answer within {self._seconds:g} s"
        except RefusedAddressError as refusal:
            error = str(refusal)
        except (OSError, httpcore.NetworkError, httpcore.TimeoutException) as failure:
            error = f"the connection failed{_tls_reason(failure)}"
        except (httpcore.ProtocolError, httpcore.UnsupportedProtocol):
            error = "the answer is no HTTP"
        outcome = Outcome(status, response, error, time.monotonic() - started)
        await self.resolver.settled(target.raw_host.decode())
        return outcome

    async def _exchange(self, url: httpx.URL, headers: Mapping[str, str], body: bytes) -> tuple[int, str]:
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        request = [(b"host", url.netloc), *((name.encode(), value.encode()) for name, value in headers.items())]
        answer = bytearray()
        async with self._pool.stream("POST", target, headers=request, content=body) as response:
            async for part in response.aiter_stream():
                answer += part[: RESPONSE_BYTES - len(answer)]
                if len(answer) >= RESPONSE_BYTES:
                    break
        return response.status, answer.decode("utf-8", "replace").replace("\0", "\ufffd")


def _tls_reason(error: BaseException) -> str:
    cause = error.__context__
    return f": {cause.reason}" if isinstance(cause, ssl.SSLError) and cause.reason else ""
