"""Every event there is: its type, its model and where it is published."""

from dataclasses import dataclass

from todobus_events import topology
from todobus_events.models import (
    DigestEvent,
    Envelope,
    FilterEvent,
    ProjectEvent,
    ReminderEvent,
    TodoEvent,
    UserDeletedEvent,
    UserEvent,
)

MEANING = {
    "todo.created.v1": "A todo was created",
    "todo.updated.v1": "Fields of a todo changed",
    "todo.completed.v1": "A todo was completed",
    "todo.reopened.v1": "A completed todo was opened again",
    "todo.deleted.v1": "A todo went to the trash",
    "todo.restored.v1": "A todo came back from the trash",
    "todo.purged.v1": "A todo was deleted for good; `todo` is its last state",
    "project.created.v1": "A project was created",
    "project.updated.v1": "Fields of a project changed, its place among them",
    "project.deleted.v1": "A project went to the trash; its todos follow, with an event each",
    "project.restored.v1": "A project came back from the trash; its todos follow",
    "project.purged.v1": "A project was deleted for good; `project` is its last state; its todos follow",
    "filter.created.v1": "A filter was saved",
    "filter.updated.v1": "Fields of a saved filter changed, its place among them",
    "filter.deleted.v1": "A saved filter was deleted; `filter` is its last state",
    "user.registered.v1": "An account was made",
    "user.updated.v1": "The profile of an account changed",
    "user.deleted.v1": "An account is gone: erase what you hold of it",
    "reminder.fired.v1": "A reminder's time has come",
    "reminder.digest.v1": "Reminders whose time came more than a day ago, while nothing could be sent",
}


FEED_MODELS: dict[str, type[Envelope]] = {"todo": TodoEvent, "project": ProjectEvent, "filter": FilterEvent}
"""What takes numbers of a feed: the other events are about accounts."""


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
        if self.aggregate in FEED_MODELS:
            return topology.feed_event("{user_id}", self.name)
        of = topology.notification_event if self.aggregate == "reminder" else topology.user_event
        return of("{user_id}", self.verb)


SPECIAL: dict[str, type[Envelope]] = {
    "user.deleted.v1": UserDeletedEvent,
    "reminder.fired.v1": ReminderEvent,
    "reminder.digest.v1": DigestEvent,
}


def _model(name: str) -> type[Envelope]:
    return SPECIAL.get(name) or FEED_MODELS.get(name.split(".", maxsplit=1)[0], UserEvent)


EVENTS = {name: EventType(name, _model(name), meaning) for name, meaning in MEANING.items()}
