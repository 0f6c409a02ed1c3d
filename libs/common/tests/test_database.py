import uuid

from sqlalchemy import BigInteger, Column, MetaData, Table, Text, Uuid, bindparam, func, select, text

from service_common.database import Statement

things = Table("things", MetaData(), Column("id", Uuid), Column("size", BigInteger), Column("name", Text))


class FakeConnection:
    """Records what would be sent to the server."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, tuple[object, ...]]] = []

    async def fetch(self, sql: str, *arguments: object, **_: object) -> list[object]:
        self.sent.append((sql, arguments))
        return []


class TestStatement:
    def test_compiles_to_the_drivers_form(self):
        statement = Statement(select(things.c.id).where(things.c.size > bindparam("least")))
        assert "$1::BIGINT" in statement.sql

    async def test_orders_named_parameters_and_keeps_constants(self):
        statement = Statement(
            select(func.coalesce(things.c.name, "nameless")).where(
                things.c.id == bindparam("id"), things.c.size > bindparam("least")
            )
        )
        connection, identity = FakeConnection(), uuid.uuid4()
        await statement.all(connection, least=3, id=identity)
        assert connection.sent[0][1] == ("nameless", identity, 3)

    async def test_takes_text_with_a_parameter_used_twice(self):
        statement = Statement(text("select cast(:a as bigint), :b, cast(:a as bigint)"))
        connection = FakeConnection()
        await statement.all(connection, a=1, b="x")
        sql, arguments = connection.sent[0]
        assert sql.count("$1") == 2
        assert arguments == (1, "x")
