"""What our own services tell each other over core NATS, as parts of the AsyncAPI document: nothing of it is stored."""

from typing import Any, NamedTuple

from todobus_events import topology

USER_ID = {"type": "string", "format": "uuid"}
NOTE = "Internal: between our own services, and it may change."


class Internal(NamedTuple):
    """A subject, who says what on it, and the schema of it (empty: the subject says it all)."""

    name: str
    address: str
    parameters: dict[str, str]
    operation: str
    summary: str
    payload: dict[str, Any]


SUBJECTS = (
    Internal(
        "StatsUpdated",
        f"{topology.STATS_UPDATED}.{{user_id}}",
        {"user_id": "The user's id, a UUID"},
        "announceProgress",
        "The stats service tells how far a user's projection has come, at most four times a second",
        {"type": "object", "required": ["as_of_sequence"], "properties": {"as_of_sequence": {"type": "integer"}}},
    ),
    Internal(
        "SummaryRequest",
        topology.RPC_SUMMARY,
        {},
        "askForSummary",
        "A gateway asks the stats service for what `GET /api/stats` answers, to push it; the reply is that, or `error`",
        {
            "type": "object",
            "required": ["user_id", "time_zone"],
            "properties": {"user_id": USER_ID, "time_zone": {"type": "string"}},
        },
    ),
    Internal(
        "Erased",
        f"{topology.ERASED}.{{user_id}}.{{service}}",
        {"user_id": "The user's id, a UUID", "service": "Who confirms: `todos` or `stats`"},
        "confirmErasure",
        "A service holds nothing of a deleted user any more; auth asks until all have said so",
        {},
    ),
    Internal(
        "RelayWake",
        topology.RELAY_WAKE,
        {},
        "wakeTheRelay",
        "An instance of the todo service has committed a change while another one's relay leads",
        {},
    ),
)


def channels() -> dict[str, Any]:
    return {
        _channel(one): {
            "address": one.address,
            "description": f"{NOTE} Core NATS, not stored.",
            "parameters": {key: {"description": text} for key, text in one.parameters.items()},
            "messages": {one.name: {"$ref": f"#/components/messages/{one.name}"}},
        }
        for one in SUBJECTS
    }


def operations() -> dict[str, Any]:
    return {
        one.operation: {"action": "send", "channel": {"$ref": f"#/channels/{_channel(one)}"}, "summary": one.summary}
        for one in SUBJECTS
    }


def messages() -> dict[str, Any]:
    return {
        one.name: {
            "name": one.name,
            "summary": one.summary,
            "contentType": "application/json",
            "payload": one.payload or {"description": "Empty"},
        }
        for one in SUBJECTS
    }


def _channel(one: Internal) -> str:
    return one.name[0].lower() + one.name[1:]
