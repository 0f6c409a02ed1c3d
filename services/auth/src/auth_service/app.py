"""The auth service, wired."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Protocol

from fastapi import FastAPI

from auth_service import endpoints, subscribers
from auth_service.derived_keys import Secrets
from auth_service.housekeeping import Housekeeping
from auth_service.passwords import Passwords
from auth_service.relay import Relay
from auth_service.service.context import Context
from auth_service.service.keyring import Keyring
from auth_service.settings import Settings
from service_common import database
from service_common.broker import Broker
from service_common.health import Readiness
from service_common.http import errors
from service_common.http.middleware import RequestContext
from service_common.tokens.authentication import Authentication
from todobus_events.bus import Bus


class Part(Protocol):
    """Something that runs as long as the process."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


def create_app(settings: Settings) -> FastAPI:
    pool = database.create_pool(settings.database_url, settings.database_pool_size, "auth")
    bus = Bus(settings, f"auth-{settings.instance}")
    secrets = Secrets(settings.key_encryption_key())
    keyring = Keyring(pool, secrets, settings.key_lead_seconds, settings.key_age_days)
    authentication = Authentication(settings, bus, keyring)
    passwords = Passwords()
    context = Context(
        pool=pool,
        bus=bus,
        passwords=passwords,
        secrets=secrets,
        keyring=keyring,
        revocations=authentication.revocations,
        issuer=settings.token_issuer,
        audience=settings.token_audience,
    )
    parts: list[Part] = [
        authentication,
        bus,
        Relay(context, settings.nats_replicas),
        Housekeeping(context),
        Broker(bus, subscribers.create_router(context)),
    ]

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.callback(passwords.close)
            await stack.enter_async_context(pool)
            for part in parts:
                await part.start()
                stack.push_async_callback(part.stop)
            yield

    app = FastAPI(title="Todobus auth", lifespan=lifespan, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.state.context = context
    app.state.verifier = authentication.verifier
    app.state.readiness = Readiness(database=lambda: database.ping(pool), keys=keyring.check)
    # Without the bus people log in and out still: revocations and events wait, tokens die of age.
    app.state.readiness.optional |= {"bus": bus.check, "revocations": authentication.revocations.check}
    app.include_router(endpoints.router)
    app.add_middleware(RequestContext)
    errors.install_errors(app)
    return app
