"""Alembic's environment, the same for every service: it runs in the transaction of the connection that it is given.

The role `<service>_owner` migrates; the role `<service>`, which runs, gets the rows of every table that it makes, and
nothing else. A database with one role for both stays as it is.
"""

from alembic import context
from sqlalchemy import text

connection = context.config.attributes["connection"]
owner = connection.scalar(text("select current_user"))
runtime = owner.removesuffix("_owner")
if runtime != owner:
    granted = f'select, insert, update, delete on tables to "{runtime}"'
    connection.execute(text(f"alter default privileges in schema public grant {granted}"))

context.configure(transactional_ddl=True, **context.config.attributes)
context.run_migrations()

if runtime != owner:
    connection.execute(text(f'revoke insert, update, delete on alembic_version from "{runtime}"'))
