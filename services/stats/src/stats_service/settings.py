"""Settings of the stats service: those of every service with a database."""

from service_common.settings import DatabaseSettings


class Settings(DatabaseSettings):
    """No settings of its own."""
