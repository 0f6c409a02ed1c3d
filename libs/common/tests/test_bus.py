from prometheus_client import REGISTRY

from service_common.bus import Telemetry
from todobus_events.envelope import Event

EVENT = Event("id", "todo.created.v1", "subject", "2026-11-22T21:20:00Z", 1, "user", {}, None, b"")


def value(name, **labels):
    return REGISTRY.get_sample_value(name, {"stream": "TODOS", "consumer": "telemetry"} | labels)


class TestTelemetry:
    def test_what_was_handled_is_counted(self):
        Telemetry().handled("TODOS", "telemetry", [EVENT, EVENT], 0)
        Telemetry().pending("TODOS", "telemetry", 7)

        assert value("consumer_events_total") == 2
        assert value("consumer_pending_events") == 7
        assert value("consumer_delay_seconds_count") == 1

    def test_failures_by_kind_and_dead_letters_are_counted(self):
        Telemetry().failed("TODOS", "telemetry", "refused")
        Telemetry().dead_letter("telemetry")

        assert value("consumer_failures_total", kind="refused") == 1
        assert REGISTRY.get_sample_value("consumer_dead_letters_total", {"consumer": "telemetry"}) == 1
