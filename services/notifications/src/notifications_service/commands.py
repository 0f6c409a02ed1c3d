"""Commands for operators."""

from notifications_service.schedule.replay import Replay
from service_common import replays

SERVICE = "notifications"


def verify() -> int:
    return replays.verify(SERVICE, Replay)


def rebuild() -> int:
    return replays.rebuild(SERVICE, Replay)
