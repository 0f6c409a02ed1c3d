"""No background task of a process runs unwatched: each is started by the supervisor, or awaited by who made it."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
STARTS = re.compile(r"create_task\(|ensure_future\(|TaskGroup\(|run_coroutine_threadsafe\(")
WATCHED = {
    "libs/common/src/service_common/drain.py": "awaited in the same function",
    "libs/common/src/service_common/http/server.py": "awaited in the same function",
    "libs/events/src/todobus_events/gaps.py": "a run for a user: logs its errors, the next request starts another",
    "libs/events/src/todobus_events/tasks.py": "the supervisor",
    "services/todos/src/todos_service/service/steps.py": "awaited in the same function",
    "services/todos/src/todos_service/service/batcher.py": "answers each of its requests, with the error if it fails",
    "services/stats/src/stats_service/projection/replay.py": "awaited in the same function",
    "gateway/src/api_gateway/server/protocol.py": "answers a request; the server keeps it until its end",
}


def test_every_background_task_is_supervised() -> None:
    sources = [path for folder in ("libs", "services", "gateway") for path in (ROOT / folder).glob("**/src/**/*.py")]
    found = {str(path.relative_to(ROOT)) for path in sources if STARTS.search(path.read_text())}
    assert found == set(WATCHED)
