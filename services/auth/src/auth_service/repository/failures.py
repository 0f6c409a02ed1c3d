from datetime import timedelta
from typing import NamedTuple

import sqlalchemy as sa

from auth_service.domain import FORGET_FAILURES_HOURS, FREE_FAILURES, MAX_BLOCK_SECONDS
from auth_service.tables import login_failures
from service_common.database import Connection, Executor, Statement, ago

_account = login_failures.c.account == sa.bindparam("account")
_attempt = _account & (login_failures.c.network == sa.bindparam("network"))
_wait = Statement(
    sa.select(
        sa.cast(sa.func.ceil(sa.extract("epoch", login_failures.c.blocked_until - sa.func.now())), sa.Integer)
    ).where(_attempt, login_failures.c.blocked_until > sa.func.now())
)
# Text: Core has no `returning old` and `new`.
_OLD = f"f.last_at < now() - interval '{FORGET_FAILURES_HOURS} hours'"
_add = Statement(
    sa.text(f"""
    insert into login_failures as f (account, network, failures, blocked_until, last_at)
    values (:account, :network, 1, now(), now())
    on conflict (account, network) do update set
        failures = case when {_OLD} then 1 when f.blocked_until > now() then f.failures else f.failures + 1 end,
        blocked_until = case
            when f.blocked_until > now() then f.blocked_until
            when f.failures + 1 < {FREE_FAILURES} or {_OLD} then now()
            else now() + make_interval(secs =>
                least({MAX_BLOCK_SECONDS}, power(2, least(f.failures + 1 - {FREE_FAILURES}, 30))))
        end,
        last_at = now()
    returning new.failures, coalesce(old.blocked_until > now(), false) as blocked,
        ceil(extract(epoch from new.blocked_until - now()))::int as wait
    """)
)
_clear = Statement(sa.delete(login_failures).where(_attempt, login_failures.c.blocked_until <= sa.func.now()))
_delete_account = Statement(sa.delete(login_failures).where(_account))
_delete_old = Statement(
    sa.delete(login_failures).where(login_failures.c.last_at < ago(timedelta(hours=FORGET_FAILURES_HOURS)))
)


class Attempt(NamedTuple):
    """What failures are counted by: the digest of the address tried, and the network of the attempt."""

    account: bytes
    network: str


async def wait(db: Executor, attempt: Attempt) -> int:
    """Whole seconds until another attempt is accepted; 0: now."""
    return await _wait.value(db, account=attempt.account, network=attempt.network) or 0


async def add(db: Executor, attempt: Attempt) -> int:
    """Count a failure; the seconds to wait that its answer names, 0 for the first five.

    Concurrent attempts count one by one; those that finish after the block began are answered with the wait, not with
    whether the password was right.
    """
    row = await _add.one(db, account=attempt.account, network=attempt.network)
    return row["wait"] if row["blocked"] or row["failures"] > FREE_FAILURES else 0


async def clear(connection: Connection, attempt: Attempt) -> None:
    """Forget the failures, unless they block."""
    await _clear.execute(connection, account=attempt.account, network=attempt.network)


async def delete_account(connection: Connection, account: bytes) -> None:
    await _delete_account.execute(connection, account=account)


async def delete_old(db: Executor) -> None:
    await _delete_old.execute(db)
