"""The user's sequence as a time axis: where it stood at an instant, and when a number was taken."""

from datetime import datetime

import sqlalchemy as sa

from service_common.database import Executor, Statement

# Numbers are taken in the order of time, so a binary search by the key finds one; of a change that is no longer there
# the time is before any that is asked for.
_SEQUENCE_AT = Statement(
    sa.text(
        """
        with recursive search (low, high) as (
            select cast(0 as bigint), coalesce((select sequence from feeds where user_id = :user_id), 0) + 1
            union all
            select case when is_before then middle else low end, case when is_before then high else middle end
            from search cross join lateral (select (low + high) / 2 as middle) half
            cross join lateral (
                select coalesce(
                    (select occurred_at <= :moment from changes where user_id = :user_id and sequence = middle), true
                ) as is_before
            ) compared
            where high - low > 1
        )
        select max(low) from search
        """
    )
)


async def sequence_at(db: Executor, user_id: str, moment: datetime) -> int:
    """The number of the user's last change until then; 0 before the first."""
    return int(await _SEQUENCE_AT.value(db, user_id=user_id, moment=moment))
