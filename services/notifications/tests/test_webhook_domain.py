import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from notifications_service.domain import PAUSES, Outcome, Webhook, standing_after, wants

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
PROJECT = uuid.uuid4()
WEBHOOK = Webhook(
    id=uuid.uuid4(),
    user_id=uuid.uuid4(),
    url="https://example.com",
    types=[],
    project_id=None,
    generation=3,
    rotated_at=None,
    enabled=True,
    disabled_reason=None,
    position=4,
    head=9,
    failures=0,
    failing_since=None,
    next_attempt_at=NOW,
    created_at=NOW,
    updated_at=NOW,
)


class TestStanding:
    def test_pauses_grow_from_5_seconds_to_a_day(self):
        assert (PAUSES[0], PAUSES[-1]) == (timedelta(seconds=5), timedelta(days=1))
        webhook = WEBHOOK
        for pause in (*PAUSES, PAUSES[-1]):
            standing = standing_after(webhook, Outcome(500), NOW)
            assert standing.next_attempt_at == NOW + pause
            webhook = replace(webhook, failures=standing.failures, failing_since=standing.failing_since)

    def test_success_forgets_the_failures(self):
        failing = replace(WEBHOOK, failures=4, failing_since=NOW - timedelta(days=2))
        standing = standing_after(failing, Outcome(204), NOW)
        assert (standing.failures, standing.failing_since, standing.disabled_reason) == (0, None, None)

    @pytest.mark.parametrize(
        ("outcome", "since", "reason"),
        [
            (Outcome(410), None, "gone"),
            (Outcome(500), NOW - timedelta(days=3), "failing"),
            (Outcome(error="no answer within 10 s"), NOW - timedelta(days=3), "failing"),
            (Outcome(500), NOW - timedelta(days=2, hours=23), None),
            (Outcome(200), NOW - timedelta(days=3), None),
            (Outcome(302), None, None),
        ],
    )
    def test_410_and_three_days_of_failures_disable(self, outcome, since, reason):
        assert standing_after(replace(WEBHOOK, failing_since=since), outcome, NOW).disabled_reason == reason


class TestGenerations:
    @pytest.mark.parametrize(
        ("age", "expected"), [(None, [3]), (timedelta(hours=23), [3, 2]), (timedelta(hours=24), [3])]
    )
    def test_the_secret_before_signs_for_a_day(self, age, expected):
        assert replace(WEBHOOK, rotated_at=age and NOW - age).generations(NOW) == expected


@pytest.mark.parametrize(
    ("types", "project", "event_type", "data", "expected"),
    [
        ([], None, "todo.created.v1", {}, True),
        ([], None, "unheard.of.v9", {}, True),
        (["todo.completed.v1"], None, "todo.created.v1", {}, False),
        (["todo.completed.v1"], None, "todo.completed.v1", {}, True),
        ([], PROJECT, "todo.created.v1", {"todo": {"project_id": str(PROJECT)}}, True),
        ([], PROJECT, "todo.created.v1", {"todo": {"project_id": None}}, False),
        ([], PROJECT, "todo.created.v1", {"todo": {}}, False),
        ([], PROJECT, "project.updated.v1", {"project": {"id": str(PROJECT)}}, True),
        ([], PROJECT, "filter.created.v1", {"filter": {}}, False),
    ],
)
def test_what_a_webhook_wants(types, project, event_type, data, expected):
    assert wants(types, project, event_type, data) is expected
