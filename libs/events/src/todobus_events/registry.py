"""Every event there is: its type, its model and where it is published."""

from dataclasses import dataclass

from todobus_events import topology
from todobus_events.models import Envelope, TodoEvent, UserDeletedEvent, UserEvent

MEANING = {
    "todo.created.v1": "A todo was created",
    "todo.updated.v1": "Fields of a todo changed",
    "todo.completed.v1": "A todo was completed",
    "todo.reopened.v1": "A completed todo was opened again",
    "todo.deleted.v1": "A todo went to the trash",
    "todo.restored.v1": "A todo came back from the trash",
    "todo.purged.v1": "A todo was deleted for good; `todo` is its last state",
    "user.registered.v1": "An account was made",
    "user.updated.v1": "The profile of an account changed",
    "user.deleted.v1": "An account is gone: erase what you hold of it",
}


@dataclass(frozen=True)
class EventType:
    name: str
    model: type[Envelope]
    meaning: str

    @property
    def aggregate(self) -> str:
        return self.name.split(".")[0]

    @property
    def verb(self) -> str:
        return self.name.split(".")[1]

    @property
    def subject(self) -> str:
        """With `{user_id}` in its place."""
        make = topology.todo_event if self.aggregate == "todo" else topology.user_event
        return make("{user_id}", self.verb)


def _model(name: str) -> type[Envelope]:
    if name == "user.deleted.v1":
        return UserDeletedEvent
    return TodoEvent if name.startswith("todo.") else UserEvent


EVENTS = {name: EventType(name, _model(name), meaning) for name, meaning in MEANING.items()}
