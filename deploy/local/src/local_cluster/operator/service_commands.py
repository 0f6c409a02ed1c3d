"""Commands that a service carries out: `python -m <package> …` with the settings of the running one."""

from typing import Annotated, Literal

from cyclopts import Parameter

from local_cluster.cli import DEFAULT, AsJson, DataDir
from local_cluster.operator.running import require


def verify(*, data_dir: DataDir = DEFAULT) -> int:
    return require(data_dir).run("stats", "verify")


def rebuild(*, data_dir: DataDir = DEFAULT) -> int:
    return require(data_dir).run("stats", "rebuild")


def verify_notifications(*, data_dir: DataDir = DEFAULT) -> int:
    return require(data_dir).run("notifications", "verify")


def rebuild_notifications(*, data_dir: DataDir = DEFAULT) -> int:
    return require(data_dir).run("notifications", "rebuild")


def rotate(
    *,
    data_dir: DataDir = DEFAULT,
    lead: Annotated[int | None, Parameter(help="Seconds between publishing the key and signing with it.")] = None,
) -> int:
    return require(data_dir).run("auth", "rotate-keys", *(["--lead", str(lead)] if lead is not None else []))


def users(
    action: Annotated[
        Literal["list", "promote", "demote", "disable", "enable", "end-sessions", "reset-link", "invite", "delete"],
        Parameter(help="What to do."),
    ],
    who: Annotated[str | None, Parameter(help="The account's address; for list a part of it or of the name.")] = None,
    *,
    data_dir: DataDir = DEFAULT,
) -> int:
    return require(data_dir).run("auth", "users", action, *([who] if who else []))


def audit(
    *,
    data_dir: DataDir = DEFAULT,
    email: Annotated[str | None, Parameter(help="Only what concerns this account.")] = None,
    days: Annotated[float, Parameter(help="How far back.")] = 30,
    as_json: AsJson = False,
) -> int:
    chosen = [*(["--email", email] if email else []), *(["--json"] if as_json else [])]
    return require(data_dir).run("auth", "audit", "--days", str(days), *chosen)
