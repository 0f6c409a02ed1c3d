class MailUndeliveredError(Exception):
    """The message did not go out; another try may succeed."""


class MailRefusedError(MailUndeliveredError):
    """The mail server refuses this message, its sender or its recipient: it says the same next time."""
