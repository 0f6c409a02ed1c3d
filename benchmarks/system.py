"""The whole system through its gateway, and PocketBase, in turn: list of 20 and create, requests/s and latency.

Ours runs as `todobus up` does: gateway, four services, PostgreSQL and NATS, durable, with events, relay and projection.
PocketBase is one program with SQLite. Both share the machine with the load generator (wrk); both get as many users.
"""

import argparse
import contextlib
import re
import secrets
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from benchmarks.gateway import BIN, free_port, milliseconds, running
from benchmarks.todos import CREATE, LIST, load, median

USERS = 20
PASSWORD = secrets.token_urlsafe()
SCRIPT = """
local users = { %s }
local turn = 0
function request()
  turn = turn + 1
  local user = users[turn %% #users + 1]
  local headers = { ["Authorization"] = user[1], ["Content-Type"] = "application/json" }
  return wrk.format("%s", "%s", headers, %s)
end
"""


@dataclass
class Program:
    """The port of a program, its users (authorization, id), and its two requests (method, path, body in Lua)."""

    port: int
    users: list[tuple[str, str]]
    requests: dict[str, tuple[str, str, str]]


@dataclass
class Result:
    rate: float
    p50_ms: float
    p99_ms: float


@contextlib.contextmanager
def todobus(folder: Path) -> Iterator[Program]:
    port = free_port()
    data = folder / "todobus"
    options = ["--port", str(port), "--data-dir", str(data), "--no-web", "--no-rate-limits"]
    with running([str(BIN / "todobus"), "up", *options], port, 180), client(port) as http:
        wait(lambda: http.get("/readyz").status_code == 200)
        users = [register(http) for _ in range(USERS)]
        body = """'{"title":"Buy milk and bread"}'"""
        requests = {LIST: ("GET", "/api/todos?limit=20", "nil"), CREATE: ("POST", "/api/todos", body)}
        yield Program(port, users, requests)


def register(http: httpx.Client) -> tuple[str, str]:
    """A new account: its Authorization header and its id."""
    account = {"email": f"{secrets.token_hex(8)}@bench.example", "password": PASSWORD}
    http.post("/api/auth/register", json=account).raise_for_status()
    tokens = http.post("/api/auth/login", json=account).raise_for_status().json()
    return f"Bearer {tokens['access_token']}", tokens["user"]["id"]


@contextlib.contextmanager
def pocketbase(folder: Path) -> Iterator[Program]:
    port = free_port()
    program, data = str(BIN / "pocketbase"), folder / "pocketbase"
    admin = {"identity": "admin@bench.example", "password": PASSWORD}
    subprocess.run(
        [program, "superuser", "upsert", admin["identity"], PASSWORD, "--dir", str(data)],
        check=True,
        capture_output=True,
    )
    with running([program, "serve", "--http", f"127.0.0.1:{port}", "--dir", str(data)], port), client(port) as http:
        wait(lambda: http.get("/api/health").status_code == 200)
        answer = http.post("/api/collections/_superusers/auth-with-password", json=admin).raise_for_status()
        http.headers["Authorization"] = answer.json()["token"]
        owners = http.get("/api/collections/users").raise_for_status().json()["id"]
        http.post("/api/collections", json=_collection(owners)).raise_for_status()
        users = [_sign_up(http, f"user{number}@bench.example") for number in range(USERS)]
        path = "/api/collections/todos/records"
        body = """'{"title":"Buy milk and bread","user":"' .. user[2] .. '"}'"""
        listing = f"{path}?perPage=20&sort=-created&skipTotal=1"
        yield Program(port, users, {LIST: ("GET", listing, "nil"), CREATE: ("POST", path, body)})


def _collection(owners: str) -> dict[str, Any]:
    mine = "@request.auth.id != '' && user = @request.auth.id"
    return {
        "name": "todos",
        "type": "base",
        "listRule": mine,
        "createRule": mine,
        "indexes": ["create index todos_newest on todos (user, created)"],
        "fields": [
            {"name": "title", "type": "text", "required": True, "max": 500},
            {"name": "completed", "type": "bool"},
            {"name": "user", "type": "relation", "collectionId": owners, "maxSelect": 1},
            {"name": "created", "type": "autodate", "onCreate": True},
            {"name": "updated", "type": "autodate", "onCreate": True, "onUpdate": True},
        ],
    }


def _sign_up(http: httpx.Client, email: str) -> tuple[str, str]:
    account = {"email": email, "password": PASSWORD, "passwordConfirm": PASSWORD}
    made = http.post("/api/collections/users/records", json=account).raise_for_status().json()
    login = {"identity": email, "password": PASSWORD}
    answer = http.post("/api/collections/users/auth-with-password", json=login, headers={"Authorization": ""})
    return answer.raise_for_status().json()["token"], made["id"]


def client(port: int) -> httpx.Client:
    return httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30)


def wait(ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.HTTPError):
            if ready():
                return
        time.sleep(0.1)
    raise SystemExit("not ready after 90 s")


def measure(program: Program, folder: Path, seconds: float) -> dict[str, Result]:
    """Creates first: they fill the lists."""
    run(program, folder, CREATE, 3)
    return {name: run(program, folder, name, seconds) for name in (CREATE, LIST)}


def run(program: Program, folder: Path, name: str, seconds: float) -> Result:
    users = ", ".join(f'{{"{authorization}", "{user}"}}' for authorization, user in program.users)
    script = folder / "script.lua"
    script.write_text(SCRIPT % (users, *program.requests[name]))
    text = load(program.port, script, f"-d{seconds:g}s")
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1])  # type: ignore[index]
    p50, p99 = (milliseconds(re.search(rf"\n\s+{q}%\s+(\S+)", text)[1]) for q in (50, 99))  # type: ignore[index]
    return Result(rate, p50, p99)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    found: dict[tuple[str, str], list[Result]] = {}
    for _ in range(options.rounds):
        for name, start in (("todobus", todobus), ("PocketBase", pocketbase)):
            with tempfile.TemporaryDirectory() as folder:
                Path(folder).chmod(0o711)
                with start(Path(folder)) as program:
                    for request, result in measure(program, Path(folder), options.seconds).items():
                        found.setdefault((request, name), []).append(result)
    report({key: median(results) for key, results in found.items()})


def report(results: dict[tuple[str, str], Result]) -> None:
    print(f"{'through the gateway, 32 connections':36} {'req/s':>8} {'p50 ms':>7} {'p99 ms':>7}")
    for (request, name), one in sorted(results.items()):
        print(f"{request + ', ' + name:36} {one.rate:8.0f} {one.p50_ms:7.2f} {one.p99_ms:7.2f}")
    for request in (LIST, CREATE):
        ratio = results[request, "todobus"].rate / results[request, "PocketBase"].rate
        print(f"{request}: ours does {ratio:.2f}x the requests")


if __name__ == "__main__":
    main()
