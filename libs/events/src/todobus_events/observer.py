"""What a program may count and trace of its reading and publishing."""

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from todobus_events.envelope import Event
    from todobus_events.publishing import Message


class Observer:
    """Receives what happens, in the event loop; does nothing by itself. `started` is nanoseconds since 1970."""

    def published(self, messages: "Sequence[Message]", started: int) -> None:
        """A stream has acknowledged the messages; sending them began at `started`."""

    def handled(self, stream: str, durable: str, events: "Sequence[Event]", started: int) -> None:
        """Events were handled and acknowledged, of a batch begun at `started`."""

    def pending(self, stream: str, durable: str, count: float) -> None:
        """So many events of the stream are not handled yet, as the server says; NaN while it cannot be asked."""

    def failed(self, stream: str, durable: str, kind: Literal["transient", "refused"]) -> None:
        """A handler raised: the batch is tried again as it is, or in parts."""

    def dead_letter(self, durable: str) -> None:
        """An event was stored as a dead letter."""


SILENT = Observer()
