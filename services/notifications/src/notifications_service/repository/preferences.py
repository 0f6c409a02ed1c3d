"""What users have set, and what the user events say of them."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, fields
from datetime import datetime, time
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from notifications_service.domain import MAX_TESTS, Preferences, zone_of
from notifications_service.tables import preferences, profiles
from service_common.database import Connection, Executor, Statement

MOST = 100  # daily digests that are made in one transaction
NOT_ERASED = "where not exists (select from erasures where digest = sha256(uuid_send(:user_id)))"
_user_id = sa.bindparam("user_id", type_=sa.Uuid)
_NAMES = tuple(field.name for field in fields(Preferences))
_values = [sa.bindparam(name, type_=preferences.c[name].type) for name in (*_NAMES, "digest_at")]

_GET = Statement(sa.select(*(preferences.c[name] for name in _NAMES)).where(preferences.c.user_id == _user_id))
_SAVE = Statement(
    sa.text(f"""
    insert into preferences as p (user_id, {", ".join(_NAMES)}, digest_at, updated_at)
    select :user_id, {", ".join(f":{name}" for name in _NAMES)}, :digest_at,
        case when :moves then now() else '-infinity' end
    {NOT_ERASED}
    on conflict (user_id) do update set
        {", ".join(f"{name} = excluded.{name}" for name in (*_NAMES, "digest_at"))},
        updated_at = greatest(p.updated_at, excluded.updated_at)
    """).bindparams(_user_id, *_values, sa.bindparam("moves", type_=sa.Boolean))
)
_PROFILE = Statement(
    sa.text(f"""
    insert into profiles as p (user_id, sequence, email, email_verified, time_zone)
    select :user_id, :sequence, :email, :email_verified, :time_zone {NOT_ERASED}
    on conflict (user_id) do update set sequence = excluded.sequence, email = excluded.email,
        email_verified = excluded.email_verified, time_zone = excluded.time_zone
    where p.sequence < excluded.sequence
    """).bindparams(
        _user_id,
        *(
            sa.bindparam(name, type_=profiles.c[name].type)
            for name in ("sequence", "email", "email_verified", "time_zone")
        ),
    )
)
_ADDRESS = Statement(
    sa.select(profiles.c.email).where(profiles.c.user_id == _user_id, profiles.c.email_verified.is_(sa.true()))
)
_ZONE = Statement(sa.select(profiles.c.time_zone).where(profiles.c.user_id == _user_id))
_REACH = """
    select u as user_id, coalesce(f.time_zone, 'UTC') as time_zone, p.quiet_start, p.quiet_end,
        coalesce(p.by_email, false) as by_email, coalesce(f.email_verified, false) as has_address,
        coalesce(p.by_push, true) and exists (select from push_subscriptions s where s.user_id = u) as by_push
    from unnest(:user_ids) as u
    left join preferences p on p.user_id = u left join profiles f on f.user_id = u
"""
_REACHED = Statement(sa.text(_REACH).bindparams(sa.bindparam("user_ids", type_=ARRAY(sa.Uuid))))
_DIGESTS = Statement(
    sa.text(f"""
    select user_id, digest_hour, digest_at from preferences where digest_at <= now()
    order by digest_at limit {MOST} for update skip locked
    """)
)
_NEXT_DIGEST = Statement(
    sa.update(preferences)
    .where(preferences.c.user_id == _user_id)
    .values(digest_at=sa.bindparam("at", type_=sa.DateTime(timezone=True)))
)

# Those of the last hour; `t` are the user's.
_TESTS = "array(select at from unnest(t.sent_at) at where at > now() - interval '1 hour' order by at)"
_ADD_TEST = Statement(
    sa.text(f"""
    insert into test_messages as t (user_id, sent_at) select :user_id, array[now()] {NOT_ERASED}
    on conflict (user_id) do update set sent_at = {_TESTS} || now() where cardinality({_TESTS}) < {MAX_TESTS}
    returning true
    """).bindparams(_user_id)
)
_NEXT_TEST = Statement(
    sa.text(f"""
    select ceil(extract(epoch from ({_TESTS})[1] + interval '1 hour' - now()))::int
    from test_messages t where user_id = :user_id
    """).bindparams(_user_id)
)


class Reach(NamedTuple):
    """How a user is reached now."""

    user_id: UUID
    time_zone: str
    quiet_start: time | None
    quiet_end: time | None
    by_email: bool
    has_address: bool
    by_push: bool


class DigestDue(NamedTuple):
    user_id: UUID
    hour: int
    at: datetime


async def get(db: Executor, user_id: UUID) -> Preferences:
    row = await _GET.first(db, user_id=user_id)
    return Preferences(**row) if row else Preferences()


async def save(
    connection: Connection, user_id: UUID, chosen: Preferences, digest_at: datetime | None, *, moves: bool
) -> None:
    """`moves`: the default of reminders is another one from now on. An erased user gets none."""
    await _SAVE.execute(connection, user_id=user_id, digest_at=digest_at, moves=moves, **asdict(chosen))


async def save_profile(
    db: Executor, user_id: UUID, sequence: int, email: str, time_zone: str, *, email_verified: bool
) -> None:
    """The newest stays; an erased user gets none."""
    given = {"email": email, "email_verified": email_verified, "time_zone": time_zone}
    await _PROFILE.execute(db, user_id=user_id, sequence=sequence, **given)


async def address(db: Executor, user_id: UUID) -> str | None:
    """The verified e-mail address."""
    found: str | None = await _ADDRESS.value(db, user_id=user_id)
    return found


async def zone(db: Executor, user_id: UUID) -> ZoneInfo:
    return zone_of(await _ZONE.value(db, user_id=user_id) or "UTC")


async def reached(db: Executor, user_ids: Collection[UUID]) -> Sequence[Reach]:
    return [Reach(**row) for row in await _REACHED.all(db, user_ids=list(user_ids))]


async def digests_due(connection: Connection) -> Sequence[DigestDue]:
    """Users whose daily digest is due; their rows are locked."""
    return [DigestDue(*row) for row in await _DIGESTS.all(connection)]


async def next_digest(connection: Connection, user_id: UUID, at: datetime | None) -> None:
    await _NEXT_DIGEST.execute(connection, user_id=user_id, at=at)


async def add_test(connection: Connection, user_id: UUID) -> bool:
    """Whether the user may have one more test message now; it then counts as sent."""
    return bool(await _ADD_TEST.value(connection, user_id=user_id))


async def next_test(db: Executor, user_id: UUID) -> int:
    """The seconds after which the user may have a test message again."""
    return await _NEXT_TEST.value(db, user_id=user_id) or 1
