"""Settings of the todo service."""

from service_common.settings import DatabaseSettings


class Settings(DatabaseSettings):
    """Days are counted from the moment a record was made."""

    trash_days: int = 30
    idempotency_hours: int = 24
    housekeeping_seconds: float = 300
