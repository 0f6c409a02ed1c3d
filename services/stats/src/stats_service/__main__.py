"""python -m stats_service serve | migrate | verify | rebuild"""

import sys

from service_common import command_line

app = command_line.create("stats_service", "Statistics of todos.")
app.command(
    "stats_service.commands:verify",
    help="Compare what is served with a replay of the change log, name each difference; exit code 1 when there is one.",
)
app.command(
    "stats_service.commands:rebuild",
    help="Put a replay of the change log in the place of what is served, while the service runs.",
)

if __name__ == "__main__":
    sys.exit(app())
