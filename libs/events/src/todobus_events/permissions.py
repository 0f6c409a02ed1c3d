"""Who may publish and read what on the bus, rendered into the configuration of nats-server.

Our services share the account SERVICES, which has the streams. Programs of others are in accounts of their own, which
import of it what a reader needs: what they publish, and what they have answered or delivered to any subject, stays in
their account. Permissions do not see the body of a request, and a consumer delivers in the account of its stream: so
requests for a consumer go to the owner of the stream, which makes pull consumers only
(docs/decisions/0020-accounts-on-the-bus.md).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from todobus_events.topology import (
    DEAD_LETTER,
    DEAD_LETTERS,
    ERASED,
    NOTIFICATION_EVENTS,
    NOTIFICATIONS,
    RELAY_WAKE,
    REVOCATIONS,
    REVOCATIONS_STREAM,
    RPC_CHANGES,
    RPC_EXCHANGE,
    RPC_HEADS,
    RPC_PROFILES,
    RPC_SUMMARY,
    STATS_UPDATED,
    TODO_EVENTS,
    TODOS,
    USER_EVENTS,
    USERS,
    consumer_requests,
    durable,
    durables,
)

SERVICES = "SERVICES"  # the account of the operator and our services
DEVELOPER = "DEVELOPER"  # the account of the user `subscriber`, whose durables may have any name
SUBSCRIBERS = "SUBSCRIBERS"  # the account of the users that `todobus subscribers add` makes
OPERATOR, SUBSCRIBER = "operator", "subscriber"
CONNECTIONS = {DEVELOPER: 50, SUBSCRIBERS: 200}  # of an account's users together
SUBSCRIPTIONS = 1000  # of an account's users together
API = "$JS.API"

Rules = tuple[list[str], list[str], list[str]]  # may publish, may subscribe to, may not publish


def accounts(passwords: Mapping[str, str], subscribers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """nats-server's `accounts`.

    `passwords` are those of the operator, of our services and of `subscriber`, each by its name; `subscribers` those
    of the named subscribers, whose name is also that of their one durable in each stream.
    """
    subscribers = subscribers or {}
    added = [name for name in passwords if name not in {OPERATOR, SUBSCRIBER, *_RULES}]
    ours = [_ours(name, password, added) for name, password in passwords.items() if name != SUBSCRIBER]
    rules = _developer([*added, *subscribers])
    developer = [_user(name, password, rules) for name, password in passwords.items() if name == SUBSCRIBER]
    named = [_user(name, password, _subscriber(name)) for name, password in subscribers.items()]
    return {
        SERVICES: {"jetstream": "enabled", "users": ours, "exports": [one.exported() for one in (*_LIVE, *_CROSSINGS)]},
        DEVELOPER: _outside(DEVELOPER, developer, [*_LIVE, *_CROSSINGS]),
        SUBSCRIBERS: _outside(SUBSCRIBERS, named, _CROSSINGS),
    }


def _ours(name: str, password: str, added: Sequence[str]) -> dict[str, Any]:
    if name == OPERATOR:
        return _user(name, password, ([">"], [">"], []))
    rules = _added(name) if name in added else _RULES[name](added)
    user = _user(name, password, rules)
    if name in {"auth", "todos", "stats"}:
        user["permissions"]["allow_responses"] = {"max": 1, "expires": "1m"}
    return user


def _user(name: str, password: str, rules: Rules) -> dict[str, Any]:
    publish, subscribe, deny = rules
    inbox = f"_INBOX_{name}.>"
    permissions = {"publish": {"allow": publish, "deny": deny}, "subscribe": {"allow": [inbox, *subscribe]}}
    return {"user": name, "password": password, "permissions": permissions}


def _outside(account: str, users: Sequence[Mapping[str, Any]], crossings: Sequence["Crossing"]) -> dict[str, Any]:
    limits = {"max_connections": CONNECTIONS[account], "max_subscriptions": SUBSCRIPTIONS}
    return {"users": list(users), "imports": [one.imported() for one in crossings], "limits": limits}


class Crossing(NamedTuple):
    """A subject of SERVICES that other accounts import; `locally` is its name there, if that is another one."""

    subject: str
    kind: str = "service"
    locally: str = ""
    answers: str = "singleton"  # or "stream": many to one request

    def exported(self) -> dict[str, Any]:
        return {self.kind: self.subject} | ({"response_type": self.answers} if self.kind == "service" else {})

    def imported(self) -> dict[str, Any]:
        """A request under another name tells who asks, in a header that the server writes."""
        renamed = {"to": self.locally, "share": True} if self.locally else {}
        return {self.kind: {"account": SERVICES, "subject": self.subject}, **renamed}


def _reading(stream: str) -> Iterable[Crossing]:
    """A pull consumer's life: made by the owner of the stream, read, acknowledged and deleted on JetStream itself."""
    requests = consumer_requests(stream)
    yield Crossing(f"{requests}.>", locally=f"{API}.CONSUMER.CREATE.{stream}.>")
    yield Crossing(f"{requests}.*", locally=f"{API}.CONSUMER.DURABLE.CREATE.{stream}.*")
    yield Crossing(f"{API}.STREAM.INFO.{stream}")
    yield Crossing(f"{API}.CONSUMER.INFO.{stream}.*")
    yield Crossing(f"{API}.CONSUMER.DELETE.{stream}.*")
    yield Crossing(f"{API}.CONSUMER.MSG.NEXT.{stream}.*", answers="stream")
    yield Crossing(f"$JS.ACK.{stream}.*.>")


_LIVE = [Crossing(f"{TODO_EVENTS}.>", "stream"), Crossing(f"{USER_EVENTS}.>", "stream")]
_CROSSINGS = [
    Crossing(RPC_CHANGES),
    Crossing(RPC_HEADS),
    Crossing(f"{DEAD_LETTER}.>"),
    Crossing(f"{API}.STREAM.MSG.GET.{TODOS}"),
    *_reading(TODOS),
    *_reading(USERS),
    # Nobody may ask it. Where it is imported, the server does not answer the account's other requests to JetStream
    # itself, by an error that would reach the client before the answer.
    Crossing(f"{API}.INFO"),
]


def _auth(added: Sequence[str]) -> Rules:
    """Owns its stream: may restore it, and purge from it the profile of a deleted user; makes others' consumers."""
    streams = [*_own(USERS), *_own(REVOCATIONS_STREAM), f"{API}.STREAM.PURGE.{USERS}"]
    makes, deny = _make_consumers(USERS, added)
    publish = [f"{USER_EVENTS}.>", f"$KV.{REVOCATIONS}.>", *streams, *makes, *_watch_revocations()]
    return publish, [f"{ERASED}.*.*", RPC_EXCHANGE, RPC_PROFILES, f"{consumer_requests(USERS)}.>"], deny


def _todos(added: Sequence[str]) -> Rules:
    """Owns its stream: may restore it, and purge from it the events of a deleted user; makes others' consumers."""
    stream = [*_own(TODOS), f"{API}.STREAM.PURGE.{TODOS}"]
    makes, deny = _make_consumers(TODOS, added)
    publish = [f"{TODO_EVENTS}.>", RELAY_WAKE, *stream, *makes, *_consume(USERS, "todos"), *_watch_revocations()]
    publish += [f"{ERASED}.*.todos"]
    return publish, [RPC_CHANGES, RPC_HEADS, RELAY_WAKE, f"{consumer_requests(TODOS)}.>"], deny


def _stats(_: Sequence[str]) -> Rules:
    consume = [*_consume(TODOS, "stats"), *_consume(USERS, "stats")]
    publish = [f"{STATS_UPDATED}.*", f"{ERASED}.*.stats", RPC_CHANGES, RPC_HEADS, *consume, *_watch_revocations()]
    return publish, [f"{STATS_UPDATED}.*", RPC_SUMMARY], []


def _notifications(_: Sequence[str]) -> Rules:
    """Owns its stream: may restore it, and purge from it the events of a deleted user; reads as added services do."""
    publish, subscribe, deny = _added("notifications")
    stream = [RPC_PROFILES, f"{NOTIFICATION_EVENTS}.>", *_own(NOTIFICATIONS), f"{API}.STREAM.PURGE.{NOTIFICATIONS}"]
    return [*stream, *publish], subscribe, deny


def _gateway(_: Sequence[str]) -> Rules:
    return (
        [RPC_CHANGES, RPC_SUMMARY, RPC_EXCHANGE, *_watch_revocations()],
        [f"{TODO_EVENTS}.>", f"{STATS_UPDATED}.*", f"{NOTIFICATION_EVENTS}.*.*"],
        [],
    )


def _developer(others: Sequence[str]) -> Rules:
    """Reads with durables of any name but those of services and named subscribers; sees what is published at once."""
    publish = [RPC_CHANGES, RPC_HEADS, f"{DEAD_LETTER}.>", *_read_streams("*")]
    ours = {(stream, str(config["durable_name"])) for stream, config in durables()}
    ours |= {(stream, name) for stream in (TODOS, USERS) for name in others}
    deny = [rule for stream, name in sorted(ours) for rule in _consumer(stream, name)]
    deny += [f"{DEAD_LETTER}.{name}.>" for name in sorted({name for _, name in ours})]
    return publish, [f"{TODO_EVENTS}.>", f"{USER_EVENTS}.>"], deny


def _subscriber(name: str) -> Rules:
    """Reads with a durable of its own name, in each stream one."""
    return [RPC_CHANGES, RPC_HEADS, f"{DEAD_LETTER}.{name}.>", *_read_streams(name)], [], []


def _added(name: str) -> Rules:
    """A service beside the platform's own (`make new-service`): it reads both streams and asks the change log."""
    consume = [*_consume(TODOS, name), *_consume(USERS, name)]
    return [f"{ERASED}.*.{name}", RPC_CHANGES, RPC_HEADS, *consume, *_watch_revocations()], [], []


_RULES: Mapping[str, Callable[[Sequence[str]], Rules]] = {
    "auth": _auth,
    "todos": _todos,
    "stats": _stats,
    "notifications": _notifications,
    "gateway": _gateway,
}


def _own(stream: str) -> list[str]:
    return [f"{API}.STREAM.INFO.{stream}", f"{API}.STREAM.CREATE.{stream}"]


def _consume(stream: str, name: str) -> list[str]:
    """What a service needs of its durable: to read, to restore it after a loss, to store dead letters."""
    return [
        f"{API}.CONSUMER.INFO.{stream}.{name}",
        f"{API}.CONSUMER.MSG.NEXT.{stream}.{name}",
        f"{API}.CONSUMER.CREATE.{stream}.{name}.{durable(stream, name)['filter_subject']}",
        f"$JS.ACK.{stream}.{name}.>",
        *_own(DEAD_LETTERS),
        f"{DEAD_LETTER}.{name}.>",
    ]


def _read_streams(durable: str) -> list[str]:
    streams = [
        rule for stream in (TODOS, USERS) for rule in (f"{API}.STREAM.INFO.{stream}", *_consumer(stream, durable))
    ]
    return [f"{API}.STREAM.MSG.GET.{TODOS}", *streams]


def _consumer(stream: str, name: str) -> Iterable[str]:
    verbs = ("INFO", "MSG.NEXT", "CREATE", "DURABLE.CREATE", "DELETE")
    yield from (f"{API}.CONSUMER.{verb}.{stream}.{name}" for verb in verbs)
    yield f"{API}.CONSUMER.CREATE.{stream}.{name}.>"
    yield f"$JS.ACK.{stream}.{name}.>"


def _make_consumers(stream: str, added: Sequence[str]) -> tuple[list[str], list[str]]:
    """What the owner of a stream may and may not publish to make consumers of others: none of a service's name."""
    names = {str(config["durable_name"]) for of, config in durables() if of == stream} | set(added)
    create, info = f"{API}.CONSUMER.CREATE.{stream}", f"{API}.CONSUMER.INFO.{stream}"
    deny = [rule for name in sorted(names) for rule in (f"{create}.{name}", f"{create}.{name}.>", f"{info}.{name}")]
    return [f"{create}.>", f"{info}.*"], deny


def _watch_revocations() -> list[str]:
    """A watcher is an ephemeral push consumer with flow control; every verifier of tokens runs one."""
    api = ("STREAM.INFO", "STREAM.MSG.GET", "DIRECT.GET", "CONSUMER.CREATE")
    below = ("DIRECT.GET", "CONSUMER.CREATE", "CONSUMER.INFO", "CONSUMER.DELETE")
    stream = REVOCATIONS_STREAM
    return [
        *(f"{API}.{verb}.{stream}" for verb in api),
        *(f"{API}.{verb}.{stream}.>" for verb in below),
        f"$JS.FC.{stream}.>",
    ]
