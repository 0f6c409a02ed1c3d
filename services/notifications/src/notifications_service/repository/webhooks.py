"""Webhooks of a user, the claims of processes on those that are due, and the log of attempts."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from notifications_service.domain import KEPT_DELIVERIES, MAX_WEBHOOKS, Standing, Webhook
from notifications_service.tables import deliveries, webhooks
from service_common.database import Connection, Executor, Statement, named

LEASE = timedelta(seconds=60)  # renewed with each attempt, which takes 10 s
CANDIDATES = 1000
CHANGEABLE = ("url", "types", "project_id", "enabled")


class Delivery(NamedTuple):
    """One attempt; `sequence` is null for a test."""

    attempt: int
    event_id: UUID
    type: str
    sequence: int | None
    attempted_at: datetime
    duration_ms: int
    status: int | None
    response: str
    error: str


_COLUMNS = tuple(webhooks.c[field.name] for field in fields(Webhook))
_user_id = sa.bindparam("user_id", type_=sa.Uuid)
_webhook_id = sa.bindparam("webhook_id", type_=sa.Uuid)
_mine = (webhooks.c.user_id == _user_id) & (webhooks.c.id == _webhook_id)

_LOCK = Statement(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(sa.cast(_user_id, sa.Text), 0))))
_COUNT = Statement(sa.select(sa.func.count()).where(webhooks.c.user_id == _user_id))
_ADD = Statement(
    sa.insert(webhooks).values(named("user_id", "url", "types", "project_id", "position", "head")).returning(*_COLUMNS)
)
_ALL = Statement(sa.select(*_COLUMNS).where(webhooks.c.user_id == _user_id).order_by(webhooks.c.id))
_ONE = Statement(sa.select(*_COLUMNS).where(_mine))
_DELETE = Statement(sa.delete(webhooks).where(_mine).returning(webhooks.c.id))
_again = {"failures": 0, "failing_since": None, "next_attempt_at": sa.func.now()}
_CHANGE = Statement(
    sa.update(webhooks)
    .where(_mine)
    .values(
        {name: sa.bindparam(f"new_{name}", type_=webhooks.c[name].type) for name in CHANGEABLE}
        | _again
        | {
            "disabled_reason": sa.bindparam("new_reason", type_=sa.Text),
            "updated_at": sa.func.now(),
        }
    )
    .returning(*_COLUMNS)
)
_ROTATE = Statement(
    sa.update(webhooks)
    .where(_mine)
    .values(generation=webhooks.c.generation + 1, rotated_at=sa.func.now(), updated_at=sa.func.now())
    .returning(*_COLUMNS)
)
_REPLAY = Statement(
    sa.update(webhooks)
    .where(_mine)
    .values(position=sa.bindparam("after", type_=sa.BigInteger), updated_at=sa.func.now(), **_again)
    .returning(*_COLUMNS)
)
_ERASE = Statement(sa.delete(webhooks).where(webhooks.c.user_id == _user_id))
_DELIVERIES = Statement(
    sa.select(*(deliveries.c[name] for name in Delivery._fields))
    .where((deliveries.c.user_id == _user_id) & (deliveries.c.webhook_id == _webhook_id))
    .order_by(deliveries.c.attempt.desc())
    .limit(sa.bindparam("count"))
)

_heads = (
    sa.func.unnest(
        sa.bindparam("user_ids", type_=ARRAY(sa.Uuid)), sa.bindparam("sequences", type_=ARRAY(sa.BigInteger))
    )
    .table_valued("user_id", "sequence")
    .render_derived()
)
_RAISE = Statement(
    sa.update(webhooks)
    .where((webhooks.c.user_id == _heads.c.user_id) & (webhooks.c.head < _heads.c.sequence))
    .values(head=_heads.c.sequence)
    .returning(webhooks.c.id)
)
_BEHIND = Statement(
    sa.select(webhooks.c.user_id, sa.func.max(_heads.c.sequence).label("sequence"))
    .where((webhooks.c.user_id == _heads.c.user_id) & (webhooks.c.head < _heads.c.sequence))
    .group_by(webhooks.c.user_id)
)

# Of each user no more than a share; those that were tried longest ago come first.
_CLAIM = Statement(
    sa.text(f"""
    with due as (
        select user_id, id, next_attempt_at from webhooks
        where enabled and head > position and next_attempt_at <= now()
            and (claimed_until is null or claimed_until < now()) and (failures > 0) = :failing
        order by next_attempt_at limit {CANDIDATES}
    ),
    placed as (
        select user_id, id, next_attempt_at, row_number() over (partition by user_id order by next_attempt_at) as place
        from due
    ),
    taken as (
        select w.user_id, w.id
        from placed p
        join webhooks w on w.user_id = p.user_id and w.id = p.id
        left join unnest(cast(:busy as uuid[]), cast(:counts as int[])) as b (user_id, count) on b.user_id = p.user_id
        where p.place + coalesce(b.count, 0) <= :share and w.enabled and w.next_attempt_at <= now()
            and (w.claimed_until is null or w.claimed_until < now())
        order by p.next_attempt_at limit :most
        for update of w skip locked
    )
    update webhooks w set claimed_by = :claim, claimed_until = now() + cast(:lease as interval)
    from taken where w.user_id = taken.user_id and w.id = taken.id
    returning {", ".join(f"w.{column.name}" for column in _COLUMNS)}
    """).bindparams(claim=sa.bindparam("claim", type_=sa.Uuid), lease=LEASE)
)
_held = _mine & (webhooks.c.claimed_by == sa.bindparam("claim", type_=sa.Uuid))
_RELEASE = Statement(
    sa.update(webhooks)
    .where(_held)
    .values(
        claimed_by=None,
        claimed_until=None,
        position=sa.case(
            (webhooks.c.position == sa.bindparam("expected"), sa.bindparam("reached", type_=sa.BigInteger)),
            else_=webhooks.c.position,
        ),
        head=sa.func.greatest(webhooks.c.head, sa.bindparam("newest", type_=sa.BigInteger)),
        next_attempt_at=sa.func.greatest(
            webhooks.c.next_attempt_at, sa.func.now() + sa.bindparam("pause", type_=sa.Interval)
        ),
    )
)
_LOG = f"""
    insert into deliveries as d (user_id, webhook_id, slot, {", ".join(Delivery._fields)})
    select user_id, id, attempts % {KEPT_DELIVERIES}, attempts, :event_id, :type, cast(:sequence as bigint),
        :attempted_at, :duration_ms, cast(:status as int), :response, :error
    from attempted
    on conflict (user_id, webhook_id, slot) do update set
        {", ".join(f"{name} = excluded.{name}" for name in Delivery._fields)}
"""
_logged = {name: sa.bindparam(name, type_=deliveries.c[name].type) for name in Delivery._fields[1:]}
_LOG_TEST = Statement(
    sa.text(f"""
    with attempted as (
        update webhooks set attempts = attempts + 1 where user_id = :user_id and id = :webhook_id returning *
    )
    {_LOG}
    """).bindparams(_user_id, _webhook_id, *_logged.values())
)
_SETTLE = Statement(
    sa.text(f"""
    with attempted as (
        update webhooks set attempts = attempts + 1, position = :reached, claimed_until = now() + :lease,
            failures = :failures, failing_since = :failing_since, next_attempt_at = :next_attempt_at,
            enabled = cast(:disabled_reason as text) is null, disabled_reason = :disabled_reason
        where user_id = :user_id and id = :webhook_id and claimed_by = :claim and enabled and position = :expected
        returning *
    ),
    logged as ({_LOG})
    select {", ".join(column.name for column in _COLUMNS)} from attempted
    """).bindparams(
        _user_id,
        _webhook_id,
        *_logged.values(),
        sa.bindparam("claim", type_=sa.Uuid),
        sa.bindparam("expected", type_=sa.BigInteger),
        sa.bindparam("reached", type_=sa.BigInteger),
        *(sa.bindparam(field.name, type_=webhooks.c[field.name].type) for field in fields(Standing)),
        lease=LEASE,
    )
)


async def add(
    connection: Connection, user_id: UUID, url: str, types: Sequence[str], project_id: UUID | None, sequence: int
) -> Webhook | None:
    """A webhook that begins behind `sequence`; None if the user has as many as there may be. Needs a transaction."""
    await _LOCK.execute(connection, user_id=user_id)
    if await _COUNT.value(connection, user_id=user_id) >= MAX_WEBHOOKS:
        return None
    given = {"url": url, "types": types, "project_id": project_id, "position": sequence, "head": sequence}
    return Webhook(**await _ADD.one(connection, user_id=user_id, **given))


async def of_user(db: Executor, user_id: UUID) -> list[Webhook]:
    return [Webhook(**row) for row in await _ALL.all(db, user_id=user_id)]


async def get(db: Executor, user_id: UUID, webhook_id: UUID) -> Webhook | None:
    return _webhook(await _ONE.first(db, user_id=user_id, webhook_id=webhook_id))


async def change(
    db: Executor, user_id: UUID, webhook_id: UUID, values: Mapping[str, Any], reason: str | None
) -> Webhook | None:
    """Set all of CHANGEABLE; what failed is forgotten."""
    given = {f"new_{name}": value for name, value in values.items()}
    return _webhook(await _CHANGE.first(db, user_id=user_id, webhook_id=webhook_id, new_reason=reason, **given))


async def rotate(db: Executor, user_id: UUID, webhook_id: UUID) -> Webhook | None:
    return _webhook(await _ROTATE.first(db, user_id=user_id, webhook_id=webhook_id))


async def replay(db: Executor, user_id: UUID, webhook_id: UUID, after: int) -> Webhook | None:
    """Deliver again what comes after this sequence."""
    return _webhook(await _REPLAY.first(db, user_id=user_id, webhook_id=webhook_id, after=after))


async def delete(db: Executor, user_id: UUID, webhook_id: UUID) -> bool:
    return await _DELETE.first(db, user_id=user_id, webhook_id=webhook_id) is not None


async def erase(db: Executor, user_id: UUID) -> None:
    await _ERASE.execute(db, user_id=user_id)


async def attempts(db: Executor, user_id: UUID, webhook_id: UUID, count: int) -> list[Delivery]:
    """The newest attempts, the last one first."""
    rows = await _DELIVERIES.all(db, user_id=user_id, webhook_id=webhook_id, count=count)
    return [Delivery(*row) for row in rows]


async def raise_heads(db: Executor, heads: Mapping[UUID, int]) -> bool:
    """Note the newest sequence of each user; whether it is news to a webhook."""
    rows = await _RAISE.all(db, user_ids=list(heads), sequences=list(heads.values()))
    return bool(rows)


async def behind(db: Executor, heads: Mapping[UUID, int]) -> dict[UUID, int]:
    """The users, with their heads, of whose webhooks one does not know the head."""
    rows = await _BEHIND.all(db, user_ids=list(heads), sequences=list(heads.values()))
    return {row["user_id"]: row["sequence"] for row in rows}


async def claim(
    db: Executor, claim_id: UUID, *, failing: bool, most: int, share: int, busy: Mapping[UUID, int]
) -> list[Webhook]:
    """Claim up to `most` webhooks that are due, of each user at most `share` together with those that are `busy`."""
    given = {"busy": list(busy), "counts": list(busy.values()), "most": most, "share": share}
    return [Webhook(**row) for row in await _CLAIM.all(db, claim=claim_id, failing=failing, **given)]


async def settle(
    db: Executor, webhook: Webhook, claim_id: UUID, delivery: Delivery, reached: int, standing: Standing
) -> Webhook | None:
    """Record an attempt, and renew the claim; None if it is lost, or the webhook was moved, disabled or deleted."""
    values = delivery._asdict() | {field.name: getattr(standing, field.name) for field in fields(Standing)}
    del values["attempt"]
    mine = {"user_id": webhook.user_id, "webhook_id": webhook.id, "claim": claim_id, "expected": webhook.position}
    return _webhook(await _SETTLE.first(db, reached=reached, **mine, **values))


async def log_test(db: Executor, user_id: UUID, webhook_id: UUID, delivery: Delivery) -> None:
    values = delivery._asdict()
    del values["attempt"]
    await _LOG_TEST.execute(db, user_id=user_id, webhook_id=webhook_id, **values)


async def release(db: Executor, webhook: Webhook, claim_id: UUID, reached: int, newest: int, pause: timedelta) -> None:
    """Give up a claim; the changes up to `reached` are delivered or not wanted, `newest` is the feed's last."""
    mine = {"user_id": webhook.user_id, "webhook_id": webhook.id, "claim": claim_id, "expected": webhook.position}
    await _RELEASE.execute(db, reached=reached, newest=newest, pause=pause, **mine)


def _webhook(row: asyncpg.Record | None) -> Webhook | None:
    return Webhook(**row) if row else None
