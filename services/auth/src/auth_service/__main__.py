"""python -m auth_service serve | migrate | rotate-keys | end-sessions | audit | send-mail | users"""

import sys

from service_common import command_line

app = command_line.create("auth_service", "Accounts, sessions, signed tokens.")
app.command("auth_service.commands:rotate_keys", help="Publish the next signing key.")
app.command(
    "auth_service.commands:end_sessions",
    help="End all sessions and API tokens, drop every signing key: after a restore, what has ended stays ended.",
)
app.command("auth_service.commands:audit", help="Read the audit log.")
app.command(
    "auth_service.commands:send_mail", help="Send a message to an address, and print what the mail server said."
)
app.command("auth_service.user_commands:manage", name="users", help="List and manage accounts; make invitations.")

if __name__ == "__main__":
    sys.exit(app())
