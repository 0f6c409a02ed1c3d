"""The gateway and its peers on one core each in turn, in front of the same upstream: requests/s, latency, CPU.

Every proxy is pinned to core 0; the load generator (wrk) and the upstream share the other. All but Caddy and Traefik
check a JWT (Ed25519). Envoy runs with one worker, once without and once with its cache of checked tokens; ours once as
it is in the images, compiled, and once as `make up` starts it.
"""

import argparse
import asyncio
import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from service_testing.tokens import TokenIssuer

BIN = Path(sys.executable).parent
COMPILED = BIN.parent / "compiled"
PROXY_CORE, OTHER_CORE = 0, 1
CONNECTIONS = 32
USER = "01939d5a-0000-7000-8000-000000000001"
TODO = '{"id":"01939d5a-0000-7000-8000-000000000002","title":"Buy milk","completed":false,"priority":"none"}'
BODY = ("[" + ",".join([TODO] * 20) + "]").encode()


@dataclass
class Result:
    rate: float
    p50_ms: float
    p99_ms: float
    cpu_us: float


class Upstream(asyncio.Protocol):
    """Answers each request with the same twenty todos, and `/jwks` with the keys."""

    jwks = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport

    def data_received(self, data: bytes) -> None:
        body = self.jwks if data.startswith(b"GET /jwks") else BODY
        head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body)
        self.transport.write((head + body) * data.count(b"\r\n\r\n"))


async def serve_upstream(port: int, jwks: bytes) -> None:
    Upstream.jwks = jwks
    server = await asyncio.get_running_loop().create_server(Upstream, "127.0.0.1", port)
    await server.serve_forever()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def pinned(core: int, *command: object) -> list[str]:
    return ["taskset", "-c", str(core), *map(str, command)]


@contextlib.contextmanager
def running(
    command: list[str], port: int, patience: float = 20, **environment: str
) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        command, env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline and process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
                break
            time.sleep(0.05)
        else:
            raise SystemExit(f"did not start: {' '.join(command)}")
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@dataclass
class Setting:
    """The arguments of every peer."""

    folder: Path
    upstream: int
    port: int
    jwks: str

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text)
        return path


Peer = tuple[list[str], dict[str, str]]


def compiled(setting: Setting) -> Peer:
    if not COMPILED.is_dir():
        raise SystemExit("nothing is compiled: make .venv/compiled")
    command, environment = todobus(setting)
    return command, environment | {"PYTHONPATH": str(COMPILED)}


def todobus(setting: Setting) -> Peer:
    url = f"http://127.0.0.1:{setting.upstream}"
    environment = {
        "PYTHONPATH": "",
        "TODOBUS_PORT": str(setting.port),
        "TODOBUS_ADMIN_PORT": str(free_port()),
        "TODOBUS_NATS_URL": "nats://127.0.0.1:1",
        "TODOBUS_NATS_USER": "gateway",
        "TODOBUS_NATS_PASSWORD": "unused",
        "TODOBUS_JWKS_URL": f"{url}/jwks",
        "TODOBUS_AUTH_UPSTREAMS": url,
        "TODOBUS_TODOS_UPSTREAMS": url,
        "TODOBUS_STATS_UPSTREAMS": url,
        "TODOBUS_NOTIFICATIONS_UPSTREAMS": url,
        "TODOBUS_RATE_LIMITS": "off",
    }
    return [sys.executable, "-m", "api_gateway", "serve"], environment


def envoy(cache: int) -> Callable[[Setting], Peer]:
    def make(setting: Setting) -> Peer:
        config = setting.write("envoy.json", json.dumps(envoy_config(setting, cache)))
        return [str(BIN / "envoy"), "-c", str(config), "--concurrency", "1", "--base-id", str(setting.port)], {}

    return make


def envoy_config(setting: Setting, cache: int) -> dict[str, Any]:
    types = "type.googleapis.com/envoy.extensions.filters"
    provider: dict[str, Any] = {
        "issuer": "todobus",
        "audiences": ["todobus"],
        "forward": True,
        "local_jwks": {"inline_string": setting.jwks},
    }
    if cache:
        provider["jwt_cache_config"] = {"jwt_cache_size": cache}
    check = {
        "@type": f"{types}.http.jwt_authn.v3.JwtAuthentication",
        "providers": {"todobus": provider},
        "rules": [{"match": {"prefix": "/"}, "requires": {"provider_name": "todobus"}}],
    }
    manager = {
        "@type": f"{types}.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "ingress",
        "route_config": {
            "virtual_hosts": [
                {
                    "name": "all",
                    "domains": ["*"],
                    "routes": [{"match": {"prefix": "/"}, "route": {"cluster": "todos"}}],
                }
            ]
        },
        "http_filters": [
            {"name": "jwt", "typed_config": check},
            {"name": "router", "typed_config": {"@type": f"{types}.http.router.v3.Router"}},
        ],
    }
    return {
        "static_resources": {
            "listeners": [
                {
                    "address": address(setting.port),
                    "filter_chains": [{"filters": [{"name": "http", "typed_config": manager}]}],
                }
            ],
            "clusters": [
                {
                    "name": "todos",
                    "type": "STATIC",
                    "load_assignment": {
                        "cluster_name": "todos",
                        "endpoints": [{"lb_endpoints": [{"endpoint": {"address": address(setting.upstream)}}]}],
                    },
                }
            ],
        }
    }


def address(port: int) -> dict[str, Any]:
    return {"socket_address": {"address": "127.0.0.1", "port_value": port}}


def caddy(setting: Setting) -> Peer:
    file = setting.write(
        "Caddyfile",
        f"{{\n admin off\n auto_https off\n}}\nhttp://127.0.0.1:{setting.port} {{\n"
        f" reverse_proxy 127.0.0.1:{setting.upstream}\n}}\n",
    )
    home = str(setting.folder)
    return [str(BIN / "caddy"), "run", "--config", str(file), "--adapter", "caddyfile"], {
        "GOMAXPROCS": "1",
        "HOME": home,
        "XDG_DATA_HOME": home,
        "XDG_CONFIG_HOME": home,
    }


def traefik(setting: Setting) -> Peer:
    routes = {
        "http": {
            "routers": {"all": {"rule": "PathPrefix(`/`)", "service": "todos"}},
            "services": {
                "todos": {"loadBalancer": {"servers": [{"url": f"http://127.0.0.1:{setting.upstream}"}]}},
            },
        }
    }
    dynamic = setting.write("routes.yaml", json.dumps(routes))
    return [
        str(BIN / "traefik"),
        f"--entrypoints.web.address=127.0.0.1:{setting.port}",
        f"--providers.file.filename={dynamic}",
        "--log.level=ERROR",
    ], {"GOMAXPROCS": "1"}


OURS = "todobus, compiled"
PEERS: dict[str, Callable[[Setting], Peer]] = {
    OURS: compiled,
    "todobus": todobus,
    "envoy jwt_authn": envoy(0),
    "envoy jwt_authn, cache": envoy(1000),
    "traefik (no JWT)": traefik,
    "caddy (no JWT)": caddy,
}


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def load(port: int, token: str, seconds: float) -> str:
    command = pinned(OTHER_CORE, "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds:g}s", "--latency")
    header = f"Authorization: Bearer {token}"
    done = subprocess.run(
        [*command, "-H", header, f"http://127.0.0.1:{port}/api/todos?limit=20"], capture_output=True, check=True
    )
    return done.stdout.decode()


def milliseconds(text: str) -> float:
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s)", text).groups()  # type: ignore[union-attr]
    return float(number) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[unit]


def measure(make: Callable[[Setting], Peer], setting: Setting, token: str, seconds: float) -> Result:
    command, environment = make(setting)
    with running(pinned(PROXY_CORE, *command), setting.port, **environment) as process:
        load(setting.port, token, 1)
        before = cpu_seconds(process.pid)
        text = load(setting.port, token, seconds)
        used = cpu_seconds(process.pid) - before
    if "Non-2xx" in text or "Socket errors" in text:
        raise SystemExit(f"{command[0]}\n{text}")
    requests = int(re.search(r"(\d+) requests in", text)[1])  # type: ignore[index]
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1])  # type: ignore[index]
    p50, p99 = (milliseconds(re.search(rf"\n\s+{q}%\s+(\S+)", text)[1]) for q in (50, 99))  # type: ignore[index]
    return Result(rate, p50, p99, used / requests * 1e6)


def run(seconds: float, rounds: int, names: list[str]) -> dict[str, Result]:
    """Median of `rounds` for each peer, measured in turn."""
    issuer = TokenIssuer()
    results: dict[str, list[Result]] = {name: [] for name in names}
    with tempfile.TemporaryDirectory() as folder:
        upstream, jwks = free_port(), json.dumps(issuer.jwks)
        command = pinned(OTHER_CORE, sys.executable, __file__, "--upstream", upstream, "--jwks", jwks)
        with running(command, upstream):
            for _ in range(rounds):
                for name in names:
                    setting = Setting(Path(folder), upstream, free_port(), jwks)
                    results[name].append(measure(PEERS[name], setting, issuer.token(USER), seconds))
    return {name: sorted(found, key=lambda one: one.rate)[len(found) // 2] for name, found in results.items()}


def available(name: str) -> bool:
    return name.startswith("todobus") or shutil.which(str(BIN / name.split(" ", maxsplit=1)[0])) is not None


def report(results: dict[str, Result]) -> None:
    ours = results[OURS].rate
    title = "gateway, one core, 32 connections"
    print(f"{title:36} {'req/s':>8} {'p50 ms':>7} {'p99 ms':>7} {'CPU µs':>7} {'ours is':>8}")
    for name, one in results.items():
        ratio = f"{ours / one.rate:.2f}x"
        print(f"{name:36} {one.rate:8.0f} {one.p50_ms:7.2f} {one.p99_ms:7.2f} {one.cpu_us:7.0f} {ratio:>8}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="*", default=list(PEERS))
    parser.add_argument("--upstream", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--jwks", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.upstream:
        import uvloop  # noqa: PLC0415 - only the upstream's process needs it

        return uvloop.run(serve_upstream(options.upstream, options.jwks.encode()))
    return report(run(options.seconds, options.rounds, [name for name in options.only if available(name)]))


if __name__ == "__main__":
    main()
