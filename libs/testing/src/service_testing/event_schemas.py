"""The JSON Schema of each event, and whether a new one keeps the promise of an old one."""

from collections.abc import Iterator
from typing import Any

from todobus_events.registry import EVENTS, EventType

DIALECT = "https://json-schema.org/draft/2020-12/schema"
PROSE = frozenset({"title", "description", "examples", "$defs", "$schema", "$id"})


def schema(event: EventType) -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of the whole message."""
    found = event.model.model_json_schema(mode="validation")
    properties = found["properties"] | {"type": {"const": event.name, "type": "string"}}
    return found | {
        "$schema": DIALECT,
        "$id": f"urn:todobus:{event.name}",
        "title": event.name,
        "description": event.meaning,
        "properties": properties,
    }


def schemas() -> dict[str, dict[str, Any]]:
    return {name: schema(event) for name, event in EVENTS.items()}


def breaks(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """What a reader of `old` could not read in events of `new`, each as a line: all differences but added fields."""
    return list(_breaks(old, new, old, new, "$"))


def _breaks(old: Any, new: Any, old_root: Any, new_root: Any, path: str) -> Iterator[str]:
    old, new = _resolve(old, old_root), _resolve(new, new_root)
    if not isinstance(old, dict) or not isinstance(new, dict):
        if old != new:
            yield f"{path}: {old!r} became {new!r}"
        return
    for name in sorted((old.keys() | new.keys()) - PROSE - {"properties", "required"}):
        if name not in old or name not in new:
            yield f"{path}: {name!r} was {'removed' if name in old else 'added'}"
        else:
            yield from _compare(old[name], new[name], old_root, new_root, f"{path}.{name}")
    yield from _missing(old, new, old_root, new_root, path)


def _compare(old: Any, new: Any, old_root: Any, new_root: Any, path: str) -> Iterator[str]:
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for number, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from _breaks(before, after, old_root, new_root, f"{path}[{number}]")
    else:
        yield from _breaks(old, new, old_root, new_root, path)


def _missing(old: dict[str, Any], new: dict[str, Any], old_root: Any, new_root: Any, path: str) -> Iterator[str]:
    """Fields may be added; none may be removed, become optional or change."""
    properties = new.get("properties", {})
    for name, before in old.get("properties", {}).items():
        if name not in properties:
            yield f"{path}.{name}: the field was removed"
        else:
            yield from _breaks(before, properties[name], old_root, new_root, f"{path}.{name}")
    for name in sorted(set(old.get("required", [])) - set(new.get("required", []))):
        if name in properties:
            yield f"{path}.{name}: the field became optional"


def _resolve(node: Any, root: Any) -> Any:
    while isinstance(node, dict) and "$ref" in node:
        target = root
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node
