"""Examples for the API document."""

from typing import Any

WEBHOOK: dict[str, Any] = {
    "id": "01939d5a-0000-7000-8000-000000000001",
    "url": "https://example.com/hooks/todos",
    "types": ["todo.completed.v1"],
    "project_id": None,
    "enabled": True,
    "disabled_reason": None,
    "position": 17,
    "failures": 0,
    "failing_since": None,
    "next_attempt_at": None,
    "created_at": "2026-12-01T09:30:00.123456Z",
    "updated_at": "2026-12-01T09:30:00.123456Z",
}
WEBHOOK_WITH_SECRET = WEBHOOK | {"secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"}
NEW_WEBHOOK = {"url": WEBHOOK["url"], "types": WEBHOOK["types"]}
WEBHOOK_CHANGE = {"enabled": False}
REPLAY = {"from_sequence": 12}
TEST_RESULT = {"delivered": True, "status": 204, "response": "", "error": "", "duration_ms": 87}
ATTEMPT = {
    "attempt": 31,
    "event_id": "019a9f41-77aa-7b10-8c00-000000000002",
    "type": "todo.completed.v1",
    "sequence": 17,
    "attempted_at": "2026-12-01T09:30:01.654321Z",
    "duration_ms": 120,
    "status": 503,
    "response": "down for maintenance",
    "error": "",
}
SETTINGS = {
    "default_minutes_before": 10,
    "quiet_hours": {"start": "22:00", "end": "07:00"},
    "channels": {"email": True, "push": True},
    "digest_hour": 8,
}
SETTINGS_CHANGE = {"channels": {"email": True}, "digest_hour": 8}
PUSH_KEYS = {
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}
PUSH_SUBSCRIPTION = {
    "endpoint": "https://push.example.net/send/AbCdEf",
    "created_at": "2026-12-01T09:30:00.123456Z",
}
NEW_PUSH = {"endpoint": PUSH_SUBSCRIPTION["endpoint"], "keys": PUSH_KEYS}
PUSH = {"public_key": PUSH_KEYS["p256dh"], "subscriptions": [PUSH_SUBSCRIPTION]}
SENT_TEST = {"email": True, "browsers": 1}
FIRED = {
    "id": "2ba1b4c5-7a53-5b0e-9d3a-3a9a6f1c0b55",
    "todo_id": "019a9f40-0b7e-7f60-8a4d-5e2b9c7d4e02",
    "reminder_id": "019a9f40-0b7e-7f60-8a4d-5e2b9c7d4e77",
    "title": "Buy milk",
    "due_at": "2026-12-01T15:30:00.000000Z",
    "fire_at": "2026-12-01T15:20:00.000000Z",
    "fired_at": "2026-12-01T15:20:00.210000Z",
    "is_late": False,
}
