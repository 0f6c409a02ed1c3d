"""SQL is written in the repositories of the services, whose functions take the user first."""

import ast
import inspect
import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(ROOT.glob("services/*/src/*/**/*.py"))
HOMES = ("repository", "migrations", "tables.py", "relay/outbox.py")
SQL = re.compile(
    r"\bselect\b.+\bfrom\b|\binsert\s+into\b|\bupdate\s+\S+\s+set\b|\bdelete\s+from\b", re.IGNORECASE | re.DOTALL
)

CONNECTIONS = ("db", "connection", "pool")
OWNERS = ("user_id", "user_ids", "account")

# Modules and functions whose rows are no single user's, or are found before the user is known.
WITHOUT_OWNER = {
    "auth": {"allowances", "failures", "invitations", "keys", "mails", "outbox", "revocations"}
    | {
        "api_tokens.delete_every",
        "api_tokens.delete_expired",
        "api_tokens.find",
        "api_tokens.new_id",
        "audit.delete_old",
        "audit.read",
        "erasures.due",
        "identities.use",
        "mail_tokens.delete_expired",
        "mail_tokens.exists",
        "mail_tokens.take",
        "passkeys.delete_spent",
        "passkeys.find",
        "passkeys.spend",
        "pending_logins.count_try",
        "pending_logins.delete_expired",
        "pending_logins.take",
        "sessions.delete_dead",
        "sessions.delete_every",
        "sessions.owner",
        "sessions.rotate",
    }
    | {"users.found", "users.page", "users.insert", "users.with_email"},
    "stats": {"figures.today", "projection.apply", "projection.behind", "projection.see"},
    "notifications": {
        "notices.claim",
        "notices.put",
        "outbox",
        "preferences.digests_due",
        "push.remove_ended",
        "schedule.behind",
        "schedule.advance",
        "schedule.forget",
        "schedule.numbers",
        "schedule.publish",
        "schedule.record",
        "schedule.remove",
        "schedule.save",
        "schedule.take_due",
        "schedule.users",
        "webhooks.behind",
        "webhooks.claim",
        "webhooks.raise_heads",
        "webhooks.release",
        "webhooks.settle",
    },
    "todos": {"batches", "changes.heads", "history.behind", "lists.pages", "outbox", "users.forget_keys"}
    | {"users.old_projects", "users.old_trash"},
}


def literals(source: Path) -> Iterator[tuple[int, str]]:
    """The strings of a module, with their lines, without its docstrings."""
    tree = ast.parse(source.read_text())
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield node.lineno, "".join(part.value if isinstance(part, ast.Constant) else "x" for part in node.values)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node.lineno, node.value


def functions(service: str) -> Iterator[tuple[str, list[str]]]:
    """The public functions of a service's repository, as `module.function`, with their parameters."""
    package = import_module(f"{service}_service.repository")
    for found in pkgutil.iter_modules(package.__path__):
        module = import_module(f"{package.__name__}.{found.name}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            first, *rest = [*inspect.signature(function).parameters, ""]
            if function.__module__ == module.__name__ and first in CONNECTIONS and not name.startswith("_"):
                yield f"{found.name}.{name}", rest


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_sql_is_in_repositories(source):
    place = source.relative_to(ROOT).as_posix().partition("_service/")[2]
    found = [line for line, text in literals(source) if SQL.search(text)]
    assert not found or place.startswith(HOMES)


@pytest.mark.parametrize("service", WITHOUT_OWNER)
def test_functions_take_the_owner_first(service):
    exempt = WITHOUT_OWNER[service]
    wrong = [
        name
        for name, parameters in functions(service)
        if parameters[:1] not in [[owner] for owner in OWNERS] and not exempt & {name, name.partition(".")[0]}
    ]
    assert wrong == []


def test_sql_is_recognised(tmp_path):
    source = tmp_path / "module.py"
    source.write_text('''"""select a from b"""\nSQL = f"update {table} set a = 1"\nTEXT = "insert coin"\n''')
    assert [line for line, text in literals(source) if SQL.search(text)] == [2]
