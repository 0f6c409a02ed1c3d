"""FastStream on the process's own NATS connection: what a service answers and hears on the bus.

`subscribers.py` of a service declares it on a router, as `endpoints.py` declares routes. FastStream's defaults that
lose messages or rewrite streams are set here, in one place.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Annotated, Any

import orjson
import structlog
from fast_depends.pydantic import PydanticSerializer
from faststream import AckPolicy, BaseMiddleware
from faststream.nats import NatsBroker, NatsMessage, NatsRouter
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from pydantic import BaseModel, Field, ValidationError

from service_common import database
from service_common.errors import Unavailable
from todobus_events import topology
from todobus_events.bus import Bus

log = structlog.get_logger("broker")

INTERNAL = "Internal: between our own services, and it may change. Core NATS, not stored."
ACKNOWLEDGEMENT = "$JS.ACK."


class Broker(NatsBroker):
    """Subscribes at the first connection of the bus, which reconnects and closes it.

    `unavailable` is the detail of the reply to a request while the database or the bus fails.
    """

    def __init__(self, bus: Bus, router: NatsRouter, *, unavailable: str = "it cannot be answered now") -> None:
        super().__init__(
            routers=[router],
            middlewares=[ErrorReplies],
            serializer=PydanticSerializer(use_fastdepends_errors=False),
            logger=logging.getLogger(__name__),  # FastStream's own writes past our log format
            log_level=logging.DEBUG,  # of its two lines for each message; errors are logged as errors
        )
        self.unavailable = unavailable
        self._bus = bus
        self._starting = asyncio.Lock()
        self._stopping = False

    async def start(self) -> None:
        """Return at once, also while the bus is down."""
        self._bus.on_connect(self._connected)
        if self._bus.connected:
            await self._connected()

    async def stop(
        self,
        exc_type: type[BaseException] | None = None,
        exc_val: BaseException | None = None,
        exc_tb: TracebackType | None = None,
    ) -> None:
        """Finish what is being handled; the connection stays open for the other parts of the process."""
        self._stopping = True  # the bus may reconnect meanwhile
        self._connection = None  # FastStream would drain it
        try:
            await super().stop(exc_type, exc_val, exc_tb)
        except ExceptionGroup as error:
            log.warning("subscriptions not ended", errors=[repr(one) for one in error.exceptions])

    async def _connect(self) -> Client:
        self.config.connect(self._bus.client)
        return self._bus.client

    async def _connected(self) -> None:
        async with self._starting:  # `start` and the bus may call at the same time
            if not (self.running or self._stopping):
                self._replace_defaults()
                await super().start()

    def _replace_defaults(self) -> None:
        """Here, because a router has read FastStream's before it joins the broker."""
        for stream, _ in self._stream_builder.objects.values():
            stream.declare = False  # provisioning makes the streams
        for subscriber in self.subscribers:
            if subscriber.ack_policy is AckPolicy.REJECT_ON_ERROR:  # it discards an event whose handler fails
                subscriber.ack_policy = AckPolicy.NACK_ON_ERROR


class ErrorReplies(BaseMiddleware[Any, Any]):
    """A request that cannot be answered gets a reply that says so, instead of its time-out."""

    async def after_processed(
        self,
        exc_type: type[BaseException] | None = None,  # noqa: ARG002 - FastStream's signature
        exc_val: BaseException | None = None,
        exc_tb: TracebackType | None = None,  # noqa: ARG002
    ) -> bool:
        """Whether the error is handled; FastStream logs one that is not."""
        if not isinstance(self.msg, Msg) or self.msg.reply.startswith(ACKNOWLEDGEMENT):
            return False  # an event of a stream is not answered: it comes again
        if isinstance(exc_val, ValidationError):
            detail = "; ".join(f"{error['loc']}: {error['msg']}" for error in exc_val.errors())
            return await self._reply("invalid_request", detail)
        if isinstance(exc_val, Unavailable):
            return await self._reply("unavailable", exc_val.detail)
        if isinstance(exc_val, (*database.ERRORS, NatsError)):
            log.warning("message not handled", subject=self.msg.subject, error=repr(exc_val))
            return await self._reply("unavailable", self.context.get("broker").unavailable)
        return False

    async def _reply(self, code: str, detail: str) -> bool:
        if self.msg.reply:
            await self.msg.respond(orjson.dumps({"error": {"code": code, "detail": detail}}))
        return True


def reads(model: type[BaseModel]) -> Callable[[NatsMessage], Awaitable[BaseModel]]:
    """The decoder of a subscriber whose handler takes a `model`; raises ValidationError."""

    async def decode(message: NatsMessage) -> BaseModel:
        return model.model_validate_json(message.body)

    return decode


def declare_reply(router: NatsRouter, title: str, model: type[BaseModel]) -> None:
    """Put a reply into the AsyncAPI document: FastStream's generator takes the requests only."""
    about = 'The reply subject of the request. A request that fails gets `{"error": {"code": …, "detail": …}}`.'
    router.publisher("", title=title, description=about, schema=model)


def declare_dead_letters(router: NatsRouter) -> None:
    """Put the dead letters of `Consumer` into the AsyncAPI document."""
    router.publisher(
        topology.dead_letter("{consumer}", "{type}"),
        title="deadLetters",
        description=f"Events that a consumer refused. Stored in the JetStream stream {topology.DEAD_LETTERS}.",
        schema=Annotated[bytes, Field(description="The event, byte for byte; the headers give the reason.")],
    )
