"""Commands for operators."""

from service_common import replays
from stats_service.projection.replay import Replay

SERVICE = "stats"


def verify() -> int:
    return replays.verify(SERVICE, Replay)


def rebuild() -> int:
    return replays.rebuild(SERVICE, Replay)
