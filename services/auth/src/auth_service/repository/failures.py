from typing import NamedTuple

from asyncpg import Pool
from sqlalchemy import text

from auth_service.domain import FORGET_FAILURES_HOURS, FREE_FAILURES, MAX_BLOCK_SECONDS
from service_common.database import Connection, Statement

WAIT = "ceil(extract(epoch from blocked_until - now()))::int"
OLD = f"f.last_at < now() - interval '{FORGET_FAILURES_HOURS} hours'"

_wait = Statement(
    text(f"""
    select {WAIT} from login_failures
    where account = :account and network = :network and blocked_until > now()
    """)
)
_add = Statement(
    text(f"""
    insert into login_failures as f (account, network, failures, blocked_until, last_at)
    values (:account, :network, 1, now(), now())
    on conflict (account, network) do update set
        failures = case when {OLD} then 1 when f.blocked_until > now() then f.failures else f.failures + 1 end,
        blocked_until = case
            when f.blocked_until > now() then f.blocked_until
            when f.failures + 1 < {FREE_FAILURES} or {OLD} then now()
            else now() + make_interval(secs =>
                least({MAX_BLOCK_SECONDS}, power(2, least(f.failures + 1 - {FREE_FAILURES}, 30))))
        end,
        last_at = now()
    returning new.failures, coalesce(old.blocked_until > now(), false) as blocked,
        ceil(extract(epoch from new.blocked_until - now()))::int as wait
    """)
)
_clear = Statement(
    text("""
    delete from login_failures where account = :account and network = :network and blocked_until <= now()
    """)
)
_delete_account = Statement(text("delete from login_failures where account = :account"))
_delete_old = Statement(
    text(f"delete from login_failures where last_at < now() - interval '{FORGET_FAILURES_HOURS} hours'")
)


class Attempt(NamedTuple):
    """Whose failures are counted: the address tried, as a digest, and where the attempt came from."""

    account: bytes
    network: str


async def wait(pool: Pool | Connection, attempt: Attempt) -> int:
    """Whole seconds until another attempt is taken; 0: now."""
    return await _wait.value(pool, account=attempt.account, network=attempt.network) or 0


async def add(pool: Pool, attempt: Attempt) -> int:
    """Count a failure; the seconds to wait that its answer must tell, 0 for the first five.

    Attempts that were let in together count one by one, and those that finish after the block began are not told
    whether they were right.
    """
    row = await _add.first(pool, account=attempt.account, network=attempt.network)
    assert row is not None, "an upsert returns its row"  # noqa: S101
    return row["wait"] if row["blocked"] or row["failures"] > FREE_FAILURES else 0


async def clear(connection: Connection, attempt: Attempt) -> None:
    """Forget the failures, unless they block."""
    await _clear.execute(connection, account=attempt.account, network=attempt.network)


async def delete_account(connection: Connection, account: bytes) -> None:
    await _delete_account.execute(connection, account=account)


async def delete_old(pool: Pool) -> None:
    await _delete_old.execute(pool)
