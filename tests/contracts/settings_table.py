"""The table of settings in docs/operations.md, from the fields of the services' classes and their docstrings.

usage: settings_table.py [--check]
"""

import ast
import importlib
import inspect
import sys
import textwrap
from pathlib import Path

from pydantic.fields import FieldInfo

from local_cluster.services import GATEWAY, PACKAGES, PLATFORM
from service_common.provisioning import ProvisioningSettings
from service_common.settings import Settings

TARGET = Path(__file__).parents[2] / "docs" / "operations.md"
SERVICES = (*PLATFORM, GATEWAY)
BEGIN, END = "<!-- make settings -->\n", "<!-- end -->\n"
HEAD = "| variable | default | read by | meaning |\n| --- | --- | --- | --- |\n"


def classes() -> dict[str, type[Settings]]:
    modules = {name: importlib.import_module(f"{PACKAGES[name]}.settings") for name in SERVICES}
    return {name: module.Settings for name, module in modules.items()} | {"streams": ProvisioningSettings}


def meanings(found: type[Settings]) -> dict[str, str]:
    """What stands below each field, also of the classes it comes from."""
    texts: dict[str, str] = {}
    for parent in reversed(found.__mro__):
        if issubclass(parent, Settings):
            [node] = ast.parse(textwrap.dedent(inspect.getsource(parent))).body
            assert isinstance(node, ast.ClassDef)
            texts |= dict(_described(node))
    return texts


def _described(node: ast.ClassDef) -> list[tuple[str, str]]:
    return [
        (field.target.id, " ".join(text.value.value.split()))
        for field, text in zip(node.body, node.body[1:], strict=False)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant) and isinstance(text.value.value, str)
    ]


def table() -> str:
    everyone = classes()
    names = dict.fromkeys(name for found in everyone.values() for name in found.model_fields)
    return HEAD + "".join(row(name, {k: v for k, v in everyone.items() if name in v.model_fields}) for name in names)


def row(name: str, readers: dict[str, type[Settings]]) -> str:
    first = next(iter(readers.values()))
    who = "all services" if readers.keys() >= {*SERVICES} else ", ".join(readers)
    cells = (f"`TODOBUS_{name.upper()}`", default(first.model_fields[name]), who, meanings(first).get(name, ""))
    return f"| {' | '.join(cells)} |\n"


def default(field: FieldInfo) -> str:
    if field.is_required():
        return "**required**"
    return "" if str(field.default) in {"", "None", "{}"} else f"`{field.default}`"


def main() -> None:
    text = TARGET.read_text()
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    current = f"{before}{BEGIN}{table()}{END}{after}"
    if "--check" not in sys.argv:
        TARGET.write_text(current)
    elif current != text:
        sys.exit("docs/operations.md is not what the settings say; run: make settings")


if __name__ == "__main__":
    main()
