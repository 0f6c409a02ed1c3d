"""Pages end at a number of rows or of bytes, whichever comes first: a process holds no more of an answer than that."""

from typing import Any

import sqlalchemy as sa

PAGE_BYTES = 4 * 1024 * 1024


def page(rows: sa.Select[Any], text: sa.ColumnElement[str], *order: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """The first `count` rows, as far as the texts before each have less than `most` bytes: at least one.

    A column more, `total`, has the bytes of the texts up to each row.
    """
    size = sa.func.octet_length(text)
    total = sa.func.sum(size).over(order_by=order, rows=(None, 0))
    sized = rows.add_columns(total.label("total"), size.label("size")).order_by(*order)
    found = sized.limit(sa.bindparam("count")).subquery()
    return (
        sa.select(*(column for column in found.c if column.name != "size"))
        .where(found.c.total - found.c.size < sa.bindparam("most", value=PAGE_BYTES, type_=sa.BigInteger))
        .order_by(found.c.total)
    )
