"""python -m notifications_service serve | migrate | verify | rebuild"""

import sys

from service_common import command_line

app = command_line.create("notifications_service", "Reminders and webhooks.")
app.command(
    "notifications_service.commands:verify",
    help="Compare the schedule with a replay of the change log, name each difference; exit code 1 when there is one.",
)
app.command(
    "notifications_service.commands:rebuild",
    help="Put a replay of the change log in the place of the schedule, while the service runs; nothing fires again.",
)

if __name__ == "__main__":
    sys.exit(app())
