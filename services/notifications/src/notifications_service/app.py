"""The notification service, wired."""

from functools import partial

from fastapi import FastAPI

from notifications_service import endpoints, subscribers
from notifications_service.channels.mailing import Mailing
from notifications_service.channels.pushing import Pushing
from notifications_service.channels.waiting import Waiting
from notifications_service.channels.web_push import Identity
from notifications_service.delivery.sender import Sender
from notifications_service.delivery.signing import Secrets
from notifications_service.delivery.worker import Worker
from notifications_service.repository import schedule
from notifications_service.repository.outbox import Outbox
from notifications_service.schedule import digests
from notifications_service.schedule.firing import Firing
from notifications_service.service.browsers import Browsers, EndedSessions
from notifications_service.service.webhooks import Webhooks
from notifications_service.settings import Settings
from service_common import database
from service_common.authentication import Authentication
from service_common.bus import create_bus
from service_common.health import Readiness
from service_common.http.application import create_application
from service_common.periodic import Periodic
from service_common.relay import Relay
from service_common.supervision import Part, Supervisor, lifespan


def create_app(settings: Settings) -> FastAPI:
    pool = database.create_pool(settings.database_url, settings.database_pool_size, "notifications")
    supervisor = Supervisor()
    bus = create_bus(settings, f"notifications-{settings.instance}", supervisor)
    authentication = Authentication(settings, bus)
    secrets = Secrets(settings.notifications_key())
    sender = Sender(secrets, settings.allowed_networks)
    worker = Worker(pool, bus, sender)
    relay = Relay(settings.database_url, bus, Outbox(), settings.nats_replicas)
    comparison = subscribers.Comparison(bus, pool, worker)
    identity = Identity(settings.notifications_key(), settings.public_url)
    parts: list[Part] = [
        authentication,
        bus,
        sender,
        worker,
        relay,
        Firing(pool, relay, supervisor),
        Periodic("digests", partial(digests.make, pool), 1, supervisor),
        Waiting(pool, "email", Mailing(pool, settings).send, supervisor),
        Waiting(pool, "push", Pushing(pool, sender, identity).send, supervisor),
        Periodic("ended-sessions", EndedSessions(pool, authentication.revocations).forget, 1, supervisor),
        Periodic("housekeeping", partial(schedule.forget, pool), 3600, supervisor),
        subscribers.create_todo_events(bus, pool, worker, comparison),
        comparison,
        subscribers.create_user_events(bus, pool, settings),
    ]
    readiness = Readiness(supervisor, database=lambda: database.ping(pool), keys=authentication.keys.check)
    # Without the bus webhooks can still be looked at and changed; deliveries wait.
    readiness.optional |= {"bus": bus.check, "revocations": authentication.revocations.check}
    return create_application(
        "Todobus notifications",
        endpoints.ROUTES,
        lifespan(pool, parts),
        pool=pool,
        browsers=Browsers(pool, sender, identity.public_key),
        webhooks=Webhooks(pool, bus, sender, secrets, worker),
        verifier=authentication.verifier,
        readiness=readiness,
    )
