"""Settings of the example service: what every service needs and a database."""

from service_common.settings import DatabaseSettings


class Settings(DatabaseSettings):
    """`TODOBUS_*`; nothing of its own."""
