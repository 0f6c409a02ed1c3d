"""The gateway on one page: what happens to a request, and the parts that do it."""

import contextlib
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

import structlog
from starlette.types import Receive, Scope, Send

from api_gateway.api_tokens import ApiTokens, Ask, ask_auth
from api_gateway.concurrency import Places
from api_gateway.cors import PREFLIGHT, Cors
from api_gateway.errors import ClientDisconnected, NotRouted
from api_gateway.exchange import Exchange
from api_gateway.live.event_stream import LiveEvents
from api_gateway.rate_limits import RateLimit
from api_gateway.routes import LIVE, Route, RouteTable
from api_gateway.server.admission import Admission, most_connections
from api_gateway.server.protocol import HttpProtocol
from api_gateway.settings import Settings
from api_gateway.site.site import Site
from api_gateway.trusted_proxies import TrustedProxies
from api_gateway.upstream.balancing import Upstreams
from api_gateway.upstream.proxy import forward
from service_common.authentication import Authentication
from service_common.bus import create_bus
from service_common.errors import ServiceError, Unauthorized
from service_common.health import Readiness
from service_common.supervision import Supervisor, running
from service_common.tokens.verifier import Claims, Verifier

log = structlog.get_logger("gateway")
Handler = Callable[[Scope, Receive, Send, Claims, str], Awaitable[None]]


def create_app(settings: Settings) -> "Gateway":
    supervisor = Supervisor()
    bus = create_bus(settings, "gateway", supervisor)
    authentication = Authentication(settings, bus)
    upstreams = Upstreams(settings.upstreams, supervisor=supervisor)
    readiness = Readiness(
        supervisor,
        bus=bus.check,
        tokens=authentication.check,
        **{service: upstreams[service].check for service in settings.upstreams.keys() - settings.added_upstreams},
    )
    readiness.optional |= {service: upstreams[service].check for service in settings.added_upstreams}
    readiness.shared = frozenset({"bus", *settings.upstreams})
    site = Site(settings.web_root, readiness, settings.upstreams, settings.routes)
    live = LiveEvents(
        bus,
        authentication.revocations,
        lambda: readiness.draining,
        streams_per_user=settings.user_streams,
        streams_per_address=settings.limit(settings.address_streams),
    )
    ask = partial(ask_auth, bus)
    gateway = Gateway(settings, upstreams, authentication.verifier, ask, readiness, site, handlers={LIVE: live})

    gateway.running = lambda: running([upstreams, authentication, bus, live])
    return gateway


def server_options(settings: Settings) -> dict[str, Any]:
    """Options of uvicorn: the gateway's protocol, no forwarding headers read, no header of its own but `Date`."""
    proxies, per_address = TrustedProxies(settings.trusted_networks), settings.limit(settings.address_connections)
    admission = Admission(most_connections(), per_address, proxies.trusts)
    return {
        "http": partial(HttpProtocol, admission=admission),
        "proxy_headers": False,
        "server_header": False,
        "date_header": True,
        "ws": "none",
        "backlog": 4096,
    }


class Gateway:
    """The ASGI app; `running` is entered while it serves, `handlers` answer for targets that are not services."""

    running: Callable[[], contextlib.AbstractAsyncContextManager[None]] = contextlib.nullcontext

    def __init__(
        self,
        settings: Settings,
        upstreams: Upstreams,
        verifier: Verifier,
        ask: Ask,
        readiness: Readiness,
        site: Site,
        handlers: Mapping[str, Handler],
    ) -> None:
        self.upstreams = upstreams
        self.verifier = verifier
        self.readiness = readiness
        self.site = site
        self.handlers = handlers
        self.routes = RouteTable(settings.routes)
        self.proxies = TrustedProxies(settings.trusted_networks)
        self.cors = Cors(settings.origins)
        self.limited = settings.limited
        self.users = RateLimit("user", settings.user_rate_per_minute, settings.user_burst)
        self.addresses = RateLimit("address", settings.address_rate_per_minute, settings.address_burst)
        guesses = RateLimit("address", settings.address_rate_per_minute, settings.address_burst)
        self.api_tokens = ApiTokens(ask, verifier, guesses if self.limited else None)
        limit = settings.limit
        self.places_of_users = Places("A user", limit(settings.user_places), limit(settings.user_in_flight))
        self.places_of_addresses = Places(
            "An address", limit(settings.address_places), limit(settings.address_in_flight)
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self._lifespan(receive, send)
        exchange = Exchange(scope, receive, send, self.proxies)
        try:
            exchange.read_headers()
            await self._serve(exchange)
        except ServiceError as error:
            await self._refuse(exchange, error)
        except ClientDisconnected:
            pass
        except Exception:
            log.exception("unexpected error", path=scope["path"])
            await self._refuse(exchange, ServiceError("Something went wrong here. The request id finds it in the log."))
        finally:
            exchange.record()

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        async with self.running():
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})

    async def _serve(self, exchange: Exchange) -> None:
        path = exchange.scope["raw_path"]
        if route := self.routes.find(path):
            exchange.route, exchange.label = route, route.path
            await self._route(exchange, route)
        elif path.startswith(b"/api/"):
            raise NotRouted
        else:
            await self.site.serve(exchange)

    async def _route(self, exchange: Exchange, route: Route) -> None:
        exchange.extra += self.cors.headers(exchange.headers.origin)
        if self.cors.is_preflight(exchange):
            return await exchange.answer_empty(204, PREFLIGHT)
        claims = None if route.public else await self._authenticated(exchange)
        exchange.holder = claims.user_id if claims else exchange.client
        if self.limited and route.limited:
            exchange.extra += (self.users if claims else self.addresses).take(exchange.holder)
        if route.target in self.handlers and claims:
            return await self._handle(exchange, self.handlers[route.target], claims)
        upstream, places = self.upstreams[route.target], self.places_of_users if claims else self.places_of_addresses
        turn = places.enter(exchange.holder)
        try:
            if turn:
                await places.wait(turn, upstream.policy.total * route.patience)
            return await forward(exchange, upstream)
        finally:
            places.leave(exchange.holder, turn)

    async def _authenticated(self, exchange: Exchange) -> Claims:
        given = exchange.headers.authorization
        try:
            if ApiTokens.is_one(given):
                access_token = await self.api_tokens.access_token(given, exchange.client)
                exchange.headers.authorize(access_token)
                return await self.verifier.verify(access_token)
            return await self.verifier.authenticate(given.decode("latin-1"))
        except Unauthorized:
            if self.limited:
                self.addresses.take(exchange.client)
            raise

    async def _handle(self, exchange: Exchange, handler: Handler, claims: Claims) -> None:
        """Let a handler of the gateway answer; the headers that every answer carries are added."""

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                await exchange.start(message["status"], [*message["headers"]])
                exchange.record()
            else:
                await exchange.send(message)

        await handler(exchange.scope, exchange.receive, send, claims, exchange.client)

    async def _refuse(self, exchange: Exchange, error: ServiceError) -> None:
        """Answer with the error, unless an answer has begun: then it is broken off, with its connection."""
        if not exchange.status:
            await exchange.answer_error(error)
