"""The todo service, wired."""

from functools import partial

from fastapi import FastAPI

from service_common import database
from service_common.authentication import Authentication
from service_common.broker import Broker
from service_common.bus import create_bus
from service_common.health import Readiness
from service_common.http.application import create_application
from service_common.periodic import Periodic
from service_common.relay import Relay
from service_common.supervision import Part, Supervisor, lifespan
from service_common.turns import Turns
from todos_service import endpoints, housekeeping, subscribers
from todos_service.domain import Quotas
from todos_service.repository.outbox import Outbox
from todos_service.service import history
from todos_service.service.limits import WRITES_AT_ONCE, Imports, Reads, Searches
from todos_service.service.store import batchers, list_batcher, shared
from todos_service.settings import Settings


def create_app(settings: Settings) -> FastAPI:
    pool = database.create_pool(settings.database_url, settings.database_pool_size, "todos", settings.database_seconds)
    supervisor = Supervisor()
    bus = create_bus(settings, f"todos-{settings.instance}", supervisor)
    authentication = Authentication(settings, bus)
    relay = Relay(settings.database_url, bus, Outbox(), settings.nats_replicas)
    reading, writing = batchers(pool, relay.wake)
    lists = list_batcher(pool)
    turns = Turns(WRITES_AT_ONCE)
    tidy = partial(housekeeping.tidy, settings, pool, relay.wake)
    parts: list[Part] = [
        authentication,
        bus,
        relay,
        reading,
        writing,
        lists,
        Broker(bus, subscribers.create_router(pool, bus), unavailable="the change log cannot be read now"),
        subscribers.create_user_events(bus, pool),
        Periodic("housekeeping", tidy, settings.housekeeping_seconds, supervisor),
        Periodic("history", partial(history.fold_all, pool), settings.history_seconds, supervisor),
    ]
    readiness = Readiness(supervisor, database=lambda: database.ping(pool), keys=authentication.keys.check)
    # Without the bus todos can still be written: events wait in the outbox, tokens expire.
    readiness.optional |= {"bus": bus.check, "revocations": authentication.revocations.check}
    return create_application(
        "Todobus todos",
        endpoints.ROUTES,
        lifespan(pool, parts),
        settings=settings,
        pool=pool,
        store=shared(pool, reading, writing, turns, relay.wake),
        lists=lists,
        wake=relay.wake,
        quotas=Quotas(
            settings.quota_todos,
            settings.quota_bytes,
            settings.quota_writes_a_day,
            settings.quota_idempotency_bytes_a_day,
            settings.quota_projects,
            settings.quota_filters,
        ),
        reads=Reads(max(settings.database_pool_size // 2, 1)),
        write_turns=turns,
        searches=Searches(),
        imports=Imports(),
        verifier=authentication.verifier,
        readiness=readiness,
    )
