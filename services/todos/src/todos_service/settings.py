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
    history_seconds: float = 30
    """The time between two runs of what folds the changes of before, so that lists of any moment are quick."""
    database_seconds: float = 5
    """The longest that a statement may take, waiting for locks included; less than the gateway waits for an answer."""
    quota_todos: int = 100_000
    """The most todos of a user, those in the trash included."""
    quota_bytes: int = 256 * 1024 * 1024
    """The most bytes (UTF-8) of the titles, descriptions and tags of a user's todos."""
    quota_writes_a_day: int = 200_000
    """The most changes that a user makes in a day of UTC; purging does not count."""
    quota_idempotency_bytes_a_day: int = 64 * 1024 * 1024
    """The most bytes of answers that are stored with idempotency keys for a user in a day of UTC."""
    quota_projects: int = 500
    """The most projects of a user, those in the trash included."""
    quota_filters: int = 200
    """The most saved filters of a user."""
