"""The bus as an AsyncAPI 3 document, generated from the topology and the models of the events."""

from typing import Any

from pydantic.json_schema import models_json_schema

from todobus_events import internal, topology
from todobus_events.envelope import CONTENT_TYPE
from todobus_events.examples import example
from todobus_events.models import TodoEvent, UserDeletedEvent, UserEvent
from todobus_events.registry import EVENTS, EventType

MODELS = (TodoEvent, UserEvent, UserDeletedEvent)
REFERENCE = "#/components/schemas/{model}"
ABOUT = """\
Every change of a todo and of an account, as CloudEvents 1.0 on NATS JetStream. One gapless sequence per user orders
them; a subscriber that sees a gap asks `todos.rpc.changes` for what is missing. Delivery is at least once."""


def document() -> dict[str, Any]:
    """The whole document, ready to be served as JSON."""
    return {
        "asyncapi": "3.0.0",
        "id": "urn:todobus:bus",
        "info": {"title": "Todobus events", "version": "1.0.0", "description": ABOUT},
        "defaultContentType": CONTENT_TYPE,
        "channels": _event_channels() | _request_channels() | _other_channels() | internal.channels(),
        "operations": _operations() | internal.operations(),
        "components": {"messages": _messages() | internal.messages(), "schemas": _schemas()},
    }


def _name(event: EventType) -> str:
    return event.aggregate.capitalize() + event.verb.capitalize()


def _reference(*path: str) -> dict[str, str]:
    return {"$ref": "#/" + "/".join(path)}


def _event_channels() -> dict[str, Any]:
    streams = {"todo": (topology.TODOS, topology.TODO_EVENTS), "user": (topology.USERS, topology.USER_EVENTS)}
    return {
        f"{aggregate}Events": {
            "address": f"{prefix}.{{user_id}}.{{verb}}",
            "description": f"Stored in the JetStream stream {stream}.",
            "parameters": {
                "user_id": {"description": "The user's id, a UUID"},
                "verb": {"enum": [event.verb for event in EVENTS.values() if event.aggregate == aggregate]},
            },
            "messages": {
                _name(event): _reference("components", "messages", _name(event))
                for event in EVENTS.values()
                if event.aggregate == aggregate
            },
        }
        for aggregate, (stream, prefix) in streams.items()
    }


def _request_channels() -> dict[str, Any]:
    channels: dict[str, Any] = {}
    for name, subject in (("changes", topology.RPC_CHANGES), ("heads", topology.RPC_HEADS)):
        message = f"{name.capitalize()}Request"
        channels[f"{name}Request"] = {
            "address": subject,
            "messages": {message: _reference("components", "messages", message)},
        }
        reply = f"{name.capitalize()}Reply"
        channels[f"{name}Reply"] = {
            "address": None,
            "description": "The reply subject of the request.",
            "messages": {reply: _reference("components", "messages", reply)},
        }
    return channels


def _other_channels() -> dict[str, Any]:
    return {
        "deadLetters": {
            "address": f"{topology.DEAD_LETTER}.{{consumer}}.{{type}}",
            "description": f"Events that a consumer could not handle; stored in the stream {topology.DEAD_LETTERS}.",
            "parameters": {
                "consumer": {"description": "Name of the durable"},
                "type": {"description": "Type of the event, or `unreadable`"},
            },
            "messages": {"DeadLetter": _reference("components", "messages", "DeadLetter")},
        }
    }


def _operations() -> dict[str, Any]:
    def about(channel: str, action: str, summary: str) -> dict[str, Any]:
        return {"action": action, "channel": _reference("channels", channel), "summary": summary}

    reply = {name: {"channel": _reference("channels", f"{name}Reply")} for name in ("changes", "heads")}
    return {
        "publishTodoEvents": about("todoEvents", "send", "The todo service tells every change of a todo"),
        "publishUserEvents": about("userEvents", "send", "The auth service tells every change of an account"),
        "answerChanges": about("changesRequest", "receive", "Changes of a user since a sequence, or of all users")
        | {"reply": reply["changes"]},
        "answerHeads": about("headsRequest", "receive", "Where each user's sequence stands")
        | {"reply": reply["heads"]},
        "setAside": about("deadLetters", "send", "A consumer keeps what it cannot handle"),
    }


def _messages() -> dict[str, Any]:
    events = {_name(event): _event_message(event) for event in EVENTS.values()}
    plain = {
        name: {"name": name, "contentType": "application/json", "payload": _reference("components", "schemas", name)}
        for name in ("ChangesRequest", "ChangesReply", "HeadsRequest", "HeadsReply")
    }
    letter = {
        "name": "DeadLetter",
        "summary": "The event's own bytes; headers say why it is here and where it came from",
        "headers": {
            "type": "object",
            "required": ["Todobus-Reason", "Todobus-Subject"],
            "properties": {
                "Todobus-Reason": {"type": "string"},
                "Todobus-Subject": {"type": "string"},
                "Todobus-Failed-At": {"type": "string", "format": "date-time"},
            },
        },
        "payload": {"description": "The event, byte for byte"},
    }
    return events | plain | {"DeadLetter": letter}


def _event_message(event: EventType) -> dict[str, Any]:
    return {
        "name": event.name,
        "title": event.name,
        "summary": event.meaning,
        "contentType": CONTENT_TYPE,
        "headers": {
            "type": "object",
            "required": ["Nats-Msg-Id", "content-type"],
            "properties": {
                "Nats-Msg-Id": {"type": "string", "format": "uuid", "description": "The event's `id`"},
                "content-type": {"const": CONTENT_TYPE},
                "traceparent": {"type": "string"},
            },
        },
        "payload": _reference("components", "schemas", event.model.__name__),
        "examples": [{"name": event.verb, "payload": example(event)}],
    }


def _schemas() -> dict[str, Any]:
    _, found = models_json_schema([(model, "validation") for model in MODELS], ref_template=REFERENCE)
    schemas: dict[str, Any] = found["$defs"]
    return schemas | REQUESTS


_USER_ID = {"type": "string", "format": "uuid"}
_EVENTS = {"type": "array", "items": _reference("components", "schemas", "TodoEvent")}
_CHANGES = {"type": "array", "items": _reference("components", "schemas", "TodoChange")}
REQUESTS: dict[str, Any] = {
    "ChangesRequest": {
        "description": "With `user_id`: that user's changes after `since`. Without: all users', after a position.",
        "type": "object",
        "properties": {
            "user_id": _USER_ID,
            "since": {"type": "integer", "minimum": 0, "default": 0},
            "after": {"type": "string", "description": "`position` of the last answer; empty at first"},
            "limit": {"type": "integer", "minimum": 1, "default": 500},
            "events": {"type": "boolean", "default": False, "description": "Whole events rather than their `data`"},
        },
    },
    "ChangesReply": {
        "type": "object",
        "required": ["has_more"],
        "properties": {
            "changes": _CHANGES,
            "events": _EVENTS,
            "sequence": {"type": "integer", "description": "Where the user stands"},
            "position": {"type": "string", "description": "From where to go on, without `user_id`"},
            "has_more": {"type": "boolean"},
        },
    },
    "HeadsRequest": {
        "type": "object",
        "properties": {"after": _USER_ID, "limit": {"type": "integer", "minimum": 1, "maximum": 5000}},
    },
    "HeadsReply": {
        "type": "object",
        "required": ["heads", "position", "has_more"],
        "properties": {
            "heads": {"type": "object", "additionalProperties": {"type": "integer"}},
            "position": _USER_ID,
            "has_more": {"type": "boolean"},
        },
    },
}
