"""The nginx in front of the gateways, with its own configuration: what it answers by itself, and what it passes on."""

import json
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPMessage, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

pytestmark = [
    pytest.mark.deployment,
    pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is in Debian's package nginx-light"),
]
ROOT = Path(__file__).parents[2]
CONNECTIONS = 4
Answer = tuple[int, HTTPMessage, bytes]


class Gateway(BaseHTTPRequestHandler):
    waiting: ClassVar = threading.Semaphore(0)  # requests that wait for `go_on`
    go_on: ClassVar = threading.Event()

    def do_GET(self) -> None:
        if self.path == "/api/wait":
            self.waiting.release()
            self.go_on.wait(30)
        self.send_response(200)
        self.send_header("X-Request-Id", "from-the-gateway")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Nothing: pytest's output is not the place for it."""


@pytest.fixture(scope="module")
def gateway() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Gateway) as server:
        threading.Thread(target=server.serve_forever).start()
        yield server.server_port
        server.shutdown()


def free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        servers = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [server.getsockname()[1] for server in servers]


@pytest.fixture(scope="module")
def front(gateway: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of an nginx that differs from the image's in ports, folders and the address of its gateways."""
    folder, [port, health] = tmp_path_factory.mktemp("front"), free_ports(2)
    files = {"index.html": "the app", "404.html": "no such page", "_next/static/app.js": "// code"}
    for name, text in files.items():
        path = folder / "web" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (folder / "policy.conf").write_text("add_header Content-Security-Policy \"default-src 'self'\" always;\n")
    changes = {
        "/tmp/": f"{folder}/",  # noqa: S108 - the folder of the container
        "listen 8080": f"listen 127.0.0.1:{port}",
        "127.0.0.1:8081": f"127.0.0.1:{health}",
        "set $gateways gateway:8000": f"set $gateways 127.0.0.1:{gateway}",
        "/srv/web": f"{folder}/web",
        "/etc/nginx/content-security-policy.conf": f"{folder}/policy.conf",
        "/dev/stdout": f"{folder}/access.log",
        "limit_conn address 256": f"limit_conn address {CONNECTIONS}",
    }
    text = (ROOT / "deploy/docker/web/nginx.conf").read_text()
    for theirs, ours in changes.items():
        assert theirs in text
        text = text.replace(theirs, ours)
    (folder / "nginx.conf").write_text(text)
    as_root = ["-g", "user root;"] if os.geteuid() == 0 else []  # or its workers could not read the folder
    command = ["nginx", "-p", folder, "-c", folder / "nginx.conf", *as_root]
    subprocess.run(command, check=True)  # returns once the port is open
    yield port
    subprocess.run([*command, "-s", "stop"], check=True)


def ask(port: int, request: str) -> Answer:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request.encode())
        with HTTPResponse(connection) as response:
            response.begin()
            return response.status, response.headers, response.read()


def closing(start: str, *headers: str) -> str:
    return "\r\n".join([f"{start} HTTP/1.1", "Host: todobus", "Connection: close", *headers, "", ""])


REFUSED = {
    "no host": ("GET / HTTP/1.1\r\n\r\n", 400, "bad_request"),
    "not HTTP": ("\x16\x03\r\n\r\n", 400, "bad_request"),
    "a file changed": (closing("PUT /index.html", "Content-Length: 0"), 405, "method_not_allowed"),
    "another version": (closing("GET /", 'If-Match: "another"'), 412, "precondition_failed"),
    "an import that is too large": (closing("POST /api/import", "Content-Length: 34700000"), 413, "content_too_large"),
    "a large body": (closing("POST /api/todos", "Content-Length: 3000000"), 413, "content_too_large"),
    "a long address": (closing(f"GET /{'a' * 20_000}"), 414, "uri_too_long"),
    "a long header": (closing("GET /", f"X-Long: {'a' * 20_000}"), 431, "headers_too_large"),
    "an unknown encoding": (closing("POST /api/todos", "Transfer-Encoding: other"), 501, "not_implemented"),
    "a version to come": ("GET / HTTP/3.0\r\nHost: todobus\r\n\r\n", 505, "http_version_not_supported"),
}


@pytest.mark.parametrize(("request_", "status", "code"), REFUSED.values(), ids=REFUSED)
def test_a_refusal_is_a_problem_with_the_id_of_its_request(front: int, request_: str, status: int, code: str) -> None:
    answered, headers, body = ask(front, request_)
    problem = json.loads(body)
    assert (answered, headers["Content-Type"]) == (status, "application/problem+json")
    assert (problem["status"], problem["code"]) == (status, code)
    assert headers.get_all("X-Request-Id") == [problem["request_id"]]
    assert headers["Retry-After"] is None
    assert headers["Allow"] == ("GET, HEAD" if status == 405 else None)


@pytest.mark.parametrize(
    ("path", "status", "text"),
    [("/", 200, b"the app"), ("/_next/static/app.js", 200, b"// code"), ("/nothing", 404, b"no such page")],
)
def test_a_file_comes_with_the_id_of_its_request(front: int, path: str, status: int, text: bytes) -> None:
    answered, headers, body = ask(front, closing(f"GET {path}", "Range: bytes=100-"))
    assert (answered, body) == (status, text)
    assert len(headers.get_all("X-Request-Id", [])) == 1


def test_a_large_import_goes_through(front: int) -> None:
    request = closing("POST /api/import", "Content-Length: 4000000") + "x" * 4_000_000
    assert ask(front, request)[0] == 200


def test_an_address_has_a_number_of_requests_in_flight(front: int) -> None:
    with ExitStack() as stack:
        for _ in range(CONNECTIONS):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", front)))
            client.sendall(closing("GET /api/wait").encode())
        for _ in range(CONNECTIONS):
            assert Gateway.waiting.acquire(timeout=10)
        status, headers, body = ask(front, closing("GET /"))
        Gateway.go_on.set()
    assert (status, headers["Retry-After"], json.loads(body)["code"]) == (429, "1", "too_many_connections")


def test_an_answer_of_the_gateway_keeps_its_id(front: int) -> None:
    answered, headers, _ = ask(front, closing("GET /api/todos"))
    assert (answered, headers.get_all("X-Request-Id")) == (200, ["from-the-gateway"])
