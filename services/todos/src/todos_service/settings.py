"""Settings of the todo service."""

from service_common.settings import DatabaseSettings


class Settings(DatabaseSettings):
    """Days are counted from the moment a record was made."""

    trash_days: int = 30
    """How long a deleted todo can be restored."""
    idempotency_hours: int = 24
    """How long the answer to an idempotency key is stored."""
    housekeeping_seconds: float = 300
    """The time between two runs of the housekeeping that deletes both."""
