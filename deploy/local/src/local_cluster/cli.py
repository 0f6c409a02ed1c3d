"""The command line: the commands, each imported when it runs, and the options that they share."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

DataDir = Annotated[Path, Parameter(name="--data-dir", help="The folder that holds everything the cluster keeps.")]
AsJson = Annotated[bool, Parameter(name="--json", negative=(), help="Print it for programs.")]
Email = Annotated[str, Parameter(help="The account's email address.")]
DEFAULT = Path(".data")
PASSWORD = "Asks for the account's password, or takes it from TODOBUS_ACCOUNT_PASSWORD."  # noqa: S105 - a help text

app = App(name="todobus", help="Todobus on this machine: run it, look at it, take care of it.")
stats = App(name="stats", help="Compare the statistics with the change log, or make them again from it.")
notifications = App(
    name="notifications", help="Compare the schedule of reminders with the change log, or make it again from it."
)
deadletters = App(name="deadletters", help="Events that a consumer could not handle.")
subscribers = App(name="subscribers", help="Programs of others that read the events, each with a login of its own.")
keys = App(name="keys", help="The keys that sign access tokens.")
for part in (stats, notifications, deadletters, subscribers, keys):
    app.command(part)


def _command(group: App, function: str, description: str, name: str | None = None) -> None:
    group.command(f"local_cluster.{function}", name=name, help=description)


_command(app, "launcher.up:up", "Start the whole system and keep it running until Ctrl-C.")
_command(
    app,
    "operator.status:status",
    "Show each process: its pid, port, state and restarts; exit code 0 when all are ready.",
)
_command(
    app, "operator.doctor:doctor", "Look for what keeps the system from running well; exit code 0 when nothing does."
)
_command(app, "operator.events:events", "Follow the events on the bus until Ctrl-C.")
_command(
    app,
    "operator.backup:backup",
    "Write everything the cluster keeps to FILE, which then holds its passwords too; it may run meanwhile.",
)
_command(
    app,
    "operator.backup:restore",
    "Bring back what backup wrote to FILE; what is in the data folder is put aside, not removed.",
)
_command(
    app,
    "operator.service_commands:audit",
    "Read the log of what happened to accounts: registrations, log-ins, failures, changes.",
)
_command(
    app,
    "operator.service_commands:users",
    "List accounts; promote, demote, disable, enable or delete one; end its sessions; make links to get in.",
)
_command(
    app,
    "operator.mail:mail",
    "List the messages that were written into the data folder, or show one; with a mail server there are none.",
)
_command(
    app,
    "operator.transfer:export_todos",
    f"Write an account's todos to FILE (.json or .csv).\n\n{PASSWORD}",
    "export",
)
_command(
    app,
    "operator.transfer:import_todos",
    f"Read todos from FILE (.json or .csv) into an account; exit code 1 when a row was wrong.\n\n{PASSWORD}",
    "import",
)
_command(
    stats,
    "operator.service_commands:verify",
    "Recompute everything from the change log and name each difference; exit code 1 when there is one.",
)
_command(
    stats,
    "operator.service_commands:rebuild",
    "Make the statistics again beside the old ones, and change over when they are equal to the change log.",
)
_command(
    notifications,
    "operator.service_commands:verify_notifications",
    "Recompute the schedule from the change log and name each difference; exit code 1 when there is one.",
    "verify",
)
_command(
    notifications,
    "operator.service_commands:rebuild_notifications",
    "Make the schedule again from the change log; what has fired does not fire again.",
    "rebuild",
)
_command(
    deadletters,
    "operator.dead_letters:show",
    "One line a letter: number, time, consumer, type, subject, reason.",
    "list",
)
_command(deadletters, "operator.dead_letters:replay", "Give the events back to their consumers.")
_command(deadletters, "operator.dead_letters:drop", "Forget the letters.")
_command(
    subscribers,
    "operator.subscribers:add",
    "Make a login for NAME, which is also the name of its durable; it is in force at once.",
)
_command(subscribers, "operator.subscribers:show", "The names, one a line.", "list")
_command(
    subscribers,
    "operator.subscribers:remove",
    "End the login of NAME, its connections too, and delete its durables: its place in the streams.",
)
_command(
    keys,
    "operator.service_commands:rotate",
    "Publish the next signing key; it signs when every verifier has had the time to fetch it.",
)
