"""Examples for the API document."""

from typing import Any

USER_ID, TODO_ID = "01939d5a-0000-7000-8000-000000000001", "01939d5a-3c11-7f2a-9a55-2b6f0a5d7c10"
WHEN = "2026-12-01T09:30:00.123456Z"
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
    "command_id": "01939d5a-3c10-7c1e-8f00-7d1b0a5d7c11",
    "actor": {"type": "session", "id": "01939d59-0000-7000-8000-000000000002", "name": "web"},
}
CHANGES = {"changes": [CHANGE], "sequence": 17, "has_more": False}
PATCH = {"priority": "high", "due_time": None}
PATCHED = TODO | {"priority": "high", "version": 18}
PUT = {"title": "Buy oat milk", "tags": []}
RENAMED = TODO | {"title": "Buy oat milk", "version": 18}
COMPLETED = TODO | {"completed": True, "completed_at": WHEN, "version": 18}
REOPENED = RESTORED = TODO | {"version": 19}
NEW_TODO = {"title": "Buy milk", "tags": ["home"], "due_date": "2026-12-01", "due_time": "17:30"}
BULK = {
    "operations": [
        {"op": "create", "todo": {"title": "Buy bread"}},
        {"op": "complete", "id": TODO_ID, "if_version": 17},
    ]
}
IMPORT = [{"title": "Buy milk", "priority": "high"}]
