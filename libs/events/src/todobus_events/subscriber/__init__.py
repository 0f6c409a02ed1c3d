"""Reading the bus: durables whose events are neither lost nor skipped.

`Consumer` hands over batches in the order the stream gives them: for handlers that recognise duplicates and gaps
themselves. `OrderedConsumer` builds on it: one user's todo events in order, each once, gaps filled from the source.
"""

from todobus_events.subscriber.checkpoints import Checkpoint, SqliteCheckpoint
from todobus_events.subscriber.consumer import Consumer
from todobus_events.subscriber.ordered import OrderedConsumer

__all__ = ["Checkpoint", "Consumer", "OrderedConsumer", "SqliteCheckpoint"]
