"""The example service, wired."""

from fastapi import FastAPI

from example_service import subscribers
from example_service.endpoints import router
from example_service.settings import Settings
from service_common import database
from service_common.authentication import Authentication
from service_common.bus import create_bus
from service_common.health import Readiness
from service_common.http.application import create_application
from service_common.supervision import Part, Supervisor, lifespan


def create_app(settings: Settings) -> FastAPI:
    pool = database.create_pool(settings.database_url, settings.database_pool_size, "example")
    supervisor = Supervisor()
    bus = create_bus(settings, f"example-{settings.instance}", supervisor)
    authentication = Authentication(settings, bus)
    parts: list[Part] = [
        authentication,
        bus,
        subscribers.create_todo_events(bus, pool),
        subscribers.create_user_events(bus, pool),
    ]
    readiness = Readiness(supervisor, database=lambda: database.ping(pool), keys=authentication.keys.check)
    # Without the bus the last known counts are answered.
    readiness.optional |= {"bus": bus.check, "revocations": authentication.revocations.check}
    return create_application(
        "Todobus example",
        router.routes,
        lifespan(pool, parts),
        pool=pool,
        verifier=authentication.verifier,
        readiness=readiness,
    )
