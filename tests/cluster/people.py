"""People who use the cluster over HTTP, and what they may expect of it afterwards."""

import threading
import time
import uuid
from collections import Counter
from types import TracebackType
from typing import Any, Self

import httpx

PASSWORD = "correct horse battery"
GONE = 0  # no answer at all
AWAY = (502, 503, 504)
PATIENCE_SECONDS = 120


class Person:
    def __init__(self, url: str) -> None:
        self.client = httpx.Client(base_url=url, timeout=40)
        self.unclear: list[str] = []  # answers that failed and did not explain themselves
        self.email = f"{uuid.uuid4().hex}@example.com"
        answer = self.client.post("/api/auth/register", json={"email": self.email, "password": PASSWORD})
        assert answer.status_code == 201, answer.text
        self.log_in()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.client.close()

    def log_in(self) -> None:
        answer = self.patiently("POST", "/api/auth/login", json={"email": self.email, "password": PASSWORD})
        self.client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def patiently(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Ask again while the answer is that a dependency is not back yet."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            answer = self.client.request(method, path, **options)
            if answer.status_code not in AWAY or time.monotonic() > deadline:
                return answer.raise_for_status()

    def create(self, identity: str, title: str = "Buy milk") -> int:
        """The status of the answer; GONE where there was none."""
        try:
            answer = self.client.post("/api/todos", json={"id": identity, "title": title})
        except httpx.TransportError:
            return GONE
        if answer.is_error and answer.headers["content-type"] != "application/problem+json":
            self.unclear.append(answer.text)
        return answer.status_code

    def changes(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        more = True
        while more:
            since = found[-1]["sequence"] if found else 0
            page = self.patiently("GET", "/api/changes", params={"since": since, "limit": 500}).json()
            found += page["changes"]
            more = page["has_more"]
        return found

    def stats(self, minimum: int) -> dict[str, Any]:
        found: dict[str, Any] = self.patiently("GET", "/api/stats", params={"min_sequence": minimum}).json()
        return found


class Writer(threading.Thread):
    """Creates todos one after the other until `stop` is set, and remembers which were answered with 201."""

    def __init__(self, url: str, pause: float = 0.01) -> None:
        super().__init__(daemon=True)
        self.person = Person(url)
        self.statuses: Counter[int] = Counter()
        self.stored: set[str] = set()
        self._pause = pause
        self._stop_asked = threading.Event()

    def run(self) -> None:
        while not self._stop_asked.wait(self._pause):
            identity = str(uuid.uuid4())
            status = self.person.create(identity)
            self.statuses[status] += 1
            if status == 201:
                self.stored.add(identity)
            elif status == 401:
                self.person.log_in()

    def stop(self) -> None:
        self._stop_asked.set()
        self.join(60)

    def check_nothing_is_lost(self, seconds: float = 120) -> None:
        """Every stored todo is there, in a gapless sequence, and the figures agree."""
        self.person.log_in()
        changes = self.person.changes()
        assert [change["sequence"] for change in changes] == list(range(1, len(changes) + 1))
        assert self.stored <= {change["todo"]["id"] for change in changes}
        deadline = time.monotonic() + seconds
        while (stats := self.person.stats(len(changes)))["as_of_sequence"] < len(changes):
            assert time.monotonic() < deadline, stats
        assert stats["total"] == len(changes)


class Load:
    """Several writers at once, for the time of a `with` block."""

    def __init__(self, url: str, writers: int = 6) -> None:
        self.writers = [Writer(url) for _ in range(writers)]

    @property
    def statuses(self) -> Counter[int]:
        return sum((writer.statuses for writer in self.writers), Counter())

    @property
    def unclear(self) -> list[str]:
        return [answer for writer in self.writers for answer in writer.person.unclear]

    @property
    def stored(self) -> int:
        return sum(len(writer.stored) for writer in self.writers)

    def __enter__(self) -> Self:
        for writer in self.writers:
            writer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for writer in self.writers:
            writer.stop()

    def check_nothing_is_lost(self) -> None:
        for writer in self.writers:
            with writer.person:
                writer.check_nothing_is_lost()
