"""Alembic's environment, the same for every service: it runs in the transaction of the connection that it is given."""

from alembic import context

context.configure(transactional_ddl=True, **context.config.attributes)
context.run_migrations()
