"""Addresses differ by letters that fold to the same, such as ß and ss: keys are lower case, no longer case-folded."""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

FOLDED = sa.text("select id, email, email_key from users where email_key <> lower(email)")
CHANGE = sa.text("update users set email_key = :key where id = :id")


def upgrade() -> None:
    connection = op.get_bind()
    for user_id, email, folded in connection.execute(FOLDED).all():
        key = unicodedata.normalize("NFC", email.strip()).lower()
        if key != folded:
            connection.execute(CHANGE, {"id": user_id, "key": key})


def downgrade() -> None:
    pass
