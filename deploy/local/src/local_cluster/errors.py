"""What ends a command with one line and exit code 1."""


class ClusterError(Exception):
    """An error that the user of the command can correct; the message says how."""
