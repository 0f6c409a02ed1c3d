"""Reading the bus: durables whose events are neither lost nor skipped.

`Consumer` hands over batches in the order the stream gives them: for handlers that tell a duplicate or a gap by
themselves. `OrderedConsumer` builds on it: one user's todo events in order, each once, gaps filled from the source.
"""

from todobus_events.subscriber.checkpoints import Checkpoint, PostgresCheckpoint, SqliteCheckpoint
from todobus_events.subscriber.consumer import TRANSIENT, Consumer
from todobus_events.subscriber.ordered import OrderedConsumer

__all__ = ["TRANSIENT", "Checkpoint", "Consumer", "OrderedConsumer", "PostgresCheckpoint", "SqliteCheckpoint"]
