"""Merging: which fields of an offline write are set, and what it is told of the others.

Each field goes to the newest write, by the time in its id (UUIDv7), then by the id: so any order of arrival ends in the
same state. A write that saw the field's last change sets it in any case.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from todos_service.domain import DATES


class Stamp(NamedTuple):
    """A write of a field: how new it is, its place in the sequence, and who wrote."""

    milliseconds: int
    command_id: str
    sequence: int
    actor_id: str | None

    def is_newer_than(self, other: "Stamp") -> bool:
        return self[:2] > other[:2]


def milliseconds(command_id: str) -> int:
    """The time in an id; of one that has none, 0."""
    made = UUID(command_id)
    return made.int >> 80 if made.version == 7 else 0  # noqa: PLR2004 - UUIDv7


@dataclass(slots=True)
class Memory:
    """What the log does not say of a todo's fields.

    `stamps` are the newest writes of its fields, also such as changed nothing; `waiting` are values that do not go with
    the todo's dates, for when they do.
    """

    stamps: dict[str, Stamp] = field(default_factory=dict)
    waiting: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {"stamps": {name: list(stamp) for name, stamp in self.stamps.items()}, "waiting": self.waiting}

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> "Memory":
        """From what `as_json` gave."""
        return cls({name: Stamp(*stamp) for name, stamp in found["stamps"].items()}, found["waiting"])


class Conflict(NamedTuple):
    """A field for which there are two values, and whose is kept."""

    field: str
    yours: Any
    theirs: Any
    kept: str

    def as_json(self) -> dict[str, Any]:
        return self._asdict()


@dataclass(frozen=True, slots=True)
class Merged:
    """The fields to set, and what to tell."""

    values: Mapping[str, Any]
    conflicts: list[Conflict]


def merge(
    mine: Stamp,
    base: int,
    given: Mapping[str, Any],
    state: dict[str, Any],
    changed: Mapping[str, Stamp],
    memory: Memory,
) -> Merged:
    """Of the given fields (as JSON) those that are newer than what others wrote after the version `base`.

    `changed` has the last change of each field, by the log. What is remembered goes into `memory`.
    """
    newer: dict[str, Any] = {}
    others = set[str]()
    for name, value in given.items():
        theirs = max(
            (one for one in (changed.get(name), memory.stamps.get(name)) if one and one.sequence > base),
            key=lambda stamp: stamp[:2],
            default=None,
        )
        wins = theirs is None or mine.is_newer_than(theirs)
        if wins:
            newer[name] = value
            memory.waiting.pop(name, None)
        if theirs and theirs.actor_id != mine.actor_id:
            others.add(name)
        known = [one for one in (memory.stamps.get(name), mine if wins else None) if one]
        if known:
            memory.stamps[name] = max(known, key=lambda stamp: stamp[:2])._replace(sequence=mine.sequence)
    values = _with_dates(newer, state, memory)
    return Merged(values, list(_conflicts(given, state, state | values, others)))


def _conflicts(
    given: Mapping[str, Any], state: Mapping[str, Any], after: Mapping[str, Any], others: Collection[str]
) -> Iterator[Conflict]:
    """Of each given value that is not set, whatever the reason, and of each that takes the place of somebody else's."""
    for name, value in given.items():
        if after.get(name) != value:
            yield Conflict(name, value, after.get(name), "theirs")
        elif name in others and state.get(name) != value:
            yield Conflict(name, value, state.get(name), "yours")


def _with_dates(values: dict[str, Any], state: Mapping[str, Any], memory: Memory) -> dict[str, Any]:
    """With all of a todo's dates where one is set: those that do not go together wait."""
    if not values.keys() & set(DATES):
        return values
    dates = {name: state.get(name) for name in DATES} | memory.waiting | {n: v for n, v in values.items() if n in DATES}
    memory.waiting.clear()
    for name in DATES:
        if dates[name] is not None and not _goes(name, dates):
            memory.waiting[name], dates[name] = dates[name], None
    return values | dates


def _goes(name: str, dates: Mapping[str, Any]) -> bool:
    if name in {"due_time", "due_time_zone"}:
        return dates["due_date"] is not None
    if name == "start_date":
        return dates["due_date"] is None or dates["start_date"] <= dates["due_date"]
    return True
