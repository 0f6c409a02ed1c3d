"""Examples for the API document."""

SUMMARY = {
    "user_id": "01939d5a-0000-7000-8000-000000000001",
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
    "other_tags": {"count": 0, "total": 0, "completed": 0},
    "by_project": [{"project_id": None, "total": 12, "completed": 5}],
    "time_zone": "Europe/Helsinki",
    "as_of": "2026-12-01T09:30:00.123456Z",
    "as_of_sequence": 17,
    "stale": False,
}
DAY = {"date": "2026-12-01", "created": 3, "completed": 2, "active_at_end": 7}
