"""Alembic's environment, the same for every service: it runs on the connection, and in the transaction, it is given."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
context.run_migrations()
