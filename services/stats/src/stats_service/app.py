"""The stats service on one page: its parts, how they are wired, how they start and stop."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI

from service_common import database
from service_common.broker import Broker
from service_common.health import Readiness
from service_common.http import errors
from service_common.http.middleware import RequestContext
from service_common.tokens.authentication import Authentication
from service_common.tokens.keys import KeySource
from stats_service import subscribers
from stats_service.endpoints import router
from stats_service.projection.projector import Projector
from stats_service.settings import Settings
from todobus_events.bus import Bus


def create_app(settings: Settings, keys: KeySource | None = None) -> FastAPI:
    bus = Bus(settings, "stats", echo=False)
    authentication = Authentication(settings, bus, keys)
    pool = database.create_pool(settings.database_url, settings.database_pool_size, "stats")
    projector = Projector(pool, bus)
    on_bus = (
        Broker(bus, subscribers.create_router(pool), unavailable="the projection cannot be read now"),
        subscribers.create_todo_events(bus, projector),
        subscribers.create_user_events(bus, pool),
    )

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(pool)
            for part in (authentication, bus, projector.healer, *on_bus):
                await part.start()
                stack.push_async_callback(part.stop)
            yield

    app = FastAPI(title="Todobus stats", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.verifier = authentication.verifier
    app.state.projector = projector
    app.state.readiness = Readiness(database=lambda: database.ping(pool), keys=authentication.keys.check)
    # Without the bus figures are given still, and said to be stale.
    app.state.readiness.optional |= {"bus": bus.check, "revocations": authentication.revocations.check}
    errors.install_errors(app)
    app.add_middleware(RequestContext)
    app.include_router(router)
    return app
