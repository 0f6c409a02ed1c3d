"""What the auth service hears and publishes on the bus; twins of the endpoints."""

from typing import Annotated
from uuid import UUID

from faststream import Path
from faststream.nats import NatsRouter

from auth_service.schemas import ProfilesReply, ProfilesRequest, TokenReply, TokenRequest
from auth_service.service import api_tokens, erasures, profiles
from auth_service.service.context import Context
from service_common import consumer_requests
from service_common.broker import INTERNAL, declare_reply, reads
from todobus_events import topology
from todobus_events.bus import Bus
from todobus_events.models import UserDeletedEvent, UserEvent

SERVICE = "auth"  # also the queue group of its instances


def create_router(context: Context, bus: Bus) -> NatsRouter:
    router = NatsRouter()
    consumer_requests.declare(router, bus, topology.USERS, SERVICE)
    router.publisher(
        topology.user_event("{user_id}", "{verb}"),
        title="userEvents",
        description=f"Every change of an account. Stored in the JetStream stream {topology.USERS}.",
        schema=UserEvent | UserDeletedEvent,
    )

    declare_reply(router, "tokenReply", TokenReply)
    declare_reply(router, "profilesReply", ProfilesReply)

    @router.subscriber(
        topology.RPC_EXCHANGE,
        SERVICE,
        title="tokenRequest",
        description=f"The gateway changes an API token for an access token. {INTERNAL}",
        decoder=reads(TokenRequest),
        max_workers=8,
    )
    async def exchange_token(request: TokenRequest) -> TokenReply:
        token = await api_tokens.exchange(context, request.id, bytes.fromhex(request.digest))
        return TokenReply(access_token=token)

    @router.subscriber(
        topology.RPC_PROFILES,
        SERVICE,
        title="profilesRequest",
        description=f"A service that was added later, or has lost profiles, asks for all of them. {INTERNAL}",
        decoder=reads(ProfilesRequest),
    )
    async def publish_profiles(_: ProfilesRequest) -> ProfilesReply:
        return ProfilesReply(users=await profiles.publish_all(context))

    @router.subscriber(
        topology.erased("{user_id}", "{service}"),
        SERVICE,
        title="erased",
        description=f"A service has erased a deleted user; auth repeats the deletion until all have. {INTERNAL}",
    )
    async def confirm_erasure(user_id: Annotated[UUID, Path()], service: Annotated[str, Path()]) -> None:
        await erasures.confirm(context, user_id, service)

    return router
