"""The schema of the example service, as the migrations leave it (compared in tests/contracts/test_tables.py)."""

import sqlalchemy as sa

metadata = sa.MetaData()

completions = sa.Table(
    "completions",
    metadata,
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("completed", sa.Integer, nullable=False),
    sa.Column("as_of_sequence", sa.BigInteger, nullable=False),
)

# Which events are handled: `todobus_events.subscriber.postgres` reads and writes it.
subscriber_positions = sa.Table(
    "subscriber_positions",
    metadata,
    sa.Column("consumer", sa.Text, primary_key=True),
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("position", sa.BigInteger),
)
