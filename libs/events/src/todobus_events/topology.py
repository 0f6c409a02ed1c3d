"""The bus on one page: its subjects, its streams, durables and bucket with their limits, and the permissions on it.

Nothing here talks to NATS: `service_common.provisioning` makes it so, and `users` is rendered into the configuration of
nats-server. Durations are nanoseconds, as the server's API has them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

SECOND = 1_000_000_000
DAY = 86_400 * SECOND
GIB = 1024**3

TODOS = "TODOS"
USERS = "USERS"
DEAD_LETTERS = "DEAD_LETTERS"
REVOCATIONS = "revocations"
REVOCATIONS_STREAM = f"KV_{REVOCATIONS}"
REVOCATION_SECONDS = 320  # a token's life (300), and the clock skew of 5 s with a margin

TODO_EVENTS = "todos.events.v1"
USER_EVENTS = "users.events.v1"
ERASED = "users.erased.v1"  # core NATS: a service has erased a user
DEAD_LETTER = "dlq.v1"
STATS_UPDATED = "stats.updated.v1"
RPC_CHANGES = "todos.rpc.changes"
RPC_HEADS = "todos.rpc.heads"
RPC_SUMMARY = "stats.rpc.summary"
RELAY_WAKE = "todos.relay.wake"

MAX_MESSAGE = 1024 * 1024
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


def stats_updated(user_id: object) -> str:
    """Core NATS only: the sequence up to which a user's projection is complete."""
    return f"{STATS_UPDATED}.{user_id}"


def erased(user_id: object, service: str) -> str:
    return f"{ERASED}.{user_id}.{service}"


def dead_letter(consumer: str, event_type: str) -> str:
    return f"{DEAD_LETTER}.{consumer}.{event_type}"


def streams(replicas: int = 1, todos_bytes: int = 4 * GIB) -> list[dict[str, Any]]:
    """Stream configurations; a full stream refuses, so that events wait in the outbox instead of pushing others out."""
    common = {"storage": "file", "num_replicas": replicas, "discard": "new", "deny_delete": True, "allow_direct": True}
    events = common | {
        "retention": "limits",
        "max_age": 30 * DAY,
        "max_msg_size": MAX_MESSAGE,
        "duplicate_window": 600 * SECOND,
        "max_consumers": 100,
        "allow_atomic": True,
    }
    return [
        events | {"name": TODOS, "subjects": [f"{TODO_EVENTS}.>"], "max_bytes": todos_bytes},
        events | {"name": USERS, "subjects": [f"{USER_EVENTS}.>"], "max_bytes": GIB // 4},
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
        "max_ack_pending": 5000,
        "replay_policy": "instant",
    }


def durables() -> list[tuple[str, dict[str, Any]]]:
    """The consumers of our own services, each with its stream."""
    return [(stream, durable(stream, name)) for stream, name in ((TODOS, "stats"), (USERS, "stats"), (USERS, "todos"))]


def users(passwords: Mapping[str, str]) -> list[dict[str, Any]]:
    """nats-server's `authorization.users`: one for each service, with the permissions it needs."""
    added = [name for name in passwords if name != "operator" and name not in _RULES]
    return [
        {"user": name, "password": password, "permissions": _permissions(name, added)}
        for name, password in passwords.items()
    ]


def _permissions(name: str, added: Sequence[str]) -> dict[str, Any]:
    if name == "operator":
        return {"publish": {"allow": [">"]}, "subscribe": {"allow": [">"]}}
    publish, subscribe, deny = _added(name) if name in added else _RULES[name]()
    if name == "subscriber":
        deny = _closed_to_subscribers(added)
    inbox = f"_INBOX_{name}.>"
    permissions = {"publish": {"allow": publish, "deny": deny}, "subscribe": {"allow": [inbox, *subscribe]}}
    return permissions | ({"allow_responses": {"max": 1, "expires": "1m"}} if name in {"todos", "stats"} else {})


Rules = tuple[list[str], list[str], list[str]]


def _auth() -> Rules:
    """Owns its stream: may restore it, and purge from it the profile of a deleted user."""
    streams = [*_own(USERS), *_own(REVOCATIONS_STREAM), f"$JS.API.STREAM.PURGE.{USERS}"]
    publish = [f"{USER_EVENTS}.>", f"$KV.{REVOCATIONS}.>", *streams, *_watch_revocations()]
    return publish, [f"{ERASED}.*.*"], []


def _todos() -> Rules:
    """Owns its stream: may restore it, and purge from it the events of a deleted user."""
    stream = [*_own(TODOS), f"$JS.API.STREAM.PURGE.{TODOS}"]
    publish = [f"{TODO_EVENTS}.>", RELAY_WAKE, *stream, *_consume(USERS, "todos"), *_watch_revocations()]
    publish += [f"{ERASED}.*.todos"]
    return publish, [RPC_CHANGES, RPC_HEADS, RELAY_WAKE], []


def _stats() -> Rules:
    consume = [*_consume(TODOS, "stats"), *_consume(USERS, "stats")]
    publish = [f"{STATS_UPDATED}.*", f"{ERASED}.*.stats", RPC_CHANGES, RPC_HEADS, *consume, *_watch_revocations()]
    return publish, [f"{STATS_UPDATED}.*", RPC_SUMMARY], []


def _gateway() -> Rules:
    return [RPC_CHANGES, RPC_SUMMARY, *_watch_revocations()], [f"{TODO_EVENTS}.>", f"{STATS_UPDATED}.*"], []


def _subscriber() -> Rules:
    """Reads both streams with durables of its own."""
    publish = [
        RPC_CHANGES,
        RPC_HEADS,
        f"{DEAD_LETTER}.>",
        f"$JS.API.STREAM.MSG.GET.{TODOS}",
        *(rule for stream in (TODOS, USERS) for rule in [f"$JS.API.STREAM.INFO.{stream}", *_any_consumer(stream)]),
    ]
    return publish, [f"{TODO_EVENTS}.>", f"{USER_EVENTS}.>"], []


def _closed_to_subscribers(added: Sequence[str]) -> list[str]:
    """The durables of services and their dead letters."""
    ours = {(stream, str(config["durable_name"])) for stream, config in durables()}
    ours |= {(stream, name) for stream in (TODOS, USERS) for name in added}
    deny = [rule for stream, name in sorted(ours) for rule in _consumer_subjects(stream, name)]
    return deny + [f"{DEAD_LETTER}.{name}.>" for name in sorted({name for _, name in ours})]


def _added(name: str) -> Rules:
    """A service beside the platform's own (`make new-service`): it reads both streams and asks the change log."""
    consume = [*_consume(TODOS, name), *_consume(USERS, name)]
    return [f"{ERASED}.*.{name}", RPC_CHANGES, RPC_HEADS, *consume, *_watch_revocations()], [], []


_RULES: Mapping[str, Callable[[], Rules]] = {
    "auth": _auth,
    "todos": _todos,
    "stats": _stats,
    "gateway": _gateway,
    "subscriber": _subscriber,
}


def _own(stream: str) -> list[str]:
    return [f"$JS.API.STREAM.INFO.{stream}", f"$JS.API.STREAM.CREATE.{stream}"]


def _consume(stream: str, name: str) -> list[str]:
    """What a service needs of its durable: to read, to restore it after a loss, to store dead letters."""
    return [
        f"$JS.API.CONSUMER.INFO.{stream}.{name}",
        f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{name}",
        f"$JS.API.CONSUMER.CREATE.{stream}.{name}.{durable(stream, name)['filter_subject']}",
        f"$JS.ACK.{stream}.{name}.>",
        *_own(DEAD_LETTERS),
        f"{DEAD_LETTER}.{name}.>",
    ]


def _any_consumer(stream: str) -> list[str]:
    return [*_consumer_subjects(stream, "*"), f"$JS.API.CONSUMER.NAMES.{stream}", f"$JS.API.CONSUMER.LIST.{stream}"]


def _consumer_subjects(stream: str, name: str) -> Iterable[str]:
    verbs = ("INFO", "MSG.NEXT", "CREATE", "DURABLE.CREATE", "DELETE", "PAUSE", "RESET", "UNPIN")
    yield from (f"$JS.API.CONSUMER.{verb}.{stream}.{name}" for verb in verbs)
    yield f"$JS.API.CONSUMER.CREATE.{stream}.{name}.>"
    yield f"$JS.ACK.{stream}.{name}.>"


def _watch_revocations() -> list[str]:
    """A watcher is an ephemeral push consumer with flow control; every verifier of tokens runs one."""
    api = ("STREAM.INFO", "STREAM.MSG.GET", "DIRECT.GET", "CONSUMER.CREATE")
    below = ("DIRECT.GET", "CONSUMER.CREATE", "CONSUMER.INFO", "CONSUMER.DELETE")
    stream = REVOCATIONS_STREAM
    return [
        *(f"$JS.API.{verb}.{stream}" for verb in api),
        *(f"$JS.API.{verb}.{stream}.>" for verb in below),
        f"$JS.FC.{stream}.>",
    ]
