"""Users who list, search, write and read figures at a steady rate, and log in: a process that does nothing but measure.

It reads a line with the users and the seconds, says `ready`, and at the next line begins; then it prints what it found.
"""

import asyncio
import itertools
import json
import sys
import time
from collections.abc import Coroutine
from typing import Any, TypedDict

import httpx

PER_SECOND = 6  # requests of each user, below what a user may send
LOGIN_SECONDS = 2.0  # between two log-ins of each
TIMEOUT = 35


class User(TypedDict):
    """An account and the address from which its requests come."""

    url: str
    email: str
    password: str
    headers: dict[str, str]
    token: str
    source: str


class Found(TypedDict):
    """Seconds of the answered requests by kind, the slowest request, errors, and the todos created by each user."""

    seconds: dict[str, list[float]]
    slowest: tuple[float, str]
    errors: list[str]
    created: list[list[str]]


class Innocent:
    def __init__(self, user: User, found: Found) -> None:
        self.user, self.found = user, found
        self.created: list[str] = []
        found["created"].append(self.created)

    async def use(self, seconds: float) -> None:
        transport = httpx.AsyncHTTPTransport(local_address=self.user["source"])
        options: dict[str, Any] = {"base_url": self.user["url"], "timeout": TIMEOUT, "headers": self.user["headers"]}
        async with httpx.AsyncClient(transport=transport, **options) as http, asyncio.TaskGroup() as tasks:
            requests = itertools.cycle((self._list, self._create, self._search, self._figures, self._profile))
            begin, logins = time.monotonic(), 0
            for number in range(int(seconds * PER_SECOND)):
                await asyncio.sleep(max(0.0, begin + number / PER_SECOND - time.monotonic()))
                tasks.create_task(self._measure("requests", next(requests)(http)))
                if time.monotonic() - begin >= logins * LOGIN_SECONDS:
                    logins += 1
                    tasks.create_task(self._measure("log-ins", self._log_in(http)))

    async def _measure(self, kind: str, request: Coroutine[Any, Any, httpx.Response]) -> None:
        begin = time.perf_counter()
        try:
            answer = await request
        except httpx.HTTPError as error:
            self.found["errors"].append(f"{kind}: {error!r}")
            return
        seconds = time.perf_counter() - begin
        self.found["seconds"].setdefault(kind, []).append(seconds)
        if kind == "requests":
            self.found["slowest"] = max(self.found["slowest"], (seconds, answer.request.url.path))
        if not answer.is_success:
            self.found["errors"].append(f"{answer.status_code} {answer.request.url.path}: {answer.text[:200]}")

    @property
    def _login(self) -> dict[str, str]:
        return {"authorization": self.user["token"]}

    async def _create(self, http: httpx.AsyncClient) -> httpx.Response:
        answer = await http.post("/api/todos", json={"title": "Buy milk"}, headers=self._login)
        if answer.status_code == httpx.codes.CREATED:
            self.created.append(answer.json()["id"])
        return answer

    def _list(self, http: httpx.AsyncClient) -> Coroutine[Any, Any, httpx.Response]:
        return http.get("/api/todos?limit=20", headers=self._login)

    def _search(self, http: httpx.AsyncClient) -> Coroutine[Any, Any, httpx.Response]:
        return http.get("/api/todos?limit=20&q=milk", headers=self._login)

    def _figures(self, http: httpx.AsyncClient) -> Coroutine[Any, Any, httpx.Response]:
        return http.get("/api/stats", headers=self._login)

    def _profile(self, http: httpx.AsyncClient) -> Coroutine[Any, Any, httpx.Response]:
        return http.get("/api/users/me", headers=self._login)

    def _log_in(self, http: httpx.AsyncClient) -> Coroutine[Any, Any, httpx.Response]:
        account = {"email": self.user["email"], "password": self.user["password"]}
        return http.post("/api/auth/login", json=account)


async def use(users: list[User], seconds: float) -> Found:
    found = Found(seconds={}, slowest=(0.0, ""), errors=[], created=[])
    await asyncio.gather(*(Innocent(user, found).use(seconds) for user in users))
    return found


if __name__ == "__main__":
    order = json.loads(sys.stdin.readline())
    print("ready", flush=True)  # noqa: T201
    sys.stdin.readline()
    print(json.dumps(asyncio.run(use(order["users"], order["seconds"]))))  # noqa: T201
