"""The todo service and its peer on one core each in turn: list of 20 and create, requests/s, latency, CPU.

The service is reached directly. PostgreSQL, durable as in `make up`, and the load generator (wrk) share the machine
with it. The peer is FastAPI with a SQLAlchemy ORM session: see `peer.py`.
"""

import argparse
import asyncio
import contextlib
import json
import re
import secrets
import subprocess
import sys
import tempfile
import threading
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Protocol, TypeVar

from benchmarks.gateway import PROXY_CORE, Result, cpu_seconds, free_port, milliseconds, pinned, running
from local_cluster.launcher.engines.postgres import Postgres, create_database
from service_testing.tokens import TokenIssuer
from service_testing.waiting import wait_until

USERS, CONNECTIONS = 50, 32
LIST, CREATE = "list of 20", "create"
SCRIPT = """
local tokens = { %s }
local turn = 0
function request()
  turn = turn + 1
  local headers = { ["Authorization"] = tokens[turn %% #tokens + 1], ["Content-Type"] = "application/json" }
  %s
end
"""
REQUESTS = {
    LIST: 'return wrk.format("GET", "/api/todos?limit=20", headers)',
    CREATE: """return wrk.format("POST", "/api/todos", headers, '{"title":"Buy milk and bread","tags":["home"]}')""",
}


class Bench:
    """Everything a run needs: a database per program, keys, tokens, wrk's scripts."""

    def __init__(self, folder: Path, postgres: Postgres, jwks_url: str, issuer: TokenIssuer) -> None:
        self.folder = folder
        self.postgres = postgres
        self.jwks_url = jwks_url
        self.users = [str(uuid.uuid4()) for _ in range(USERS)]
        self.issuer = issuer

    def script(self, name: str) -> Path:
        tokens = ", ".join(f'"Bearer {token}"' for token in map(self.issuer.token, self.users))
        path = self.folder / f"{name.split(maxsplit=1)[0]}.lua"
        path.write_text(SCRIPT % (tokens, REQUESTS[name]))
        return path

    def command(self, name: str) -> tuple[list[str], int, dict[str, str]]:
        """The command line of a program, its port and its environment."""
        port = free_port()
        url, owner_url = (self.postgres.url(name, role, name) for role in (name, f"{name}_owner"))
        if name == "peer":
            environment = {"PEER_PORT": str(port), "PEER_DATABASE_URL": owner_url, "PEER_JWKS_URL": self.jwks_url}
            return [sys.executable, "-m", "benchmarks.peer"], port, environment
        environment = {
            "TODOBUS_PORT": str(port),
            "TODOBUS_ADMIN_PORT": str(free_port()),
            "TODOBUS_DATABASE_URL": url,
            "TODOBUS_NATS_URL": "nats://127.0.0.1:1",
            "TODOBUS_NATS_USER": "todos",
            "TODOBUS_NATS_PASSWORD": "unused",
            "TODOBUS_JWKS_URL": self.jwks_url,
        }
        migrating = environment | {"TODOBUS_DATABASE_URL": owner_url}
        subprocess.run([sys.executable, "-m", "todos_service", "migrate"], env=migrating, check=True)
        return [sys.executable, "-m", "todos_service", "serve"], port, environment


@contextlib.contextmanager
def bench() -> Iterator[Bench]:
    issuer = TokenIssuer()
    with tempfile.TemporaryDirectory() as name, jwks_server(issuer) as jwks_url:
        folder = Path(name)
        folder.chmod(0o711)
        postgres = Postgres(folder / "postgres", free_port(), secrets.token_urlsafe())
        postgres.initialise()
        with (folder / "log").open("wb") as log:
            server = postgres.program().start(log.fileno())
        try:
            asyncio.run(prepare(postgres))
            yield Bench(folder, postgres, jwks_url, issuer)
        finally:
            server.terminate()
            server.wait()


async def prepare(postgres: Postgres) -> None:
    await wait_until(postgres.ready, 30)
    for name in ("todobus", "peer"):
        await create_database(postgres, name, name, name)


@contextlib.contextmanager
def jwks_server(issuer: TokenIssuer) -> Iterator[str]:
    body = json.dumps(issuer.jwks).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/jwks"
    finally:
        server.shutdown()


def load(port: int, script: Path, *options: str, connections: int = CONNECTIONS) -> str:
    command = [
        "wrk",
        "-t1",
        f"-c{connections}",
        "--latency",
        "--timeout",
        "30s",
        *options,
        "-s",
        str(script),
        f"http://127.0.0.1:{port}",
    ]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    if "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
        raise SystemExit(done.stdout)
    return done.stdout


def measure(made: Bench, program: str, seconds: float) -> dict[str, Result]:
    command, port, environment = made.command(program)
    with running(pinned(PROXY_CORE, *command), port, 120, **environment) as process:
        load(port, made.script(CREATE), "-d2s")  # fills the lists and the caches
        return {name: one(port, made.script(name), seconds, process.pid) for name in REQUESTS}


def one(port: int, script: Path, seconds: float, pid: int) -> Result:
    before = cpu_seconds(pid)
    text = load(port, script, f"-d{seconds:g}s")
    used = cpu_seconds(pid) - before
    requests = int(re.search(r"(\d+) requests in", text)[1])  # type: ignore[index]
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1])  # type: ignore[index]
    p50, p99 = (milliseconds(re.search(rf"\n\s+{q}%\s+(\S+)", text)[1]) for q in (50, 99))  # type: ignore[index]
    return Result(rate, p50, p99, used / requests * 1e6)


class Rated(Protocol):
    rate: float


Measured = TypeVar("Measured", bound=Rated)


def median(results: list[Measured]) -> Measured:
    return sorted(results, key=lambda one: one.rate)[len(results) // 2]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    found: dict[tuple[str, str], list[Result]] = {}
    with bench() as made:
        for _ in range(options.rounds):
            for program in ("todobus", "peer"):
                for name, result in measure(made, program, options.seconds).items():
                    found.setdefault((name, program), []).append(result)
    report({key: median(results) for key, results in found.items()})


def report(results: dict[tuple[str, str], Result]) -> None:
    print(f"{'todo service, one core, 32 conns':36} {'req/s':>8} {'p50 ms':>7} {'p99 ms':>7} {'CPU µs':>7}")
    for name in REQUESTS:
        ours, peer = results[name, "todobus"], results[name, "peer"]
        for program, got in (("todobus", ours), ("FastAPI + ORM", peer)):
            print(f"{name + ', ' + program:36} {got.rate:8.0f} {got.p50_ms:7.2f} {got.p99_ms:7.2f} {got.cpu_us:7.0f}")
        rates, costs = ours.rate / peer.rate, peer.cpu_us / ours.cpu_us
        print(f"{name}: ours does {rates:.2f}x the requests, at {costs:.2f}x less CPU each")


if __name__ == "__main__":
    main()
