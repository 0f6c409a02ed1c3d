"""docs/asyncapi.json: FastStream's AsyncAPI document of the services' subscribers, and the gateway's copy of it.

FastStream 0.7 gives each subscriber and publisher a channel of its own and leaves out parameters, headers, examples
and replies. Here those of one subject become one channel, and what is left out is added from the registry of events.

usage: asyncapi_document.py [--check]
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

from faststream.nats import NatsBroker
from faststream.security import SASLPlaintext
from faststream.specification import AsyncAPI

import auth_service.subscribers
import notifications_service.subscribers
import stats_service.subscribers
import todos_service.subscribers
from service_testing.event_examples import example
from todobus_events.envelope import CONTENT_TYPE
from todobus_events.registry import EVENTS, EventType
from todobus_events.subscriber.dead_letters import FAILED_AT, REASON, SUBJECT

ROOT = Path(__file__).parents[2]
TARGETS = (ROOT / "docs/asyncapi.json", ROOT / "gateway/src/api_gateway/site/asyncapi.json")
ABOUT = """\
Every change of a todo and of an account, as CloudEvents 1.0 on NATS JetStream. One gapless sequence per user orders
them; a subscriber that finds a gap requests what is missing from `todos.rpc.changes`. Delivery is at least once."""
PARAMETERS = {
    "user_id": "The user's id, a UUID",
    "verb": "What happened",
    "service": "The service that has erased the user: `todos`, `stats` or `notifications`",
    "consumer": "Name of the durable",
    "type": "Type of the event, or `unreadable`",
}
EVENT_CHANNELS = {f"{name}Events": name for name in ("todo", "project", "filter", "user")}
EVENT_CHANNELS["notificationEvents"] = "reminder"
EVENT_HEADERS = {
    "type": "object",
    "required": ["Nats-Msg-Id", "content-type"],
    "properties": {
        "Nats-Msg-Id": {"type": "string", "format": "uuid", "description": "The event's `id`"},
        "content-type": {"const": CONTENT_TYPE},
        "traceparent": {"type": "string"},
    },
}
DEAD_LETTER_HEADERS = {
    "type": "object",
    "required": [REASON, SUBJECT],
    "properties": {
        REASON: {"type": "string"},
        SUBJECT: {"type": "string"},
        FAILED_AT: {"type": "string", "format": "date-time"},
    },
}


def build() -> dict[str, Any]:
    """The document, ready to be served as JSON: the same code gives the same document."""
    # The routers are declared, not started: no handler uses the resources that they are made without.
    routers = [
        auth_service.subscribers.create_router(None, None),
        notifications_service.subscribers.create_router(),
        stats_service.subscribers.create_router(None),
        todos_service.subscribers.create_router(None, None),
    ]
    brokers = [NatsBroker(security=SASLPlaintext("", ""), routers=[router]) for router in routers]
    about = {"title": "Todobus events", "version": "1.0.0", "identifier": "urn:todobus:bus", "description": ABOUT}
    generated = AsyncAPI(*brokers, **about).to_specification().to_jsonable()
    homes = _homes(generated["channels"])
    messages = {home: _messages(home, generated) for home in sorted(set(homes.values()))}
    channels = {home: _channel(home, generated["channels"][home], messages[home]) for home in messages}
    components = {
        "messages": {name: message for found in messages.values() for name, message in found.items()},
        "schemas": dict(sorted(_models(generated).items())),
    }
    return generated | {
        "defaultContentType": CONTENT_TYPE,
        "channels": channels,
        "operations": _operations(generated, homes),
        "components": generated["components"] | components,
    }


def text(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _homes(channels: dict[str, Any]) -> dict[str, str]:
    """The channel that stays for each generated one: of those with its subject, the one with the shortest name."""
    shortest: dict[str, str] = {}
    for name in sorted(channels, key=len):
        shortest.setdefault(channels[name]["address"] or name, name)
    return {name: shortest[channel["address"] or name] for name, channel in channels.items()}


def _models(generated: dict[str, Any]) -> dict[str, Any]:
    """The schemas that have a name of their own, rather than that of the one message they are used in."""
    schemas = generated["components"]["schemas"].items()
    return {name: schema for name, schema in schemas if name.isalnum() and name != "EmptyPayload"}


def _messages(channel: str, generated: dict[str, Any]) -> dict[str, Any]:
    if channel in EVENT_CHANNELS:
        return {event.aggregate.capitalize() + event.verb.capitalize(): _event(event) for event in _events(channel)}
    (reference,) = generated["channels"][channel]["messages"].values()
    payload = generated["components"]["messages"][_last(reference)]["payload"]
    if (model := _last(payload)) not in _models(generated):
        schema = generated["components"]["schemas"][model]
        payload = schema | {"title": "Event"} if "format" in schema else {"description": "Empty"}
    if channel == "deadLetters":
        return {"DeadLetter": {"name": "DeadLetter", "headers": DEAD_LETTER_HEADERS, "payload": payload}}
    name = channel[0].upper() + channel[1:]
    return {name: {"name": name, "contentType": "application/json", "payload": payload}}


def _channel(name: str, channel: dict[str, Any], messages: dict[str, Any]) -> dict[str, Any]:
    parameters = {key: {"description": PARAMETERS[key]} for key in re.findall(r"{(\w+)}", channel["address"])}
    if name in EVENT_CHANNELS:
        parameters["verb"] |= {"enum": [event.verb for event in _events(name)]}
    return {
        "address": channel["address"] or None,
        "description": channel["description"],
        **({"parameters": parameters} if parameters else {}),
        "messages": {message: _reference("components", "messages", message) for message in messages},
    }


def _operations(generated: dict[str, Any], homes: dict[str, str]) -> dict[str, Any]:
    """Who sends and who receives; a reply is part of its request."""
    operations = {}
    for name, operation in sorted(generated["operations"].items()):
        channel = generated["channels"][name]
        if channel["address"]:
            queue, reply = channel["bindings"]["nats"].get("queue"), name.replace("Request", "Reply")
            operations[name] = {
                "action": operation["action"],
                "channel": _reference("channels", homes[name]),
                "summary": channel["description"],
                **({"bindings": {"nats": {"queue": queue}}} if queue else {}),
                **({"reply": {"channel": _reference("channels", reply)}} if reply != name else {}),
            }
    return operations


def _events(channel: str) -> list[EventType]:
    return [event for event in EVENTS.values() if event.aggregate == EVENT_CHANNELS[channel]]


def _event(event: EventType) -> dict[str, Any]:
    return {
        "name": event.name,
        "title": event.name,
        "summary": event.meaning,
        "contentType": CONTENT_TYPE,
        "headers": EVENT_HEADERS,
        "payload": _reference("components", "schemas", event.model.__name__),
        "examples": [{"name": event.verb, "payload": example(event)}],
    }


def _last(reference: dict[str, str]) -> str:
    return reference["$ref"].rpartition("/")[2]


def _reference(*path: str) -> dict[str, str]:
    return {"$ref": "#/" + "/".join(path)}


def main() -> None:
    expected = text(build())
    for target in TARGETS:
        if "--check" not in sys.argv:
            target.write_text(expected)
        elif not target.exists() or target.read_text() != expected:
            sys.exit(f"{target.relative_to(ROOT)} is not what the code says; run: make contracts")


if __name__ == "__main__":
    main()
