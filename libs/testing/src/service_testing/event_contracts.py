"""Writes the published schemas of the events: `python -m service_testing.event_contracts` (`make contracts`).

It refuses a schema that breaks the promise of the file it would replace, and never touches an example that is there:
what was once published must stay readable.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from service_testing.event_examples import example
from service_testing.event_schemas import breaks, schemas
from todobus_events.registry import EVENTS

SCHEMAS = Path("contracts/events")


def text(document: Any) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def expected() -> dict[Path, str]:
    """Every generated file with what it should say."""
    return {SCHEMAS / f"{name}.schema.json": text(schema) for name, schema in schemas().items()}


def broken(root: Path) -> Iterator[str]:
    """How the schemas of the code differ, for a reader, from the files below `root`."""
    for name, schema in schemas().items():
        path = root / SCHEMAS / f"{name}.schema.json"
        if path.exists():
            yield from (f"{name}: {problem}" for problem in breaks(json.loads(path.read_text()), schema))


def write(root: Path) -> None:
    for path, content in expected().items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(content)
    for name, event in EVENTS.items():
        golden = root / SCHEMAS / f"{name}.example.json"
        if not golden.exists():
            golden.write_text(text(example(event)))


def main() -> None:
    root = Path.cwd()
    if problems := list(broken(root)):
        sys.exit("incompatible with what is published: make a new version instead\n" + "\n".join(problems))
    write(root)


if __name__ == "__main__":
    main()
