"""python -m notifications_service serve | migrate"""

import sys

from service_common import command_line

app = command_line.create("notifications_service", "Reminders and webhooks.")

if __name__ == "__main__":
    sys.exit(app())
