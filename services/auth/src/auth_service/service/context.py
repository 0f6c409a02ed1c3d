"""What every use case works with, and the steps that several use cases share."""

import asyncio
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import nats.errors
import orjson
import structlog
from asyncpg import Pool
from nats.js.errors import Error as JetStreamError

from auth_service.derived_keys import Secrets
from auth_service.domain import Client, User, instant, profile
from auth_service.openid import Providers
from auth_service.passwords import Passwords
from auth_service.repository import allowances, outbox, revocations, users
from auth_service.service.keyring import Keyring
from auth_service.settings import Settings
from service_common.database import Connection
from service_common.errors import RetryLater
from service_common.revocations import Revocation, Revocations, publish
from service_common.telemetry import context
from todobus_events.bus import Bus
from todobus_events.models import NIL_UUID

log = structlog.get_logger("auth")
PUBLISH_SECONDS = 2
PAGE = 500


@dataclass(frozen=True)
class Context:
    """`wake` the relay after a commit that wrote to the outbox."""

    settings: Settings
    pool: Pool
    bus: Bus
    passwords: Passwords
    providers: Providers
    secrets: Secrets
    keyring: Keyring
    revocations: Revocations
    wake: Callable[[], None]


async def announce(connection: Connection, user: User, verb: str, occurred_at: datetime, **data: object) -> None:
    """Put an event into the outbox, in the transaction of the change that it describes."""
    await _insert(
        connection,
        user.id,
        verb,
        user.sequence,
        occurred_at,
        {"user": profile(user) | {"email_verified": user.email_verified}, **data},
    )


async def announce_all(connection: Connection) -> int:
    """Publish every profile; how many there are. Deletions are published until all have confirmed them."""
    after, now, count = NIL_UUID, datetime.now(UTC), 0
    while page := await users.page(connection, after, PAGE):
        for user in page:
            await announce(connection, user, "updated", now)
        after, count = page[-1].id, count + len(page)
    return count


async def announce_deleted(connection: Connection, user_id: uuid.UUID, sequence: int) -> None:
    """The last event of a user, also when it is published again; it holds no personal data."""
    await _insert(connection, user_id, "deleted", sequence, datetime.now(UTC), {"user": {"id": str(user_id)}})


async def _insert(
    connection: Connection, user_id: uuid.UUID, verb: str, sequence: int, occurred_at: datetime, data: dict[str, object]
) -> None:
    body = {"sequence": sequence, "type": f"user.{verb}.v1", **data, "occurred_at": instant(occurred_at)}
    trace = context.traceparent.get()
    await outbox.insert(connection, user_id, verb, sequence, orjson.dumps(body).decode(), occurred_at, trace)


async def revoke(context: Context, ended: Sequence[Revocation]) -> None:
    """Make every verifier refuse the tokens, after the commit and before the answer.

    While the bus is unavailable they stay unpublished: the relay publishes them once it is connected.
    """
    if not ended:
        return None
    for one in ended:
        context.revocations.revoke(one)
    if not context.bus.connected:
        return context.wake()
    try:
        async with asyncio.timeout(PUBLISH_SECONDS):
            await asyncio.gather(*(publish(context.bus, one) for one in ended))
    except (nats.errors.Error, JetStreamError, TimeoutError) as error:
        log.warning("revocation not published yet", error=repr(error))
        return context.wake()
    return await revocations.published(context.pool, ended)


async def use_allowance(context: Context, subject: str, per_hour: int, refusal: type[RetryLater]) -> None:
    """Count what `subject` may do `per_hour` times. Raises `refusal` with the seconds until the next time."""
    if seconds := await allowances.use(context.pool, refusal.code, subject, per_hour):
        raise refusal(seconds)


async def limit_network(context: Context, client: Client, per_hour: int, refusal: type[RetryLater]) -> None:
    """As `use_allowance` for the caller's network, unless limits are off."""
    if context.settings.rate_limits == "on":
        await use_allowance(context, client.network, per_hour, refusal)


def identity(text: str) -> uuid.UUID | None:
    """`text` as a UUID; None if it is not one."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
