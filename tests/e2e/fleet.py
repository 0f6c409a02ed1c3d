"""The auth service and gateways as processes of their own, before services that answer every request alike."""

import asyncio
import base64
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from service_testing.clients import http_client
from service_testing.nats import NatsServer
from service_testing.processes import ServiceProcess
from service_testing.servers import serving
from service_testing.waiting import wait_until

HELLO = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n[]"


class Fleet:
    """One auth service and any number of gateways; `client` is kept open to all of them."""

    def __init__(self, database_url: str, nats: NatsServer, folder: Path, backend: str, client: httpx.AsyncClient):
        self.client = client
        self.key_file = folder / "key"
        self.key_file.write_bytes(base64.urlsafe_b64encode(os.urandom(32)))
        self.processes: list[ServiceProcess] = []
        self.auth: ServiceProcess
        self._database_url, self._nats, self._folder, self._backend = database_url, nats, folder, backend

    async def start_auth(self) -> None:
        own = {
            "TODOBUS_DATABASE_URL": self._database_url,
            "TODOBUS_KEY_ENCRYPTION_KEY_FILE": str(self.key_file),
            "TODOBUS_JWKS_URL": "http://127.0.0.1:1/unused",
            "TODOBUS_API_TOKENS_PER_HOUR": "2000",
        }
        self.auth = await self._start("auth_service", self._bus("auth") | own)

    async def start_gateway(self) -> ServiceProcess:
        own = {
            "TODOBUS_JWKS_URL": f"{self.auth.url}/.well-known/jwks.json",
            "TODOBUS_AUTH_UPSTREAMS": self.auth.url,
            "TODOBUS_TODOS_UPSTREAMS": self._backend,
            "TODOBUS_STATS_UPSTREAMS": self._backend,
            "TODOBUS_NOTIFICATIONS_UPSTREAMS": self._backend,
            "TODOBUS_RATE_LIMITS": "off",
        }
        return await self._start("api_gateway", self._bus("gateway") | own)

    async def _start(self, module: str, settings: dict[str, str]) -> ServiceProcess:
        log = self._folder / f"{module}-{len(self.processes)}.log"
        process = ServiceProcess(module, settings, log)
        self.processes.append(process)
        await wait_until(lambda: process.ready(self.client), 60)
        return process

    def _bus(self, user: str) -> dict[str, str]:
        return {
            "TODOBUS_NATS_URL": self._nats.url,
            "TODOBUS_NATS_USER": user,
            "TODOBUS_NATS_PASSWORD": self._nats.passwords[user],
        }


async def _hello(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while await reader.readuntil(b"\r\n\r\n"):
        writer.write(HELLO)


@asynccontextmanager
async def fleet(database_url: str, nats: NatsServer, folder: Path) -> AsyncIterator[Fleet]:
    async with serving(_hello) as port, http_client(timeout=30) as client:
        one = Fleet(database_url, nats, folder, f"http://127.0.0.1:{port}", client)
        try:
            yield one
        finally:
            for process in one.processes:
                process.stop()
