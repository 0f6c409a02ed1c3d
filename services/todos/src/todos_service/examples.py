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
    "project_id": None,
    "parent_id": None,
    "position": "q17",
    "start_date": None,
    "recurrence": None,
    "series_id": None,
    "occurrence_date": None,
    "reminders": [{"id": "01939d5a-3c11-7a10-9000-4b5c6d7e8f20", "minutes_before_due": 30}],
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
SKIPPED = TODO | {
    "due_date": "2026-12-08",
    "due_at": "2026-12-08T15:30:00Z",
    "recurrence": {"rule": "FREQ=WEEKLY", "mode": "schedule"},
    "series_id": "01939d5a-3c11-7b10-9000-4b5c6d7e8f21",
    "occurrence_date": "2026-12-08",
    "version": 18,
}
MOVED = TODO | {"position": "q16V", "version": 18}
QUICK = {"text": "Buy milk tomorrow 5pm #home !high"}
PROJECT_ID, FILTER_ID = "01939d5a-4000-7a11-8b22-3c4d5e6f7a80", "01939d5a-4100-7a11-8b22-3c4d5e6f7a81"
PROJECT = {
    "id": PROJECT_ID,
    "name": "Home",
    "color": "teal",
    "archived": False,
    "position": "q18",
    "version": 18,
    "created_at": WHEN,
    "updated_at": WHEN,
    "deleted_at": None,
}
NEW_PROJECT = {"name": "Home", "color": "teal"}
PROJECT_PATCH = {"archived": True}
PROJECT_PATCHED = PROJECT | PROJECT_PATCH | {"version": 19}
FILTER = {
    "id": FILTER_ID,
    "name": "Urgent at home",
    "query": {"status_filter": "active", "priority": ["urgent"], "project": PROJECT_ID, "sort": "due_at"},
    "position": "q20",
    "version": 20,
    "created_at": WHEN,
    "updated_at": WHEN,
}
NEW_FILTER = {"name": FILTER["name"], "query": FILTER["query"]}
FILTER_PATCH = {"name": "Urgent"}
FILTER_PATCHED = FILTER | FILTER_PATCH | {"version": 21}
MOVE_TODO = {"project_id": PROJECT_ID, "after_id": "01939d5a-3c11-7f2a-9a55-2b6f0a5d7c22"}
MOVE_PROJECT = {"before_id": "01939d5a-4000-7a11-8b22-3c4d5e6f7a82"}
MOVE_FILTER = {"after_id": "01939d5a-4100-7a11-8b22-3c4d5e6f7a83"}
COMMAND = {
    "id": CHANGE["command_id"],
    "actor": CHANGE["actor"],
    "occurred_at": WHEN,
    "sequences": [17, 17],
    "summary": "Created todo “Buy milk”",
    "undone_by": None,
    "is_undo": False,
}
UNDO = {"actor_id": "01939d59-0000-7000-8000-000000000002", "since": "2026-12-01T09:00:00Z"}
UNDONE = {"command_id": "01939d5a-5000-7c1e-8f00-7d1b0a5d7c12", "changes": [CHANGE], "sequence": 17, "has_more": False}
SYNC = {
    "since": 17,
    "commands": [
        {
            "id": "01939d5a-6000-7c1e-8f00-7d1b0a5d7c13",
            "op": "update",
            "todo_id": TODO_ID,
            "set": {"title": "Buy oat milk"},
            "base_version": 17,
        }
    ],
}
SYNCED = {
    "results": [{"id": "01939d5a-6000-7c1e-8f00-7d1b0a5d7c13", "status": "applied", "todo": RENAMED}],
    "changes": [],
    "sequence": 18,
    "has_more": False,
}
RESTORE = {"as_of": "2026-12-01T09:00:00Z", "dry_run": True}
RESTORED_ALL = {
    "command_id": None,
    "dry_run": True,
    "as_of": 12,
    "sequence": 17,
    "changes": {"updated": 2, "restored": 1, "deleted": 1},
    "kept": 0,
}
