"""The bus on one page: its subjects, its streams, durables and bucket with their limits.

Nothing here talks to NATS: `service_common.provisioning` makes it so. Who may use it is in `permissions`. Durations are
nanoseconds, as the server's API has them.
"""

from collections.abc import Mapping
from typing import Any

SECOND = 1_000_000_000
DAY = 86_400 * SECOND
GIB = 1024**3

TODOS = "TODOS"
USERS = "USERS"
NOTIFICATIONS = "NOTIFICATIONS"
DEAD_LETTERS = "DEAD_LETTERS"
REVOCATIONS = "revocations"
REVOCATIONS_STREAM = f"KV_{REVOCATIONS}"
REVOCATION_SECONDS = 320  # a token's life (300), and the clock skew of 5 s with a margin

TODO_EVENTS = "todos.events.v1"
USER_EVENTS = "users.events.v1"
NOTIFICATION_EVENTS = "notifications.events.v1"
ERASED = "users.erased.v1"  # core NATS: a service has erased a user
DEAD_LETTER = "dlq.v1"
STATS_UPDATED = "stats.updated.v1"
RPC_CHANGES = "todos.rpc.changes"
RPC_HEADS = "todos.rpc.heads"
RPC_SUMMARY = "stats.rpc.summary"
RPC_EXCHANGE = "auth.rpc.exchange"
RPC_PROFILES = "auth.rpc.profiles"
RELAY_WAKE = "todos.relay.wake"

MAX_MESSAGE = 1024 * 1024
MAX_CONSUMERS = 100  # of a stream
MAX_ACK_PENDING = 5000  # events that a consumer has delivered and that are not acknowledged
REPLAY_FOR = "Todobus-Replay-For"  # header of a replayed dead letter: its consumer; all others skip the message


def todo_event(user_id: object, verb: str) -> str:
    return f"{TODO_EVENTS}.{user_id}.{verb}"


def todo_events_of(user_id: object) -> str:
    """All events of one feed: with `project.created` and the like the verb may have more than one token."""
    return f"{TODO_EVENTS}.{user_id}.>"


def feed_event(user_id: object, event_type: str) -> str:
    """Where an event of any type of a feed belongs: todo.created.v1 on `….created`, x.created.v1 on `….x.created`."""
    path = event_type.split(".")[:-1]
    return ".".join([TODO_EVENTS, str(user_id), *(path[1:] if path[:1] == ["todo"] else path)])


def user_event(user_id: object, verb: str) -> str:
    return f"{USER_EVENTS}.{user_id}.{verb}"


def user_event_of(user_id: object, event_type: str) -> str:
    """Where an event about an account belongs: user.deleted.v1 on `….deleted`."""
    return user_event(user_id, ".".join(event_type.split(".")[1:-1]))


def notification_event(user_id: object, verb: str) -> str:
    return f"{NOTIFICATION_EVENTS}.{user_id}.{verb}"


def notification_event_of(user_id: object, event_type: str) -> str:
    """Where an event of the notification service belongs: reminder.fired.v1 on `….fired`."""
    return notification_event(user_id, ".".join(event_type.split(".")[1:-1]))


def stats_updated(user_id: object) -> str:
    """Core NATS only: the sequence up to which a user's projection is complete."""
    return f"{STATS_UPDATED}.{user_id}"


def erased(user_id: object, service: str) -> str:
    return f"{ERASED}.{user_id}.{service}"


def dead_letter(consumer: str, event_type: str) -> str:
    return f"{DEAD_LETTER}.{consumer}.{event_type}"


def consumer_requests(stream: str) -> str:
    """Where programs of others ask the owner of a stream for a consumer; its name and filter follow."""
    return f"{'todos' if stream == TODOS else 'auth'}.rpc.consumers"


def streams(replicas: int = 1, todos_bytes: int = 4 * GIB) -> list[dict[str, Any]]:
    """Stream configurations; a full stream refuses, so that events wait in the outbox instead of pushing others out."""
    common = {"storage": "file", "num_replicas": replicas, "discard": "new", "deny_delete": True, "allow_direct": True}
    events = common | {
        "retention": "limits",
        "max_age": 30 * DAY,
        "max_msg_size": MAX_MESSAGE,
        "duplicate_window": 600 * SECOND,
        "max_consumers": MAX_CONSUMERS,
        "allow_atomic": True,
    }
    return [
        events | {"name": TODOS, "subjects": [f"{TODO_EVENTS}.>"], "max_bytes": todos_bytes},
        events | {"name": USERS, "subjects": [f"{USER_EVENTS}.>"], "max_bytes": GIB // 4},
        events | {"name": NOTIFICATIONS, "subjects": [f"{NOTIFICATION_EVENTS}.>"], "max_bytes": GIB // 4},
        events
        | {
            "name": DEAD_LETTERS,
            "subjects": [f"{DEAD_LETTER}.>"],
            "max_bytes": GIB // 4,
            "deny_delete": False,
            "max_msg_size": 2 * MAX_MESSAGE,
        },
        _bucket(REVOCATIONS, 900 * SECOND, common),
    ]


def _bucket(name: str, ttl: int, common: Mapping[str, Any]) -> dict[str, Any]:
    return dict(common) | {
        "name": f"KV_{name}",
        "subjects": [f"$KV.{name}.>"],
        "max_msgs_per_subject": 1,
        "max_age": ttl,
        "max_bytes": GIB // 4,  # two million sessions that end within `ttl`
        "duplicate_window": 120 * SECOND,
        "allow_rollup_hdrs": True,
    }


def durable(stream: str, name: str, *, deliver: str = "all") -> dict[str, Any]:
    """The configuration of a pull consumer of all events of a stream.

    An outage of a service uses up no deliveries: `max_deliver` is unlimited.
    """
    return {
        "durable_name": name,
        "filter_subject": f"{TODO_EVENTS if stream == TODOS else USER_EVENTS}.>",
        "deliver_policy": deliver,
        "ack_policy": "explicit",
        "ack_wait": 30 * SECOND,
        "max_deliver": -1,
        "max_ack_pending": MAX_ACK_PENDING,
        "replay_policy": "instant",
    }


def durables() -> list[tuple[str, dict[str, Any]]]:
    """The consumers of our own services, each with its stream."""
    readers = {TODOS: ("stats", "notifications"), USERS: ("stats", "todos", "notifications")}
    return [(stream, durable(stream, name)) for stream, names in readers.items() for name in names]
