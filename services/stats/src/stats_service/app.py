"""The stats service, wired."""

from fastapi import FastAPI

from service_common import database
from service_common.authentication import Authentication
from service_common.broker import Broker
from service_common.bus import create_bus
from service_common.health import Readiness
from service_common.http.application import create_application
from service_common.supervision import Part, Supervisor, lifespan
from stats_service import service, subscribers
from stats_service.endpoints import router
from stats_service.projection.history import Histories
from stats_service.projection.projector import Projector
from stats_service.settings import Settings


def create_app(settings: Settings) -> FastAPI:
    pool = database.create_pool(settings.database_url, settings.database_pool_size, "stats")
    supervisor = Supervisor()
    bus = create_bus(settings, "stats", supervisor, echo=False)
    authentication = Authentication(settings, bus)
    projector = Projector(pool, bus)
    statistics = service.Statistics(pool)
    parts: list[Part] = [
        authentication,
        bus,
        projector.healer,
        Broker(bus, subscribers.create_router(statistics), unavailable="the projection cannot be read now"),
        subscribers.create_todo_events(bus, projector),
        subscribers.create_user_events(bus, pool),
    ]
    readiness = Readiness(supervisor, database=lambda: database.ping(pool), keys=authentication.keys.check)
    # Without the bus figures are still answered, marked as stale.
    readiness.optional |= {"bus": bus.check, "revocations": authentication.revocations.check}
    return create_application(
        "Todobus stats",
        router.routes,
        lifespan(pool, parts),
        redirect_slashes=True,
        pool=pool,
        histories=Histories(pool, bus),
        projector=projector,
        statistics=statistics,
        verifier=authentication.verifier,
        readiness=readiness,
    )
