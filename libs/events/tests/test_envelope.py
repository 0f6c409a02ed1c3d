from json import dumps, loads

import pytest

from service_testing.damaged_events import damages
from service_testing.event_examples import example
from todobus_events import topology
from todobus_events.envelope import UnreadableEventError, cloud_event, read
from todobus_events.registry import EVENTS

USER, TODO = "019a9f3e-52d1-7c3a-9b0e-3d6f0c8f1a01", "019a9f40-0b7e-7f60-8a4d-5e2b9c7d4e02"
HEAD = {
    "event_id": TODO,
    "source": "/services/todos",
    "event_type": "todo.created.v1",
    "subject": TODO,
    "time": "2026-11-22T21:20:00.123456Z",
    "user_id": USER,
    "traceparent": None,
}


def event(**values: object) -> bytes:
    return cloud_event(**(HEAD | {"data": b"{}", "sequence": 17} | values))


class TestCloudEvent:
    def test_its_bytes_are_these(self):
        written = event(data='{"a":  "é"}', traceparent="00-1-2-01", source='/"ä"\n\x1f')
        expected = (
            f'{{"specversion":"1.0","id":"{TODO}","source":"/\\"ä\\"\\n\\u001f","type":"todo.created.v1",'
            f'"subject":"{TODO}","time":"2026-11-22T21:20:00.123456Z","sequence":17,"userid":"{USER}",'
            '"traceparent":"00-1-2-01","data":{"a":  "é"}}'
        )
        assert written.decode() == expected

    def test_what_was_written_is_read(self):
        found = read(event(data=b'{"todo": {}}'), address="todos.events.v1.x.created")

        assert (found.id, found.type, found.user_id, found.sequence) == (TODO, "todo.created.v1", USER, 17)
        assert (found.data, found.address, found.replayed) == ({"todo": {}}, "todos.events.v1.x.created", False)

    def test_a_feed_is_the_users_own_unless_the_event_names_it(self):
        assert b"feedid" not in event()
        assert read(event()).feed_id == USER
        assert read(event(feed_id=TODO)).feed_id == TODO

    @pytest.mark.parametrize(
        "raw",
        [
            b"",
            b"null",
            b"\xff",
            event(user_id="somebody"),
            event(data=b"[]"),
            event(data=b'{"a": NaN}'),
            event(sequence=-1),
            event(sequence=0),
            event(sequence=2**63),
            event(sequence=True),
            event(event_id="an id\nAnd-A: header"),
            event(event_type="todo.created.v1 "),
            event(time="2026-11-22T21:20:00"),
            event(feed_id="somebody"),
            event(data=b'{"sequence": 18}'),
            event(data=b'{"type": "todo.deleted.v1"}'),
        ],
    )
    def test_what_is_no_event_is_unreadable(self, raw):
        with pytest.raises(UnreadableEventError):
            read(raw)

    def test_it_says_what_is_wrong(self):
        for wrong in ("id", "time", "sequence", "userid"):
            with pytest.raises(UnreadableEventError, match=f"^{wrong}: "):
                read(dumps(loads(event()) | {wrong: []}))
        with pytest.raises(UnreadableEventError, match=r"^data: .*sequence"):
            read(event(data=b'{"sequence": 18}'))

    def test_a_damaged_envelope_is_unreadable_or_reads_as_the_same_event(self):
        whole = example(EVENTS["todo.completed.v1"])
        found = damages(whole)
        assert len(found) > 300
        for damage in found:
            try:
                got = read(damage.of(whole))
            except UnreadableEventError:
                continue
            assert (got.sequence, got.user_id, got.feed_id) == (whole["sequence"], whole["userid"], whole["userid"])
            assert isinstance(got.traceparent, str | None)


@pytest.mark.parametrize(
    ("event_type", "rest"),
    [
        ("todo.created.v1", "created"),
        ("project.created.v1", "project.created"),
        ("filter.shared.again.v2", "filter.shared.again"),
    ],
)
def test_a_type_has_its_subject_in_the_feed(event_type, rest):
    assert topology.feed_event(USER, event_type) == f"todos.events.v1.{USER}.{rest}"
