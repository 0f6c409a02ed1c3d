"""Make a service from the template beside this file: `make new-service NAME=labels`. Needs only Python.

In the template the service is named `example`; its name is replaced in files, folders and contents.
"""

import re
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
NAME = re.compile(r"[a-z][a-z0-9]{1,19}")
# Names of parts, users of the bus and paths of the platform, and of roles and databases of PostgreSQL.
TAKEN = {
    "auth",
    "todos",
    "stats",
    "notifications",
    "webhooks",
    "gateway",
    "live",
    "nats",
    "postgres",
    "operator",
    "subscriber",
    "streams",
    "web",
}
TAKEN |= {"users", "changes", "export", "import", "events", "none", "public", "template0", "template1"}
IMPORTS = re.compile(r"(?:^ *from \S+ import .+\n)+", re.MULTILINE)


def rename(text: str, name: str) -> str:
    renamed = re.sub(r"example(?!s)", name, text)
    return IMPORTS.sub(lambda block: "".join(sorted(block[0].splitlines(keepends=True), key=_module)), renamed)


def _module(line: str) -> str:
    return line.split()[1]


def make(name: str, root: Path = ROOT) -> Path:
    """The folder of the new service. Raises: ValueError."""
    folder = root / "services" / name
    if not NAME.fullmatch(name):
        raise ValueError(
            "NAME is a lower-case letter and then letters or digits, 20 at most: make new-service NAME=labels"
        )
    if name in TAKEN or folder.exists():
        raise ValueError(f"the name {name} is taken")
    version = tomllib.loads((root / "pyproject.toml").read_text())["project"]["version"]
    template = HERE / "template"
    for source in sorted(path for path in template.rglob("*") if path.is_file() and path.suffix != ".pyc"):
        target = folder / rename(str(source.relative_to(template)), name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(rename(source.read_text(), name).replace('version = "0.0.0"', f'version = "{version}"'))
    return folder


def main(name: str) -> None:
    try:
        folder = make(name)
    except ValueError as error:
        sys.exit(f"todobus: {error}")
    print(f"made {folder.relative_to(ROOT)}; next: make check, make up. It answers at /api/{name}.")


if __name__ == "__main__":
    main(*sys.argv[1:2])
