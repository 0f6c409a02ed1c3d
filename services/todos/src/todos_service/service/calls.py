"""Who calls, under which condition, where to put something, and what is answered."""

from dataclasses import dataclass

from todos_service.domain import UNLIMITED, Command, Quotas
from todos_service.errors import StaleVersion


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose todos they are, the zone in which that user's days are counted, and what the user may have and do.

    `command` is what a write belongs to; a request that only reads has none.
    """

    user_id: str
    time_zone: str
    command: Command
    quotas: Quotas = UNLIMITED


@dataclass(frozen=True, slots=True)
class Answer:
    """A todo, a project or a filter as JSON, its id and version, the user's sequence, and the id of the command."""

    id: str
    document: str
    version: int
    sequence: int
    command_id: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """Which versions a write may change (`If-Match`); None is any."""

    versions: frozenset[int] | None = None

    def check(self, version: int, what: str = "todo") -> None:
        """Raises: StaleVersion."""
        if self.versions is not None and version not in self.versions:
            raise StaleVersion(version, what)


ANY_VERSION = Condition()


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Where to put something: before or after another one; without an id at the end."""

    id: str | None = None
    is_before: bool = False

    @property
    def field(self) -> str:
        return "/before_id" if self.is_before else "/after_id"
