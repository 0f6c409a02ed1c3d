"""Tokens and passwords: what a check costs, log-ins against Argon2's own limit, how soon a logout is known.

PyJWT alone stands beside our verifier, and bare hashing beside the service; all in one run, so that ratios hold on any
machine.
"""

import asyncio
import base64
import os
import random
import statistics
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import asyncpg
import httpx
import jwt

from auth_service.derived_keys import Secrets
from auth_service.passwords import PARAMETERS
from auth_service.repository import sessions, users
from service_common.authentication import Authentication
from service_common.bus import create_bus
from service_common.settings import ServiceSettings
from service_testing.databases import Databases
from service_testing.engines import embedded_postgres, session_folder
from service_testing.nats import NatsServer, ProcessRunner, nats_server
from service_testing.processes import ServiceProcess
from service_testing.tokens import FixedKeys, TokenIssuer
from service_testing.waiting import wait_until

PASSWORD = "correct horse battery"  # noqa: S105 - of accounts that live as long as the benchmark
CORES = len(os.sched_getaffinity(0))
SECONDS = 5.0
ACCOUNTS = 200
LOGOUTS = 300
VERIFIERS = 3


class Service:
    """The auth service as a process, with a database and a bus of its own."""

    def __init__(
        self, process: ServiceProcess, client: httpx.AsyncClient, rows: asyncpg.Connection, secrets: Secrets
    ) -> None:
        self.process, self.client, self.rows, self.secrets = process, client, rows, secrets

    async def call(self, method: str, path: str, body: object = None, token: str = "") -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return await self.client.request(method, f"{self.process.url}{path}", json=body, headers=headers)

    async def accounts(self) -> list[str]:
        """Inserted into the database: registering is not measured."""
        hashed = PARAMETERS.hash(PASSWORD)
        emails = [f"{uuid.uuid4().hex}@example.com" for _ in range(ACCOUNTS)]
        for email in emails:
            await users.insert(self.rows, email, email, hashed, "Ann", "UTC")
        return emails

    async def login(self, email: str) -> httpx.Response:
        return await self.call("POST", "/api/auth/login", {"email": email, "password": PASSWORD})

    async def tokens(self, count: int) -> list[str]:
        """Access tokens of sessions inserted into the database: hashing passwords is not measured."""
        email = f"{uuid.uuid4().hex}@example.com"
        user = await users.insert(self.rows, email, email, "-", "Ann", "UTC")
        assert user
        made = [await sessions.insert(self.rows, user.id, "-", "", "") for _ in range(count)]
        given = [{"refresh_token": self.secrets.refresh_token(session.id, 0)} for session in made if session]
        return [(await self.call("POST", "/api/auth/refresh", body)).json()["access_token"] for body in given]


def settings(nats: NatsServer, user: str) -> ServiceSettings:
    return ServiceSettings(
        port=0,
        admin_port=0,
        nats_url=nats.url,
        nats_user=user,
        nats_password=nats.passwords[user],
        jwks_url="http://127.0.0.1:1/unused",
    )


@asynccontextmanager
async def running(folder: Path, nats: NatsServer, url: str) -> AsyncIterator[Service]:
    key = os.urandom(32)
    (folder / "key").write_bytes(base64.urlsafe_b64encode(key))
    environment = {
        "TODOBUS_DATABASE_URL": url,
        "TODOBUS_KEY_ENCRYPTION_KEY_FILE": str(folder / "key"),
        "TODOBUS_JWKS_URL": "http://127.0.0.1:1/unused",
        "TODOBUS_NATS_URL": nats.url,
        "TODOBUS_NATS_USER": "auth",
        "TODOBUS_NATS_PASSWORD": nats.passwords["auth"],
    }
    process = ServiceProcess("auth_service", environment, folder / "auth.log")
    limits = httpx.Limits(max_connections=None)
    rows = await asyncpg.connect(url)
    try:
        async with httpx.AsyncClient(trust_env=False, timeout=60, limits=limits) as client:
            await wait_until(lambda: process.ready(client), 60)
            yield Service(process, client, rows, Secrets(key))
    finally:
        process.stop()
        await rows.close()


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def show(what: str, *figures: str) -> None:
    print(f"  {what:<46}" + "".join(f"{figure:>18}" for figure in figures))


async def microseconds(work: Callable[[str], Awaitable[object]], tokens: Sequence[str]) -> float:
    started = time.perf_counter()
    for token in tokens:
        await work(token)
    return (time.perf_counter() - started) / len(tokens) * 1e6


async def token_checks() -> None:
    print("token check")
    issuer = TokenIssuer()
    tokens = [issuer.token(uuid.uuid4()) for _ in range(2000)]
    verifier, key = issuer.verifier(), issuer.private_key.public_key()

    async def pyjwt(token: str) -> object:
        return jwt.decode(token, key, algorithms=["EdDSA"], audience="todobus", issuer="todobus")

    alone = await microseconds(pyjwt, tokens)
    first = await microseconds(verifier.verify, tokens)
    cached = await microseconds(verifier.verify, tokens * 20)
    show("PyJWT alone", f"{alone:.1f} µs")
    show("first time (strict, then PyJWT)", f"{first:.1f} µs", f"{first / alone:.2f} x PyJWT")
    show("from the cache", f"{cached:.2f} µs", f"1/{alone / cached:.0f} of PyJWT")


async def argon2_per_second() -> float:
    """Hashing alone, on every core."""
    hashed, until = PARAMETERS.hash(PASSWORD), time.perf_counter() + SECONDS

    def verify() -> int:
        count = 0
        while time.perf_counter() < until:
            PARAMETERS.verify(hashed, PASSWORD)
            count += 1
        return count

    with ThreadPoolExecutor(CORES) as pool:
        loop = asyncio.get_running_loop()
        return sum(await asyncio.gather(*(loop.run_in_executor(pool, verify) for _ in range(CORES)))) / SECONDS


async def logins(service: Service) -> None:
    print(f"log-ins, {CORES} cores shared with PostgreSQL and the clients")
    emails = await service.accounts()
    limit = await argon2_per_second()
    until, count = time.perf_counter() + SECONDS, 0

    async def client() -> None:
        nonlocal count
        while time.perf_counter() < until:
            answer = await service.login(random.choice(emails))  # noqa: S311
            count += answer.status_code == httpx.codes.OK

    await asyncio.gather(*(client() for _ in range(CORES * 4)))
    show("Argon2id 19 MiB t=2 alone", f"{limit:.1f}/s")
    show("log-ins", f"{count / SECONDS:.1f}/s", f"{count / SECONDS / limit:.2f} of Argon2")


async def revocation_delay(service: Service, nats: NatsServer) -> None:
    """From the answer to the logout until each of three verifiers refuses; negative if it refused before the answer."""
    print("logout, three verifiers on connections of their own")
    heard: dict[str, list[float]] = {}
    async with AsyncExitStack() as stack:
        for user in ("gateway",) * VERIFIERS:
            bus = create_bus(settings(nats, user), "benchmark")
            watching = Authentication(settings(nats, user), bus, FixedKeys({"keys": []}))
            watching.revocations.on_revoked(lambda sid: heard.setdefault(sid, []).append(time.perf_counter()))
            for part in (watching, bus):
                await part.start()
                stack.push_async_callback(part.stop)
            await wait_until(lambda revocations=watching.revocations: revocations._synced)  # noqa: SLF001
        durations, delays = [], []
        for token in await service.tokens(LOGOUTS):
            session = jwt.decode(token, options={"verify_signature": False})["sid"]
            started = time.perf_counter()
            await service.call("POST", "/api/auth/logout", token=token)
            answered = time.perf_counter()
            await wait_until(lambda session=session: len(heard.get(session, [])) == VERIFIERS)
            durations.append((answered - started) * 1e3)
            delays.append((max(heard[session]) - answered) * 1e3)
    show("the logout itself", f"p50 {statistics.median(durations):.1f} ms", f"p99 {percentile(durations, 0.99):.1f} ms")
    show("204 until all refuse", f"p50 {statistics.median(delays):.1f} ms", f"p99 {percentile(delays, 0.99):.1f} ms")
    show("known by all before the 204", f"{sum(delay <= 0 for delay in delays)} of {LOGOUTS}")


async def run() -> None:
    await token_checks()
    with tempfile.TemporaryDirectory() as own, session_folder() as folder, embedded_postgres(folder) as postgres:
        await wait_until(postgres.ready, 30)
        databases = Databases(postgres)
        url = await databases("auth")
        async with nats_server(folder / "nats", ProcessRunner) as nats, running(Path(own), nats, url) as service:
            await logins(service)
            await revocation_delay(service, nats)
        await databases.drop()


def main() -> None:
    asyncio.run(run())


if __name__ == "__main__":
    main()
