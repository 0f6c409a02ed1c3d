"""The whole system through its gateway, and PocketBase, in turn: create, list of 20, update and complete.

Ours runs as `todobus up` does: gateway, four services, PostgreSQL and NATS, durable, with events, relay and projection.
PocketBase is one program with SQLite, which it runs with `synchronous=NORMAL`: a power cut may take the last writes.
The third is PocketBase with `FULL`, as durable as ours: a copy whose setting is changed in place, as it has no
option for it. All share the machine with the load generator (wrk), and get as many users.
"""

import argparse
import contextlib
import json
import re
import secrets
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from benchmarks.gateway import BIN, free_port, milliseconds, running
from benchmarks.todos import CREATE, LIST, load, median

USERS, TODOS = 20, 50  # todos of each user that are updated and completed at one number of connections
CONNECTIONS = (1, 8, 32, 128)
UPDATE, COMPLETE = "update", "complete"
PASSWORD = secrets.token_urlsafe()
SCRIPT = """
local users = { %s }
local turn = 0
function request()
  turn = turn + 1
  local user = users[turn %% #users + 1]
  local round = math.floor(turn / #users)
  local todo = user[3][round %% math.max(#user[3], 1) + 1]
  local again = math.floor(round / math.max(#user[3], 1)) %% 2 == 1 -- each second time a todo is reopened
  local headers = { ["Authorization"] = user[1], ["Content-Type"] = "application/json" }
  return wrk.format("%s", %s, headers, %s)
end
"""
TITLE = '{"title":"Buy milk and bread"'
RETITLE = """'{"title":"Buy milk and bread ' .. turn .. '"}'"""
Request = tuple[str, str, str]  # method, path and body, the last two in Lua


@dataclass
class Program:
    """The port of a program, its users (authorization, id), its requests, and the path that lists 500."""

    port: int
    users: list[tuple[str, str]]
    requests: dict[str, Request]
    listing: str


@dataclass
class Result:
    rate: float
    p50_ms: float
    p99_ms: float
    requests: int


@contextlib.contextmanager
def todobus(folder: Path) -> Iterator[Program]:
    port = free_port()
    data = folder / "todobus"
    options = ["--port", str(port), "--data-dir", str(data), "--no-web", "--no-rate-limits"]
    with running([str(BIN / "todobus"), "up", *options], port, 180), client(port) as http:
        wait(lambda: http.get("/readyz").status_code == 200)
        users = [register(http) for _ in range(USERS)]
        path = '"/api/todos/" .. todo'
        requests = {
            CREATE: ("POST", '"/api/todos"', f"'{TITLE}}}'"),
            LIST: ("GET", '"/api/todos?limit=20"', "nil"),
            UPDATE: ("PATCH", path, RETITLE),
            COMPLETE: ("POST", f'{path} .. (again and "/reopen" or "/complete")', "nil"),
        }
        yield Program(port, users, requests, "/api/todos?limit=500")


def register(http: httpx.Client) -> tuple[str, str]:
    """A new account: its Authorization header and its id."""
    account = {"email": f"{secrets.token_hex(8)}@bench.example", "password": PASSWORD}
    http.post("/api/auth/register", json=account).raise_for_status()
    tokens = http.post("/api/auth/login", json=account).raise_for_status().json()
    return f"Bearer {tokens['access_token']}", tokens["user"]["id"]


@contextlib.contextmanager
def durable_pocketbase(folder: Path) -> Iterator[Program]:
    """With `synchronous=2`, which is FULL."""
    program = folder / "durable"
    found = (BIN / "pocketbase").read_bytes()
    assert found.count(b"synchronous(NORMAL)") == 1
    program.write_bytes(found.replace(b"synchronous(NORMAL)", b"synchronous(000002)"))
    program.chmod(0o755)
    with pocketbase(folder, str(program)) as made:
        yield made


@contextlib.contextmanager
def pocketbase(folder: Path, program: str = str(BIN / "pocketbase")) -> Iterator[Program]:
    port, data = free_port(), folder / "pocketbase"
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
        listing, one = f"{path}?sort=-created&skipTotal=1&perPage=", f'"{path}/" .. todo'
        requests = {
            CREATE: ("POST", f'"{path}"', f"""'{TITLE},"user":"' .. user[2] .. '"}}'"""),
            LIST: ("GET", f'"{listing}20"', "nil"),
            UPDATE: ("PATCH", one, RETITLE),
            COMPLETE: ("PATCH", one, """'{"completed":' .. tostring(not again) .. '}'"""),
        }
        yield Program(port, users, requests, f"{listing}500")


def _collection(owners: str) -> dict[str, Any]:
    mine = "@request.auth.id != '' && user = @request.auth.id"
    return {
        "name": "todos",
        "type": "base",
        "listRule": mine,
        "createRule": mine,
        "updateRule": mine,
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


def measure(program: Program, folder: Path, seconds: float) -> dict[tuple[str, int], Result]:
    """Creates first: they fill the lists."""
    wanted, ids, found = TODOS * len(CONNECTIONS), [[]], {}
    while min(map(len, ids)) < wanted:
        run(program, folder, CREATE, 3)
        ids = todo_ids(program)
    for index, connections in enumerate(CONNECTIONS):
        todos = [of_user[index * TODOS : (index + 1) * TODOS] for of_user in ids]
        for name in program.requests:
            found[name, connections] = run(program, folder, name, seconds, connections, todos)
    return found


def todo_ids(program: Program) -> list[list[str]]:
    """The newest of each user."""
    found = []
    with client(program.port) as http:
        for authorization, _ in program.users:
            answer = http.get(program.listing, headers={"Authorization": authorization}).raise_for_status().json()
            todos = answer["items"] if isinstance(answer, dict) else answer
            found.append([todo["id"] for todo in todos])
    return found


def run(
    program: Program,
    folder: Path,
    name: str,
    seconds: float,
    connections: int = 32,
    todos: Sequence[Sequence[str]] = ([],) * USERS,
) -> Result:
    users = ", ".join(
        f'{{"{authorization}", "{user}", {{{", ".join(map(json.dumps, ids))}}}}}'
        for (authorization, user), ids in zip(program.users, todos, strict=True)
    )
    script = folder / "script.lua"
    script.write_text(SCRIPT % (users, *program.requests[name]))
    text = load(program.port, script, f"-d{seconds:g}s", connections=connections)
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1])  # type: ignore[index]
    p50, p99 = (milliseconds(re.search(rf"\n\s+{q}%\s+(\S+)", text)[1]) for q in (50, 99))  # type: ignore[index]
    return Result(rate, p50, p99, int(re.search(r"(\d+) requests in", text)[1]))  # type: ignore[index]


PROGRAMS = {"todobus": todobus, "PocketBase": pocketbase, "PocketBase, FULL": durable_pocketbase}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    found: dict[tuple[str, int, str], list[Result]] = {}
    for _ in range(options.rounds):
        for name, start in PROGRAMS.items():
            with tempfile.TemporaryDirectory() as folder:
                Path(folder).chmod(0o711)
                with start(Path(folder)) as program:
                    for request, result in measure(program, Path(folder), options.seconds).items():
                        found.setdefault((*request, name), []).append(result)
    report({key: median(results) for key, results in found.items()})


def report(results: dict[tuple[str, int, str], Result]) -> None:
    print(f"{'through the gateway':36} {'req/s':>8} {'p50 ms':>7} {'p99 ms':>7} {'ours is':>8}")
    for (request, connections, name), one in sorted(results.items()):
        ours = results[request, connections, "todobus"]
        ratio = "" if one is ours else f"{ours.rate / one.rate:7.2f}x"
        label = f"{request}, {connections}, {name}"
        print(f"{label:36} {one.rate:8.0f} {one.p50_ms:7.2f} {one.p99_ms:7.2f} {ratio:>8}")


if __name__ == "__main__":
    main()
