"""The todo service, put together."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Protocol

from fastapi import FastAPI

from service_common.broker import Broker
from service_common.database import create_pool, ping
from service_common.health import Readiness
from service_common.http import errors
from service_common.http.middleware import RequestContext
from service_common.tokens.authentication import Authentication
from todobus_events.bus import Bus
from todos_service import documentation, endpoints, subscribers
from todos_service.hot_routes import HotRoutes
from todos_service.housekeeping import Housekeeping
from todos_service.relay.relay import Relay
from todos_service.settings import Settings


class Part(Protocol):
    """Something that runs as long as the process."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


def create_app(settings: Settings) -> FastAPI:
    pool = create_pool(settings.database_url, settings.database_pool_size, "todos")
    bus = Bus(settings, f"todos-{settings.instance}")
    authentication = Authentication(settings, bus)
    relay = Relay(settings.database_url, bus, settings.nats_replicas)
    broker = Broker(bus, subscribers.create_router(pool), unavailable="the change log cannot be read now")
    consumer = subscribers.create_user_events(bus, pool)
    housekeeping = Housekeeping(settings, pool, relay.wake)
    parts: list[Part] = [authentication, bus, relay, broker, consumer, housekeeping]

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(pool)
            for part in parts:
                await part.start()
                stack.push_async_callback(part.stop)
            yield

    app = FastAPI(
        title="Todos",
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=documentation.operation_id,
    )
    app.state.settings = settings
    app.state.pool = pool
    app.state.wake = relay.wake
    app.state.verifier = authentication.verifier
    app.state.readiness = Readiness(database=lambda: ping(pool), keys=authentication.keys.check)
    # Without the bus todos can be written still: events wait in the outbox, tokens die of age.
    app.state.readiness.optional |= {"bus": bus.check, "revocations": authentication.revocations.check}
    app.openapi = documentation.openapi(app)  # type: ignore[method-assign]
    app.router.routes.extend(endpoints.ROUTES)
    app.add_middleware(HotRoutes, fastapi=app, routes=endpoints.HOT_ROUTES)
    app.add_middleware(RequestContext)
    errors.install_errors(app)
    return app
