"""What a user has and has done, counted in the feed's row by the statements that write; quotas are checked there."""

import sqlalchemy as sa

from service_common.database import Executor, Statement
from todos_service.domain import Quotas
from todos_service.tables import feeds


def today(column: str) -> str:
    """A count of the day, which is 0 when the day is over."""
    return f"case when feeds.day = current_date then feeds.{column} else 0 end"


def counted(todos: str, size: str, writes: str) -> str:
    """What an update of a feed sets: so many todos, bytes and writes more."""
    return f"""todos = feeds.todos + {todos}, bytes = feeds.bytes + {size}, day = current_date,
        writes = {today("writes")} + {writes}, kept = {today("kept")}"""


def allowed(todos: str, size: str, writes: str) -> str:
    """Whether these quotas allow it: what takes nothing more is always allowed."""
    return f"""({todos} <= 0 or feeds.todos + {todos} <= cast(:max_todos as bigint))
        and ({size} <= 0 or feeds.bytes + {size} <= cast(:max_bytes as bigint))
        and ({writes} <= 0 or {today("writes")} + {writes} <= cast(:max_writes as bigint))"""


def limits(quotas: Quotas) -> dict[str, int]:
    """The parameters of `allowed`."""
    return {"max_todos": quotas.todos, "max_bytes": quotas.bytes, "max_writes": quotas.writes_a_day}


_USED = Statement(
    sa.select(feeds.c.todos, feeds.c.bytes, sa.literal_column(today("writes")), sa.literal_column(today("kept"))).where(
        feeds.c.user_id == sa.bindparam("user_id")
    )
)


async def check(db: Executor, user_id: str, quotas: Quotas, more: Quotas) -> None:
    """Raises: QuotaExceeded, DailyQuotaExceeded, where the user would have or do too much with `more`."""
    row = await _USED.first(db, user_id=user_id)
    quotas.check(Quotas(*row) if row else Quotas(), more)
