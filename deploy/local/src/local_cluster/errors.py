"""What ends a command with one line and exit code 1."""


class ClusterError(Exception):
    """Something the person at the keyboard can mend; the message says what."""
