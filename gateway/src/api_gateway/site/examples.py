"""Examples for the API document: what a client sends and gets, by operation."""

from typing import Any

USER_ID, TODO_ID = "01939d5a-0000-7000-8000-000000000001", "01939d5a-3c11-7f2a-9a55-2b6f0a5d7c10"
EMAIL, PASSWORD = "ann@example.com", "correct horse battery staple"
WHEN = "2026-12-01T09:30:00.123456Z"

USER = {
    "id": USER_ID,
    "email": EMAIL,
    "display_name": "Ann",
    "time_zone": "Europe/Helsinki",
    "week_start": "monday",
    "day_start_hour": 4,
    "daily_goal": 5,
    "created_at": WHEN,
}
TOKENS = {"access_token": "eyJ…", "token_type": "Bearer", "expires_in": 300, "refresh_token": "AQ…", "user": USER}
TODO: dict[str, Any] = {
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
    "created_at": WHEN,
    "updated_at": WHEN,
    "deleted_at": None,
    "version": 17,
}
CHANGE = {
    "sequence": 17,
    "type": "todo.created.v1",
    "todo": TODO,
    "changed": [],
    "previous": {},
    "occurred_at": WHEN,
}
EVENT = f'id: 17\nevent: todo.created.v1\ndata: {{…, "sequence": 17, "subject": "{TODO_ID}"}}\n\n'
CREDENTIALS = {"email": EMAIL, "password": PASSWORD}
PROFILE = {"display_name": "Ann", "time_zone": "Europe/Helsinki", "daily_goal": 5}
COMPLETED = TODO | {"completed": True, "completed_at": WHEN, "version": 18}

SENT: dict[str, Any] = {
    "register": CREDENTIALS | {"display_name": "Ann", "time_zone": "Europe/Helsinki"},
    "login": CREDENTIALS,
    "token": {"grant_type": "password", "username": EMAIL, "password": PASSWORD},
    "refresh": {"refresh_token": "AQ…"},
    "change_password": {"current_password": PASSWORD, "new_password": f"{PASSWORD} 2"},
    "update_me": PROFILE,
    "delete_me": {"password": PASSWORD},
    "create_todo": {"title": "Buy milk", "tags": ["home"], "due_date": "2026-12-01", "due_time": "17:30"},
    "patch_todo": {"priority": "high", "due_time": None},
    "put_todo": {"title": "Buy oat milk", "tags": []},
    "bulk_todos": {
        "operations": [
            {"op": "create", "todo": {"title": "Buy bread"}},
            {"op": "complete", "id": TODO_ID, "if_version": 17},
        ]
    },
    "import_todos": [{"title": "Buy milk", "priority": "high"}],
}
GOT: dict[str, Any] = {
    "register": USER,
    "login": TOKENS,
    "token": TOKENS,
    "refresh": TOKENS,
    "me": USER,
    "update_me": USER,
    "list_todos": [TODO],
    "create_todo": TODO,
    "get_todo": TODO,
    "patch_todo": TODO | {"priority": "high", "version": 18},
    "put_todo": TODO | {"title": "Buy oat milk", "version": 18},
    "complete_todo": COMPLETED,
    "reopen_todo": TODO | {"version": 19},
    "restore_todo": TODO | {"version": 19},
    "get_history": [CHANGE],
    "get_changes": {"changes": [CHANGE], "sequence": 17, "has_more": False},
    "get_daily": [{"date": "2026-12-01", "created": 3, "completed": 2, "active_at_end": 7}],
    "get_stats": {
        "user_id": USER_ID,
        "total": 12,
        "completed": 5,
        "active": 7,
        "overdue": 1,
        "completion_rate": 0.4167,
        "created_today": 3,
        "completed_today": 2,
        "completed_this_week": 4,
        "streak": {"current": 3, "longest": 8, "last_active_date": "2026-12-01"},
        "goal": {"daily": 5, "done": 2},
        "by_priority": {name: {"total": 0, "completed": 0} for name in ("none", "low", "medium", "high", "urgent")},
        "by_tag": [{"tag": "home", "total": 4, "completed": 1}],
        "time_zone": "Europe/Helsinki",
        "as_of": WHEN,
        "as_of_sequence": 17,
        "stale": False,
    },
    "stream_events": EVENT,
}


def add(operation: dict[str, Any]) -> dict[str, Any]:
    """The operation with its examples in place."""
    name = operation["operationId"]
    if name in SENT and "requestBody" in operation:
        _put(operation["requestBody"], SENT[name])
    for status, response in operation.get("responses", {}).items():
        if name in GOT and status.startswith("2"):
            _put(response, GOT[name])
    return operation


def _put(holder: dict[str, Any], example: Any) -> None:
    """The example goes where a text is asked for if it is one, and else where it is not (JSON, not CSV)."""
    for content in holder.get("content", {}).values():
        if isinstance(example, str) == (content.get("schema", {}).get("type") == "string"):
            content["example"] = example
