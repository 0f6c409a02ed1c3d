"""Events of which one field is absent or has a value that the published model does not allow."""

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from todobus_events.models import TodoEvent

ABSENT = object()
VALUES: tuple[Any, ...] = (
    ABSENT,
    None,
    True,
    -1,
    0,
    2**63,
    1.5,
    "",
    "x" * 5000,
    "\0",
    "2026-11-22T21:20:00",
    [],
    {},
    [[]],
)


class Damage(NamedTuple):
    """What replaces the value at `path`, such as ("data", "todo", "tags")."""

    path: tuple[str, ...]
    value: Any

    def of(self, event: Mapping[str, Any]) -> bytes:
        """The JSON of the event with this damage."""
        document: dict[str, Any] = copy.deepcopy(dict(event))
        place = document
        for name in self.path[:-1]:
            place = place[name]
        if self.value is ABSENT:
            place.pop(self.path[-1], None)
        else:
            place[self.path[-1]] = self.value
        return json.dumps(document).encode()


def damages(event: Mapping[str, Any], *, depth: int = 3) -> list[Damage]:
    """Every damage of a todo event; `depth` 1: of its envelope alone, 2: also of its change, 3: also of its todo."""
    found = (Damage(path, value) for path in _paths(event, depth) for value in VALUES)
    return [damage for damage in found if not _is_valid(damage.of(event))]


def _paths(value: Any, depth: int) -> Iterator[tuple[str, ...]]:
    if isinstance(value, dict) and depth:
        for name, inner in value.items():
            yield (name,)
            yield from ((name, *rest) for rest in _paths(inner, depth - 1))


def _is_valid(raw: bytes) -> bool:
    try:
        TodoEvent.model_validate_json(raw, strict=True)
    except ValidationError:
        return False
    return True
