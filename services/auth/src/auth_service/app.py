"""The auth service, wired."""

from functools import partial

from fastapi import FastAPI

from auth_service import endpoints, housekeeping, subscribers
from auth_service.derived_keys import Secrets
from auth_service.openid import Providers
from auth_service.passwords import Passwords
from auth_service.relay import AuthHooks
from auth_service.repository.outbox import Outbox
from auth_service.service import mailing
from auth_service.service.context import Context
from auth_service.service.keyring import Keyring
from auth_service.settings import Settings
from service_common import database
from service_common.authentication import Authentication
from service_common.broker import Broker
from service_common.bus import create_bus
from service_common.health import Readiness
from service_common.http.application import create_application
from service_common.periodic import Periodic
from service_common.relay import Relay, Timing
from service_common.supervision import Part, Supervisor, lifespan


def create_app(settings: Settings, *, key_reload_seconds: float = 10.0, relay_timing: Timing | None = None) -> FastAPI:
    pool = database.create_pool(settings.database_url, settings.database_pool_size, "auth")
    supervisor = Supervisor()
    bus = create_bus(settings, f"auth-{settings.instance}", supervisor)
    secrets = Secrets(settings.key_encryption_key())
    keyring = Keyring(pool, secrets, settings, key_reload_seconds)
    authentication = Authentication(settings, bus, keyring)
    relay = Relay(
        settings.database_url, bus, Outbox(), settings.nats_replicas, hooks=AuthHooks(pool, bus), timing=relay_timing
    )
    context = Context(
        settings=settings,
        pool=pool,
        bus=bus,
        passwords=Passwords(),
        providers=Providers(settings.oidc, settings.public_url),
        secrets=secrets,
        keyring=keyring,
        revocations=authentication.revocations,
        wake=relay.wake,
    )
    parts: list[Part] = [
        context.passwords,
        context.providers,
        authentication,
        bus,
        relay,
        Periodic("housekeeping", partial(housekeeping.tidy, context), 60, supervisor),
        Periodic("mail", partial(mailing.deliver, context), 1, supervisor),
        Periodic("erasures", partial(housekeeping.announce_erasures, context), 1, supervisor),
        Broker(bus, subscribers.create_router(context, bus)),
    ]
    readiness = Readiness(supervisor, database=lambda: database.ping(pool), keys=keyring.check)
    # Without the bus users can still log in and out: revocations and events wait, tokens expire.
    readiness.optional |= {"bus": bus.check, "revocations": authentication.revocations.check}
    return create_application(
        "Todobus auth",
        endpoints.ROUTES,
        lifespan(pool, parts),
        pool=pool,
        context=context,
        verifier=authentication.verifier,
        readiness=readiness,
    )
