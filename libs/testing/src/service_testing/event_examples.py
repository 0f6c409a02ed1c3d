"""One example of each event: the golden files began as these, and the documents show them."""

from typing import Any

from todobus_events.registry import EVENTS, FEED_MODELS, EventType

USER_ID = "019a9f3e-52d1-7c3a-9b0e-3d6f0c8f1a01"
TODO_ID = "019a9f40-0b7e-7f60-8a4d-5e2b9c7d4e02"
BEFORE, NOW = "2026-11-22T21:20:00.123456Z", "2026-11-23T08:05:30.654321Z"
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
COMMAND = {
    "command_id": "019a9f41-77a9-7c20-9d00-1f2e3d4c5b06",
    "actor": {"type": "session", "id": "019a9f3f-1a2b-7d40-8e5f-6a7b8c9d0e03", "name": "web"},
}
TODO = {
    "id": TODO_ID,
    "user_id": USER_ID,
    "title": "Buy milk",
    "description": "",
    "completed": False,
    "priority": "none",
    "tags": ["home"],
    "due_date": "2026-12-01",
    "due_time": "17:30",
    "due_time_zone": "Europe/Helsinki",
    "due_at": "2026-12-01T15:30:00Z",
    "completed_at": None,
    "created_at": BEFORE,
    "updated_at": NOW,
    "deleted_at": None,
    "version": 17,
    "project_id": None,
    "parent_id": None,
    "position": "q17",
    "start_date": None,
    "recurrence": None,
    "series_id": None,
    "occurrence_date": None,
    "reminders": [{"id": "019a9f40-0b7e-7a10-9000-4b5c6d7e8f20", "minutes_before_due": 30}],
}
PROJECT_ID, FILTER_ID = "019a9f40-0b7e-7f60-8a4d-5e2b9c7d4e10", "019a9f40-0b7e-7f60-8a4d-5e2b9c7d4e11"
ENTITIES: dict[str, dict[str, Any]] = {
    "project": {
        "id": PROJECT_ID,
        "name": "Home",
        "color": "teal",
        "archived": False,
        "position": "q17",
        "version": 17,
        "created_at": BEFORE,
        "updated_at": NOW,
        "deleted_at": None,
    },
    "filter": {
        "id": FILTER_ID,
        "name": "Urgent at home",
        "query": {"status_filter": "active", "priority": ["urgent"], "project": PROJECT_ID},
        "position": "q17",
        "version": 17,
        "created_at": BEFORE,
        "updated_at": NOW,
    },
}
SUBJECTS = {"todo": TODO_ID, "project": PROJECT_ID, "filter": FILTER_ID, "user": USER_ID, "reminder": USER_ID}
USER = {
    "id": USER_ID,
    "email": "ada@example.org",
    "display_name": "Ada",
    "time_zone": "Europe/Helsinki",
    "week_start": "monday",
    "day_start_hour": 4,
    "daily_goal": 5,
    "created_at": BEFORE,
    "email_verified": True,
}
REMINDER = {
    "id": "019a9f40-0b7e-7f60-8a4d-5e2b9c7d4e77",
    "todo_id": TODO_ID,
    "title": "Buy milk",
    "due_at": "2026-12-01T15:30:00Z",
    "fire_at": "2026-12-01T15:20:00.000000Z",
}
# What differs from the state before, by verb.
NEW_VALUES: dict[str, dict[str, Any]] = {
    "created": {"created_at": NOW},
    "updated": {"priority": "high"},
    "completed": {"completed": True, "completed_at": NOW},
    "reopened": {"completed": False, "completed_at": None},
    "deleted": {"deleted_at": NOW},
    "restored": {"deleted_at": None},
    "purged": {"deleted_at": BEFORE},
}
PREVIOUS: dict[str, dict[str, Any]] = {
    "updated": {"priority": "none"},
    "completed": {"completed": False, "completed_at": None},
    "reopened": {"completed": True, "completed_at": BEFORE},
    "deleted": {"deleted_at": None},
    "restored": {"deleted_at": BEFORE},
}


def example(event: EventType) -> dict[str, Any]:
    in_feed = event.aggregate in FEED_MODELS
    source = "todos" if in_feed else {"reminder": "notifications", "user": "auth"}[event.aggregate]
    if in_feed:
        data = _todo_change(event.verb) if event.aggregate == "todo" else _entity_change(event.aggregate, event.verb)
    else:
        data = _reminder(event.verb) if event.aggregate == "reminder" else _user_change(event.verb)
    return {
        "specversion": "1.0",
        "id": f"019a9f41-77aa-7b10-8c00-{list(EVENTS).index(event.name):012x}",
        "source": f"/services/{source}",
        "type": event.name,
        "subject": TODO_ID if event.verb == "fired" else SUBJECTS[event.aggregate],
        "time": NOW,
        "sequence": data["sequence"],
        "userid": USER_ID,
        **({"feedid": USER_ID} if in_feed else {}),
        "traceparent": TRACE,
        "data": data | {"type": event.name, "occurred_at": NOW} | (COMMAND if in_feed else {}),
    }


def _todo_change(verb: str) -> dict[str, Any]:
    previous = PREVIOUS.get(verb, {})
    return {
        "sequence": TODO["version"],
        "type": "",
        "todo": TODO | NEW_VALUES[verb],
        "changed": sorted(previous),
        "previous": previous,
    }


def _entity_change(kind: str, verb: str) -> dict[str, Any]:
    before: dict[str, dict[str, Any]] = {
        "updated": {"name": "House"},
        "deleted": {"deleted_at": None},
        "restored": {"deleted_at": BEFORE},
    }
    previous = {} if kind == "filter" and verb == "deleted" else before.get(verb, {})
    now = (
        {"deleted_at": NOW if verb == "deleted" else BEFORE}
        if kind == "project" and verb in {"deleted", "purged"}
        else {}
    )
    return {
        "sequence": 17,
        "type": "",
        kind: ENTITIES[kind] | now,
        "changed": sorted(previous),
        "previous": previous,
    }


def _reminder(verb: str) -> dict[str, Any]:
    what = {"reminder": REMINDER} if verb == "fired" else {"reminders": [REMINDER], "count": 1}
    return {"sequence": 4, "type": "", **what}


def _user_change(verb: str) -> dict[str, Any]:
    if verb == "deleted":
        return {"sequence": 3, "type": "", "user": {"id": USER_ID}}
    if verb == "registered":
        return {"sequence": 1, "type": "", "user": USER}
    return {"sequence": 2, "type": "", "user": USER, "changed": ["daily_goal"], "previous": {"daily_goal": 3}}
